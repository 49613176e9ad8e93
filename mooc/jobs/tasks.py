"""Doing jobs. Every task may run twice."""

from __future__ import annotations

import contextlib
import time

from celery import shared_task

from . import services

SWEEP_SECONDS = 60  # a worker that is alone also sends the codes people wait for


@shared_task
def run_job(job_id: int) -> None:
    """Do one job."""
    services.run(job_id)


@shared_task
def sweep() -> None:
    """Do what a lost message or a killed worker left: for a minute, then others have their turn. A job
    that fails has written it down, and stops no other."""
    until = time.monotonic() + SWEEP_SECONDS
    for job_id in services.waiting():
        with contextlib.suppress(Exception):
            run_job(job_id)
        if time.monotonic() > until:
            break
