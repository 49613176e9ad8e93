"""Numbers of accounts for whoever watches (``/metrics``)."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from mooc.lib import jobrow, registry

from . import services
from .models import TextMessage
from .places.moving import crooked

LATE = dt.timedelta(minutes=5)


def sms_waiting() -> float:
    """Text messages that wait."""
    return jobrow.open_of(TextMessage).count()


def sms_overdue() -> float:
    """Text messages that have waited for more than five minutes: gateway or worker is away."""
    return jobrow.open_of(TextMessage).filter(created_at__lt=timezone.now() - LATE).count()


def sms_failed() -> float:
    """Text messages of the last two days that were given up."""
    return TextMessage.objects.filter(state=jobrow.JobState.FAILED).count()


def places_wrong() -> float:
    """Places that do not stand where their parent says: people are missing on somebody's board."""
    return crooked().count()


def sms_today() -> float:
    """Text messages of the last 24 hours; MOOC_SMS_A_DAY is the limit."""
    return services.texts_today()


def register() -> None:
    """Called once when Django is ready."""
    registry.gauge.register("mooc_sms_waiting", sms_waiting)
    registry.gauge.register("mooc_sms_overdue", sms_overdue)
    registry.gauge.register("mooc_sms_failed", sms_failed)
    registry.gauge.register("mooc_sms_today", sms_today)
    registry.gauge.register("mooc_places_wrong", places_wrong)
