"""Background work of feedback. Every task may run twice."""

from __future__ import annotations

import logging
from collections.abc import Callable

from celery import shared_task

from . import classing, discovery, notices, training, training_runs

logger = logging.getLogger(__name__)


@shared_task
def classify_question(question_id: int) -> None:
    """Find the theme of one question."""
    classing.classify_question(question_id=question_id)


@shared_task
def sweep() -> None:
    """Do what a lost worker left: class questions, send e-mails."""
    for question_id in classing.waiting_questions():
        _try(classing.classify_question, question_id=question_id)
    for notice_id in notices.waiting_mails():
        _try(notices.send_notice_mail, notice_id=notice_id)


def _try(act: Callable[..., object], **ids: int) -> None:
    """One that fails does not keep the others waiting."""
    try:
        act(**ids)
    except Exception:
        logger.exception("sweep: %s", ids)


@shared_task
def retrain_if_due() -> None:
    """After corrections: train once enough has come together."""
    if training.is_due():
        training.retrain(reason="corrections")


@shared_task
def retrain_nightly() -> None:
    """Train when anything at all was corrected since."""
    if training.is_due(enough=1):
        training.retrain(reason="nightly")
    else:
        training_runs.not_needed()


@shared_task
def find_new_themes() -> None:
    """Look for themes nobody has named yet among the questions the engine is not sure of."""
    discovery.find_new_themes()
