"""What stands below the list of who needs help: whether calls and the rule are worth it, and why people stop."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Sum
from django.utils import timezone

from learners.data import StopReason
from learners.models import Pause
from mooc.accounts.models import Region

from ..data import Figure, Unit
from ..measure.indicators import wilson
from ..measure.tally import FEWEST_PEOPLE
from ..models import HelpClassCheck, HelpGiven, HelpReturn
from ..words.presentation import figure_text
from .checking import COUNTS_FOR

REASONS_OF = dt.timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Worth:
    """Shares in words, each with its base and likely range; hidden below five people.

    :param classes: how many finished classes the last two are counted over.
    """

    called_back: str
    waited_back: str
    right: str
    found: str
    classes: int


def worth(region: Region | None) -> Worth:
    """Whether calls help and the rule is right, over the last half year, for a place and all below: 2 queries."""
    since = timezone.localdate() - COUNTS_FOR
    returns = HelpReturn.objects.filter(day__gte=since)
    checks = HelpClassCheck.objects.filter(cohort__ends_on__gte=since)
    if region:
        returns = returns.filter(region__path__startswith=region.path)
        checks = checks.filter(cohort__region__path__startswith=region.path)
    names = ("called", "called_back", "waited", "waited_back")
    back = {name: n or 0 for name, n in returns.aggregate(**{name: Sum(name) for name in names}).items()}
    columns = ("flagged_stopped", "flagged_stayed", "missed")
    rule = {
        name: n or 0
        for name, n in checks.aggregate(classes=Count("pk"), **{name: Sum(name) for name in columns}).items()
    }
    hits = rule["flagged_stopped"]
    return Worth(
        share(back["called_back"], back["called"]), share(back["waited_back"], back["waited"]),
        share(hits, hits + rule["flagged_stayed"]), share(hits, hits + rule["missed"]), rule["classes"],
    )  # fmt: skip


def share(part: int, whole: int) -> str:
    """A share in words: "60% (6 of 10; likely 31–83%)"; "fewer than 5 people"; a dash where there is nobody."""
    if not whole:
        return "–"
    hidden = whole < FEWEST_PEOPLE
    low, high = (None, None) if hidden else wilson(part, whole)
    figure = Figure("", Unit.SHARE, None if hidden else part / whole, part, whole, low, high, hidden)
    return figure_text(figure).sentence


def why_they_stop(region: Region | None) -> list[tuple[str, int]]:
    """How many people gave which reason within a year, on the phone or by a tap of their own, the most first: 2
    queries. A reason of fewer than five people is left out."""
    since = timezone.now() - REASONS_OF
    told = HelpGiven.objects.filter(given_at__gte=since).exclude(reason="")
    tapped = Pause.objects.filter(told_at__gte=since, learner__user__isnull=False).exclude(reason="")
    if region:
        told = told.filter(learner__region__path__startswith=region.path)
        tapped = tapped.filter(learner__region__path__startswith=region.path)
    pairs = (
        told.order_by()
        .values_list("reason", "learner")
        .union(tapped.order_by().values_list("reason", "learner"))
    )
    people = Counter(reason for reason, _learner in pairs)
    return [(str(StopReason(code).label), n) for code, n in people.most_common() if n >= FEWEST_PEOPLE]
