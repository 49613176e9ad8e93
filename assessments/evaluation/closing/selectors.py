"""Figures of closed months, as papers ask for them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from learners.models import Cohort
from mooc.accounts.models import Region

from ..data import Cause, Scope, ScopeKind
from ..models import ClosedDrift, ClosedFigure, EvaluationReport, MonthClose
from ..models.closed import STANDING
from . import states
from .ledger import ERASED, Counts


@dataclass(frozen=True, slots=True)
class Closed:
    """The archive's figures of one scope for one month.

    :param sums: by the code of a place those of its people; under the code of the place it is filed for (empty: all
        places) all of them. :param before: those of all at the closing before; ``None`` when this was the first.
    :param causes: what parts the two. :param targets: those of its last day.
    """

    close: MonthClose
    sums: dict[str, Counts]
    before: Counts | None
    causes: dict[Cause, Counts]

    @property
    def erased(self) -> int:
        """How many people of the sums were erased since the closing before; their part stays."""
        return self.causes.get(Cause.ERASED, Counter())[ERASED]

    @property
    def targets(self) -> dict[str, float]:
        """The targets of its last day, by indicator."""
        found: dict[str, float] = self.close.targets
        return found


def closed(scope: Scope, region: Region | None, month: str) -> Closed | None:
    """The archive's figures of a place or class; ``None`` where the month is not closed, or a closing has no
    figures of such a scope: 6 queries at most."""
    group = group_of(scope)
    close = MonthClose.objects.filter(month=month).first() if month and group is not None else None
    if close is None or group is None or (group and not _has(close, group)):
        return None
    earlier = MonthClose.objects.filter(month__lt=month).first()
    before = None
    if earlier and (not group or _has(earlier, group)):
        before = _total(earlier, group, region)
    return Closed(close, standing(close, group, region), before, causes(close, group, region))


def group_of(scope: Scope) -> str | None:
    """What a closing files a scope under; ``None``: it has no such figures."""
    if scope.kind == ScopeKind.REGION:
        return ""
    cohort = Cohort.objects.filter(code=scope.key).first() if scope.kind == ScopeKind.COHORT else None
    return states.group_of(cohort) if cohort else None


def _has(close: MonthClose, group: str) -> bool:
    return bool(ClosedFigure.objects.filter(close=close, group=group).exists())


def _figures(close: MonthClose, group: str, region: Region | None) -> QuerySet[Any]:
    """The rows of a class; of a place with all that stood below it then; of all places."""
    rows = ClosedFigure.objects.filter(close=close, group=group)
    return rows.filter(place__contains=f"/{region.pk}/") if region and not group else rows


def standing(close: MonthClose, group: str, region: Region | None) -> dict[str, Counts]:
    """The sums of a place and of each place that stood below it, by the codes of today: 2 queries. Of a class those of
    all its people, and of the places where they live below the class's own."""
    code = region.code if region else ""
    codes = {str(pk): code for pk, code in Region.objects.values_list("pk", "code")}
    found: dict[str, Counts] = defaultdict(Counter, {code: Counter()})
    rows = _figures(close, group, region).filter(cause=STANDING)
    for place, counts in rows.values_list("place", "counts"):
        found[code].update(counts)
        for step in _below(place, region):
            if step in codes:
                found[codes[step]].update(counts)
    return dict(found)


def _below(place: str, region: Region | None) -> list[str]:
    """Of the steps to a place those below a region."""
    steps = place.strip("/").split("/")
    if region is None:
        return steps
    own = str(region.pk)
    return steps[steps.index(own) + 1 :] if own in steps else []


def _total(close: MonthClose, group: str, region: Region | None) -> Counts:
    rows = _figures(close, group, region).filter(cause=STANDING)
    found: Counts = Counter()
    for counts in rows.values_list("counts", flat=True):
        found.update(counts)
    return found


def causes(close: MonthClose, group: str, region: Region | None) -> dict[Cause, Counts]:
    """What parts the sums of a closing from those of the one before, by cause: 1 query. Who moved within the place
    is none of it."""
    rows = _figures(close, group, region).exclude(cause=STANDING)
    found: dict[Cause, Counts] = defaultdict(Counter)
    for cause, counts in rows.values_list("cause", "counts"):
        found[Cause(cause)].update(counts)
    kept = {cause: Counter({name: n for name, n in counts.items() if n}) for cause, counts in found.items()}
    return {cause: counts for cause, counts in kept.items() if counts}


def changed_since(scope: Scope, region: Region | None, month: str) -> int:
    """How many people of a scope are counted otherwise today than in the closed figures of a month: as of last
    night, or of the closing that followed."""
    group = group_of(scope)
    if group is None:
        return 0
    rows = ClosedDrift.objects.filter(close__month=month)
    return rows.people(group, region)


def changed_of(reports: Sequence[EvaluationReport]) -> dict[int, int]:
    """The same of many reports about places, by their ids: 1 query."""
    rows = list(
        ClosedDrift.objects.filter(close__month__in={row.month for row in reports}, group="").values_list(
            "close__month", "was", "now", "only_moved", "people"
        )
    )
    return {
        report.pk: sum(
            people
            for month, was, now, moved, people in rows
            if month == report.month and _concerns(report.region_id, was, now, moved)
        )
        for report in reports
    }


def _concerns(region: int | None, was: str, now: str, only_moved: bool) -> bool:
    """Whether people counted otherwise are so for a place: who went from one place in it to another is not."""
    if region is None:
        return not only_moved
    inside = [f"/{region}/" in place for place in (was, now)]
    return any(inside) and not (only_moved and all(inside))


def reconciles(found: Closed) -> bool:
    """Whether the figures before and the causes come to the figures: always; asked before anything is printed."""
    if found.before is None:
        return True
    whole = Counter(found.before)
    for counts in found.causes.values():
        whole.update(counts)
    own = next(iter(found.sums.values()))
    return {name: n for name, n in whole.items() if n} == {name: n for name, n in own.items() if n}


def is_closed(month: str) -> bool:
    """Whether a month's figures stand."""
    return MonthClose.objects.filter(month=month).exists()


def last_month() -> str:
    """The month that was closed last; empty before the first."""
    return MonthClose.objects.order_by("-month").values_list("month", flat=True).first() or ""
