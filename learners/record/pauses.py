"""Long pauses: asked once why, kindly, and answered with one tap or never asked again."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..data import StopReason
from ..models import Learner, Pause

LONG = dt.timedelta(days=14)
THANKED_FOR = dt.timedelta(minutes=10)

IN_THEIR_WORDS = {
    StopReason.TIME: ("clock", _("Too busy, farm work")),
    StopReason.PHONE: ("phone", _("My phone or the signal")),
    StopReason.HARD: ("ask", _("It was hard")),
    StopReason.USELESS: ("cross", _("I have no use for it")),
    StopReason.AWAY: ("truck", _("I was away working")),
    StopReason.HOME: ("home", _("Family, or my health")),
    StopReason.SIGN_IN: ("me", _("I could not sign in")),
    StopReason.OTHER: ("say", _("Something else")),
}


def is_long(last_at: dt.datetime) -> bool:
    """Whether somebody whose last act was then comes back from a long pause now."""
    return timezone.now() - last_at >= LONG


def asked(learner: Learner, since: dt.datetime) -> Pause | None:
    """What was tapped for the pause that began then, or that they would rather not be asked: 1 query."""
    rows = Pause.objects.filter(Q(since=since) | Q(reason=""), learner=learner)
    return rows.order_by("-told_at").first()


def just_told(pause: Pause) -> bool:
    """Whether it was tapped a moment ago: then there are thanks in place of the question."""
    return timezone.now() - pause.told_at < THANKED_FOR


def tell(*, learner: Learner, since: dt.datetime, reason: str) -> None:
    """Keep what was tapped for a pause; the first tap stands. Anything but a reason: not to be asked again."""
    told = reason if reason in StopReason.values else ""
    with transaction.atomic():
        _row, made = Pause.objects.get_or_create(learner=learner, since=since, defaults={"reason": told})
        if made:
            Learner.objects.filter(pk=learner.pk).update(version=F("version") + 1)
