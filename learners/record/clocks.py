"""When something happened, from what a phone's clock says: both times are stored, ours is the one that counts.

Pure but for the learner's own beginning. Study time is never worked out from these times.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from mooc.lib.text.digits import whole_number

from ..models import Learner

NEAR_ENOUGH = dt.timedelta(minutes=10)
COOKIE, COOKIE_DAYS = "clock", 7  # how far the phone's clock is off, while it is; said on the front page


@dataclass(frozen=True, slots=True)
class When:
    """The time of an act: ours, and what the phone said."""

    at: dt.datetime
    claimed: dt.datetime | None

    @property
    def corrected(self) -> bool:
        """Whether what the phone said cannot have been: our time counts, and the phone is told."""
        return self.claimed is not None and abs(self.at - self.claimed) > NEAR_ENOUGH


@dataclass(frozen=True, slots=True)
class Clock:
    """The phone's clock against ours: when something was sent by it, and when it came in."""

    received: dt.datetime
    sent: dt.datetime | None = None

    @property
    def ahead(self) -> int:
        """By how many seconds the phone's clock is ahead of ours, behind when negative; 0 when it is right, give or
        take :data:`NEAR_ENOUGH` for the way here, and when the phone did not say."""
        if self.sent is None or abs(self.sent - self.received) <= NEAR_ENOUGH:
            return 0
        return int((self.sent - self.received).total_seconds())

    def when(self, claimed: dt.datetime, learner: Learner) -> When:
        """Our time of something that happened at ``claimed`` by the phone: as long ago as it was then.

        Without the phone's time of sending, or when its clock was put back in between, a claim is worth what
        it can be: nobody did anything before the day they came, nor later than now.
        """
        if self.sent is not None and self.sent >= claimed:
            return When(self.received - (self.sent - claimed), claimed)
        possible = _began(learner) <= claimed <= self.received
        return When(claimed if possible else self.received, claimed)


def _began(learner: Learner) -> dt.datetime:
    """Since when somebody can have done something here."""
    user = learner.user
    return min(learner.created_at, user.date_joined) if user is not None else learner.created_at


def moment(text: object) -> dt.datetime | None:
    """A time with its zone (ours when it has none), or ``None`` for anything else."""
    try:
        found = parse_datetime(text) if isinstance(text, str) and len(text) <= 40 else None
        if found is not None and timezone.is_naive(found):
            found = timezone.make_aware(found)
        return found.astimezone(dt.UTC) if found else None
    except (ValueError, OverflowError):
        return None


def tell(response: HttpResponse, request: HttpRequest, clock: Clock) -> HttpResponse:
    """Leave word on the phone that its clock is wrong, or that it is right again. A phone whose clock is right
    gets not a byte more."""
    if clock.ahead:
        response.set_cookie(
            COOKIE, str(clock.ahead), max_age=COOKIE_DAYS * 86400, samesite="Lax", httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip
    elif clock.sent is not None and COOKIE in request.COOKIES:
        response.delete_cookie(COOKIE, samesite="Lax")
    return response


def said(request: HttpRequest) -> str:
    """What this phone is told of its clock; empty when it is right as far as we know."""
    word = request.COOKIES.get(COOKIE, "")[:12]
    seconds = whole_number(word.removeprefix("-"), 11) or 0
    return sentence(-seconds if word.startswith("-") else seconds)


def sentence(ahead: int) -> str:
    """That a clock is wrong, by how much in the largest unit that fits, and that nothing is lost."""
    if dt.timedelta(seconds=abs(ahead)) < NEAR_ENOUGH:
        return ""
    minutes = abs(ahead) // 60
    fast = {
        1440: _("The clock of this phone is %(n)s days fast."),
        60: _("The clock of this phone is %(n)s hours fast."),
        1: _("The clock of this phone is %(n)s minutes fast."),
    }
    slow = {
        1440: _("The clock of this phone is %(n)s days slow."),
        60: _("The clock of this phone is %(n)s hours slow."),
        1: _("The clock of this phone is %(n)s minutes slow."),
    }
    unit = next(size for size in fast if minutes >= 2 * size)
    text = (fast if ahead > 0 else slow)[unit]
    rest = _("What you learn is kept with the right time. Please set the clock.")
    return _("%(one)s %(two)s") % {"one": text % {"n": minutes // unit}, "two": rest}


def of_form(sent: Mapping[str, Any], learner: Learner) -> When:
    """When an act of a page's script happened, from its fields ``at`` and ``sent``."""
    now, claimed = timezone.now(), moment(sent.get("at"))
    if claimed is None:
        return When(now, None)
    return clock_of(sent).when(claimed, learner)


def clock_of(sent: Mapping[str, Any]) -> Clock:
    """The phone's clock, from the fields of a page's script."""
    return Clock(timezone.now(), moment(sent.get("sent")))
