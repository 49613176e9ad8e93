"""Targets in force on a day. Whoever judges reads them once and hands them to ``measure.catalogue.targets_of``."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from courses.models import Module
from mooc.accounts.models import Region
from mooc.accounts.rights import Right

from ..closing import months
from ..data import Scope, ScopeKind
from ..measure.catalogue import SHIPPED
from ..models import EvaluationReport, Target

EVERY_TIER = ""


def in_force(day: dt.date, tier: str = EVERY_TIER) -> dict[str, float]:
    """By indicator the target that holds on a day: the row of that tier, else the one for all, else as the model
    ships. Of rows with the same first day the one set later holds: 1 query."""
    return SHIPPED | {code: float(row.value) for code, row in rows_in_force(day, tier).items()}


def rows_in_force(day: dt.date, tier: str = EVERY_TIER) -> dict[str, Target]:
    """The rows behind :func:`in_force`, where somebody has set one: 1 query."""
    return _held(Target.objects.filter(valid_from__lte=day, tier__in={EVERY_TIER, tier}))


def _held(rows: QuerySet[Any]) -> dict[str, Target]:
    """Of rows for all and of one tier those that hold: 1 query."""
    every: dict[str, Target] = {}
    own: dict[str, Target] = {}
    for row in rows.order_by("valid_from", "pk"):
        (every if row.tier == EVERY_TIER else own)[row.indicator] = row
    return every | own


def for_scope(scope: Scope, day: dt.date | None = None) -> dict[str, float]:
    """By which targets a scope is judged on a day, today: a module by those of its level. Places, classes and courses
    hold modules of several levels and are judged by those for all: 1 query."""
    rows: Any = Target.objects.filter(valid_from__lte=day or timezone.localdate())
    if scope.kind == ScopeKind.MODULE:
        rows = rows.filter(
            Q(tier=EVERY_TIER) | Q(tier__in=Module.objects.filter(slug=scope.key).values("level"))
        )
    else:
        rows = rows.filter(tier=EVERY_TIER)
    return SHIPPED | {code: float(row.value) for code, row in _held(rows).items()}


def of_month(month: str) -> dict[str, float]:
    """The targets of a month's last day. No target begins before the day it is set: what is set after a month is
    over, be it before its closing, changes none of it."""
    return in_force(_last_day(month))


def of_report(report: EvaluationReport) -> dict[str, float]:
    """By which targets a paper judges: of a month its last day's, else those of today."""
    return for_scope(report.scope, _last_day(report.month) if report.month else None)


def _last_day(month: str) -> dt.date:
    return timezone.localdate(months.end_of(month)) - dt.timedelta(days=1)


def history() -> QuerySet[Any]:
    """All targets ever set, the newest first."""
    return Target.objects.order_by("-pk")


def last_number(code: str) -> int:
    """The number of the row of an indicator that was set last; 0: none was: 1 query."""
    return (
        Target.objects.filter(indicator=code).order_by("-number").values_list("number", flat=True).first()
        or 0
    )


def may_set(user: Any) -> bool:
    """Whether somebody may set targets: they judge every place of the site, so the operator, and whoever looks after
    a place that no other lies beside: 1 query."""
    if user.everywhere(Right.SET_TARGETS):
        return True
    return any(not _beside(path) for path in user.region_paths(Right.SET_TARGETS))


def _beside(path: str) -> bool:
    """Whether there are places that neither hold this one nor lie in it."""
    above = path.strip("/").split("/")
    return bool(Region.objects.exclude(path__startswith=path).exclude(code__in=above).exists())
