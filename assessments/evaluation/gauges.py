"""Numbers of background work for whoever watches (``/metrics``)."""

from __future__ import annotations

import datetime as dt
import math

from django.db.models import Max
from django.utils import timezone

from mooc.lib import registry

from .data import JobState, ScopeKind
from .models import EvaluationSnapshot, Job

LATE = dt.timedelta(minutes=15)
LATELY = dt.timedelta(days=7)


def jobs_failed() -> float:
    """Jobs that failed in the last seven days."""
    return Job.objects.filter(state=JobState.FAILED, ended_at__gt=timezone.now() - LATELY).count()


def jobs_overdue() -> float:
    """Jobs that have not ended fifteen minutes after they were asked for."""
    return Job.objects.open().filter(created_at__lt=timezone.now() - LATE).count()


def evaluation_age() -> float:
    """Seconds since the moment the newest figures of all places count up to; NaN when there are none."""
    whole = EvaluationSnapshot.objects.filter(kind=ScopeKind.REGION, key="", region_code="")
    newest = whole.aggregate(at=Max("as_of"))["at"]
    return (timezone.now() - newest).total_seconds() if newest else math.nan


def register() -> None:
    """Called once when Django is ready."""
    registry.gauge.register("mooc_jobs_failed", jobs_failed)
    registry.gauge.register("mooc_jobs_overdue", jobs_overdue)
    registry.gauge.register("mooc_last_evaluation_age_seconds", evaluation_age)
