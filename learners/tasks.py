"""Background work of learners. Every task may run twice."""

from __future__ import annotations

import logging

from celery import shared_task

from mooc.lib.queue import later

from .people import merging, numbers, uniting
from .record import rebuilding, settling

logger = logging.getLogger(__name__)


@shared_task
def forget_old_guests() -> None:
    """Drop guests of half a year ago."""
    merging.forget_old_guests()
    uniting.forget_rows()


@shared_task
def settle_module(module_id: int, after: int = 0) -> None:
    """Finish a module for those who have done all it asks now: a batch, and the next one after it."""
    last = settling.settle_module(module_id=module_id, after=after)
    if last is not None:
        later(settle_module, module_id, last)


@shared_task
def check_progress() -> None:
    """Finish what is done, then look whether summaries and records agree; say so in the log when not."""
    settling.settle_everything()
    for line in rebuilding.check_all(most=20):
        logger.error("progress differs from records: %s", line)


@shared_task
def settle_numbers() -> None:
    """New numbers that were agreed to and have waited."""
    numbers.settle()
