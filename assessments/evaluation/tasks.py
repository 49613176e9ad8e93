"""What evaluation does at night and at the turn of a month. Every task may run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from mooc.jobs import services as jobs
from mooc.jobs.models import Job
from mooc.jobs.tasks import run_job
from mooc.lib.jobrow import JobState
from mooc.lib.queue import later

from . import services
from .closing import services as closing
from .data import JobKind
from .reports import making
from .targets import services as targets


@shared_task
def evaluate_nightly() -> None:
    """Evaluate everything up to midnight, once a night."""
    as_of = services.today_begins()
    done = Job.objects.filter(kind=JobKind.EVALUATE, key=services.WHOLE_TREE, as_of=as_of)
    if not done.filter(state=JobState.DONE).exists():
        job, _new = jobs.ask_for(kind=JobKind.EVALUATE, key=services.WHOLE_TREE, as_of=as_of, by=None)
        later(run_job, job.pk)


@shared_task
def targets_begin() -> None:
    """A target whose first day has come stands on the public page."""
    targets.renew_pages()


@shared_task
def close_months() -> None:
    """Close the months that are over; what is closed stays so. Asked every night: a night may have failed."""
    if job := closing.ask_to_close(timezone.localdate()):
        later(run_job, job.pk)


@shared_task
def recount_closed() -> None:
    """Find how many people are counted otherwise today than when the last month was closed."""
    if job := closing.ask_to_recount():
        later(run_job, job.pk)


@shared_task
def monthly_reports() -> None:
    """Ask for the reports on the month that is over, once it is closed; they are made once."""
    if job := closing.ask_to_close(timezone.localdate()):
        later(run_job, job.pk)
        return  # tomorrow they are asked for again
    for job_id in making.ask_for_monthly(timezone.localdate()):
        later(run_job, job_id)
