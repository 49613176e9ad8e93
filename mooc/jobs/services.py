"""Running a job so that it survives: taken by one worker, with signs of life, ended once, cancelled at will."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext_noop

from mooc.accounts.models import User
from mooc.lib.errors import DomainError

from . import data
from .data import JobState
from .models import MOST_TRIES, Job, JobQuerySet

logger = logging.getLogger(__name__)
LOST = gettext_noop("It was begun three times and never came to its end.")


class Stopped(Exception):
    """The job was cancelled, or another worker has it: leave everything as it is."""


class Pulse:
    """A running job's sign of life; also how it learns that it was cancelled."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def __call__(self, done: int, total: int) -> None:
        """``done`` of ``total`` steps are behind.

        :raises Stopped: when the job is no longer this worker's.
        """
        percent = min(99, 100 * done // max(total, 1))
        if not self._mine().update(percent=percent, seen_at=timezone.now()):
            raise Stopped

    def end(self, state: JobState, error: str = "") -> bool:
        """End the job, if it is still this worker's: inside the transaction that writes its result."""
        percent = {"percent": 100} if state == JobState.DONE else {}
        return bool(self._mine().update(state=state, error=error[:300], ended_at=timezone.now(), **percent))

    def _mine(self) -> JobQuerySet:
        return Job.objects.filter(pk=self.job.pk, state=JobState.RUNNING, turn=self.job.turn)


def ask_for(*, kind: str, key: str, as_of: dt.datetime, by: User | None) -> tuple[Job, bool]:
    """A job for this, and whether it is new: two taps on one button are one job."""
    asked: dict[str, Any] = {"kind": kind, "key": key, "as_of": as_of, "made_by": by}
    try:
        with transaction.atomic():
            return Job.objects.create(**asked), True
    except IntegrityError:
        found = Job.objects.open().filter(kind=kind, key=key).first()
    if found is not None:
        return found, False
    return Job.objects.create(**asked), True  # the other one ended in between


def run(job_id: int, work: data.Work | None = None) -> None:
    """Take a job and do its work, unless it ended, was cancelled, or another worker has it.

    :param work: done in place of what is registered for its kind.
    """
    job = _take(job_id)
    if job is None:
        return
    pulse = Pulse(job)
    if job.tries > MOST_TRIES:
        pulse.end(JobState.FAILED, LOST)
        return
    try:
        (work or _work_of(job))(job, pulse)
    except Stopped:
        logger.info("job %s stopped: cancelled, or taken by another worker", job.pk)
    except DomainError as error:
        with translation.override(None):  # kept in the language of the code: readers have their own
            pulse.end(JobState.FAILED, str(error))
    except Exception as error:
        logger.exception("job %s failed", job.pk)
        pulse.end(JobState.FAILED, type(error).__name__)
        raise


def _work_of(job: Job) -> data.Work:
    kind = data.kinds.get(job.kind)
    if kind is None:
        raise LookupError(f"no room does work of the kind {job.kind!r}")
    return kind.work


def _take(job_id: int) -> Job | None:
    now = timezone.now()
    taken = Job.objects.takeable(now).filter(pk=job_id)
    if not taken.update(state=JobState.RUNNING, seen_at=now, tries=F("tries") + 1, turn=F("turn") + 1):
        return None
    return Job.objects.get(pk=job_id)


def cancel(*, job: Job) -> bool:
    """Cancel a job; what it has written so far is nothing. Whether it was still open."""
    rows = Job.objects.open().filter(pk=job.pk)
    return bool(rows.update(state=JobState.CANCELLED, ended_at=timezone.now()))


def waiting() -> list[int]:
    """Ids of jobs to be sent again: lost messages and killed workers, fifty at most."""
    rows = Job.objects.takeable(timezone.now()).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:50])


def ask_again(*, job: Job, by: User | None) -> Job | None:
    """A new job for one that failed or was cancelled; None when there is nothing to do again."""
    kind = data.kinds.get(job.kind)
    if kind is None or job.state not in (JobState.FAILED, JobState.CANCELLED):
        return None
    again: Job | None = kind.again(job, by)
    return again
