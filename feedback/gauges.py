"""Numbers of feedback for whoever watches (``/metrics``)."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from mooc.lib import jobrow, registry

from .data import ThemeSource
from .models import Notice, Question

LATE = dt.timedelta(minutes=5)


def questions_waiting() -> float:
    """Questions that wait for a trainer."""
    return Question.objects.waiting().count()


def questions_overdue() -> float:
    """Questions that have waited longer than promised."""
    return Question.objects.overdue(timezone.now()).count()


def questions_unclassed() -> float:
    """Questions without a theme for more than five minutes: the worker is away."""
    rows = Question.objects.filter(theme_source=ThemeSource.NONE)
    return rows.filter(created_at__lt=timezone.now() - LATE).count()


def mails_waiting() -> float:
    """E-mails that wait."""
    return jobrow.open_of(Notice).count()


def register() -> None:
    """Called once when Django is ready."""
    registry.gauge.register("mooc_questions_waiting", questions_waiting)
    registry.gauge.register("mooc_questions_overdue", questions_overdue)
    registry.gauge.register("mooc_questions_unclassed", questions_unclassed)
    registry.gauge.register("mooc_mails_waiting", mails_waiting)
