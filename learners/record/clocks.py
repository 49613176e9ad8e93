"""When something happened, from what a phone's clock says: both times are stored, ours is the one that counts.

Pure but for the learner's own beginning. Study time is never worked out from these times.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from ..models import Learner


@dataclass(frozen=True, slots=True)
class When:
    """The time of an act: ours, and what the phone said."""

    at: dt.datetime
    claimed: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Clock:
    """The phone's clock against ours: when something was sent by it, and when it came in."""

    received: dt.datetime
    sent: dt.datetime | None = None

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


def of_form(sent: Mapping[str, Any], learner: Learner) -> When:
    """When an act of a page's script happened, from its fields ``at`` and ``sent``."""
    now, claimed = timezone.now(), moment(sent.get("at"))
    if claimed is None:
        return When(now, None)
    return Clock(now, moment(sent.get("sent"))).when(claimed, learner)
