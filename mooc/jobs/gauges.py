"""Numbers of background work for whoever watches (``/metrics``)."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from mooc.lib import jobrow, registry
from mooc.lib.jobrow import JobState

from .models import Job

LATE = dt.timedelta(minutes=15)
LATELY = dt.timedelta(days=7)


def jobs_failed() -> float:
    """Jobs that failed in the last seven days."""
    return Job.objects.filter(state=JobState.FAILED, ended_at__gt=timezone.now() - LATELY).count()


def jobs_overdue() -> float:
    """Jobs that have not ended fifteen minutes after they were asked for."""
    return jobrow.open_of(Job).filter(created_at__lt=timezone.now() - LATE).count()


def register() -> None:
    """Called once when Django is ready."""
    registry.gauge.register("mooc_jobs_failed", jobs_failed)
    registry.gauge.register("mooc_jobs_overdue", jobs_overdue)
