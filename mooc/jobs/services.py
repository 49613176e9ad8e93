"""Jobs people ask for: asked for once, run with signs of progress, cancelled at will, asked for again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from mooc.accounts.models import User
from mooc.lib import jobrow
from mooc.lib.jobrow import Hold, JobState

from . import data
from .models import Job


class Pulse(Hold[Job]):
    """A running job's sign of life; also how it learns that it was cancelled."""

    def __call__(self, done: int, total: int) -> None:
        """``done`` of ``total`` steps are behind.

        :raises Stopped: when the job is no longer this worker's.
        """
        self.alive(percent=min(99, 100 * done // max(total, 1)))

    def end(self, state: JobState = JobState.DONE, error: str = "", **also: Any) -> bool:
        """As any row ends; what is done is whole."""
        return super().end(state, error, **({"percent": 100} if state == JobState.DONE else {}), **also)


def ask_for(*, kind: str, key: str, as_of: dt.datetime, by: User | None) -> tuple[Job, bool]:
    """A job for this, and whether it is new: two taps on one button are one job."""
    asked: dict[str, Any] = {"kind": kind, "key": key, "as_of": as_of, "made_by": by}
    try:
        with transaction.atomic():
            return Job.objects.create(**asked), True
    except IntegrityError:
        found = jobrow.open_of(Job).filter(kind=kind, key=key).first()
    if found is not None:
        return found, False
    return Job.objects.create(**asked), True  # the other one ended in between


def run(job_id: int, work: data.Work | None = None) -> None:
    """Take a job and do its work.

    :param work: done in place of what is registered for its kind.
    """
    jobrow.run(Job, job_id, lambda hold: (work or _work_of(hold.row))(hold.row, Pulse(hold.row)))


def _work_of(job: Job) -> data.Work:
    kind = data.kinds.get(job.kind)
    if kind is None:
        raise LookupError(f"no room does work of the kind {job.kind!r}")
    return kind.work


def cancel(*, job: Job) -> bool:
    """Cancel a job; what it has written so far is nothing. Whether it was still open."""
    rows = jobrow.open_of(Job).filter(pk=job.pk)
    return bool(rows.update(state=JobState.CANCELLED, ended_at=timezone.now()))


def ask_again(*, job: Job, by: User | None) -> Job | None:
    """A new job for one that failed or was cancelled; None when there is nothing to do again."""
    kind = data.kinds.get(job.kind)
    if kind is None or job.state not in (JobState.FAILED, JobState.CANCELLED):
        return None
    again: Job | None = kind.again(job, by)
    return again
