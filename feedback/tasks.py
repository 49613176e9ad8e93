"""Background work of feedback. Every task may run twice.

What computes is imported where it is used: the urgent worker reads this file too and needs none of it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from celery import shared_task

logger = logging.getLogger(__name__)


@shared_task
def classify_question(question_id: int) -> None:
    """Find the theme of one question."""
    from .questions import classify

    classify.classify_question(question_id=question_id)


@shared_task
def sweep() -> None:
    """Class the questions that a lost worker left."""
    from .questions import classify

    for question_id in classify.waiting_questions():
        _try(classify.classify_question, question_id=question_id)


def _try(act: Callable[..., object], **ids: int) -> None:
    """One that fails does not keep the others waiting."""
    try:
        act(**ids)
    except Exception:
        logger.exception("sweep: %s", ids)


@shared_task
def retrain_if_due() -> None:
    """After corrections: train once enough has come together."""
    from .learning import training

    if training.is_due():
        training.retrain(reason="corrections")


@shared_task
def retrain_nightly() -> None:
    """Train when anything at all was corrected since."""
    from .learning import training, training_runs

    if training.is_due(enough=1):
        training.retrain(reason="nightly")
    else:
        training_runs.not_needed()


@shared_task
def find_new_themes() -> None:
    """Look for themes nobody has named yet among the questions the engine is not sure of."""
    from .learning import discovery

    discovery.find_new_themes()
