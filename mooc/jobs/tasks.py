"""Doing jobs, and the one sweep over all rows that are jobs. Every task may run twice."""

from __future__ import annotations

import logging
import time

from celery import shared_task

from mooc.lib import jobrow

from . import services

logger = logging.getLogger(__name__)
SWEEP_SECONDS = 60  # for each kind of rows: what is new has its turn in between


@shared_task
def run_job(job_id: int) -> None:
    """Do one job."""
    services.run(job_id)


@shared_task
def sweep(queue: str) -> None:
    """Do what lost messages and killed workers left, of the kinds that belong to this queue."""
    for _name, kind in jobrow.swept:
        if kind.queue == queue:
            _sweep(kind)


def _sweep(kind: jobrow.Swept) -> None:
    until = time.monotonic() + SWEEP_SECONDS
    for row_id in jobrow.waiting(kind.model):
        try:
            kind.do(row_id)
        except Exception:  # one that fails has written it down, and stops no other
            logger.exception("sweep: %s %s", kind.model._meta.label, row_id)
        if time.monotonic() > until:
            break
