"""Background work of evaluation. Every task may run twice."""

from __future__ import annotations

import contextlib
import time

from celery import shared_task
from django.utils import timezone

from mooc.lib.queue import later

from . import jobs, services
from .data import JobKind, JobState
from .models import Job
from .reports import making

WORKS: dict[str, jobs.Work] = {
    JobKind.EVALUATE: services.evaluate,
    JobKind.REPORT: making.make_report,
}
SWEEP_SECONDS = 60  # a worker that is alone also sends the codes people wait for


@shared_task
def run_job(job_id: int) -> None:
    """Do one job."""
    jobs.run(job_id, WORKS)


@shared_task
def sweep() -> None:
    """Do what a lost message or a killed worker left: for a minute, then others have their turn. A job
    that fails has written it down, and stops no other."""
    until = time.monotonic() + SWEEP_SECONDS
    for job_id in jobs.waiting():
        with contextlib.suppress(Exception):
            run_job(job_id)
        if time.monotonic() > until:
            break


@shared_task
def evaluate_nightly() -> None:
    """Evaluate everything up to midnight, once a night."""
    as_of = services.today_begins()
    done = Job.objects.filter(kind=JobKind.EVALUATE, key=services.WHOLE_TREE, as_of=as_of)
    if not done.filter(state=JobState.DONE).exists():
        job, _new = jobs.ask_for(kind=JobKind.EVALUATE, key=services.WHOLE_TREE, as_of=as_of, by=None)
        later(run_job, job.pk)


@shared_task
def monthly_reports() -> None:
    """Ask for the reports on the month that is over; they are made once."""
    for job_id in making.ask_for_monthly(timezone.localdate()):
        later(run_job, job_id)
