"""Background work of learners. Every task may run twice."""

from __future__ import annotations

import logging

from celery import shared_task

from . import merging, numbers, rebuilding, uniting

logger = logging.getLogger(__name__)


@shared_task
def forget_old_guests() -> None:
    """Drop guests of half a year ago."""
    merging.forget_old_guests()
    uniting.forget_rows()


@shared_task
def check_progress() -> None:
    """Look whether summaries and records still agree; say so in the log when not."""
    for line in rebuilding.check_all(most=20):
        logger.error("progress differs from records: %s", line)


@shared_task
def settle_numbers() -> None:
    """New numbers that were agreed to and have waited."""
    numbers.settle()
