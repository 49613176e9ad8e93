"""What a report is made from, read in one pass over its people."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace

from django.conf import settings
from django.db.models import Exists
from django.utils import timezone

from learners.models import Learner
from mooc.accounts.models import Region

from .. import services
from ..counting import totals
from ..counting.reach import Reach, reach_of
from ..data import ScopeKind, Snapshot
from ..help import helping
from ..help.points import RED
from ..measure.places import place_rows
from ..measure.tally import Tally, figures_of
from ..models import EvaluationReport
from ..selectors import A_PERIOD
from ..words.presentation import part_names
from .reporting import Facts


def facts_of(report: EvaluationReport, progress: totals.Progress = totals.no_progress) -> Facts:
    """Everything that stands in a report: about 30 queries, however many people.

    :raises UnknownScope: when what it is about is there no more.
    """
    scope, place, as_of = report.scope, report.region, report.as_of
    code = place.code if place else ""
    taken = services.snapshots_by_place(scope, code, as_of, progress)
    reach = reach_of(scope, as_of)
    earlier = services.snapshot_of(scope, begin_of(report.month) if report.month else as_of - A_PERIOD)
    needs = _needs(reach)
    return Facts(
        number=report.pk,
        title=report.title,
        site=settings.SITE_NAME[report.language],
        language=report.language,
        snapshot=taken[code],
        before=earlier,
        places=tuple(place_rows(taken[code], _children(place, taken, taken[code]))),
        amber=needs["amber"],
        red=needs["red"],
        names=part_names(),
        kept=tuple(taken.values()) if scope.kind == ScopeKind.REGION else (taken[code],),
        month=report.month,
        modules=None if reach.modules is None else len(reach.modules),
    )


def begin_of(month: str) -> dt.datetime:
    """The midnight a month ``2026-10`` begins with."""
    return timezone.make_aware(dt.datetime.fromisoformat(f"{month}-01"))


def _children(
    place: Region | None, taken: dict[str, Snapshot], whole: Snapshot
) -> list[tuple[str, str, Snapshot]]:
    """Each region right below a place with its snapshot, also where nobody lives."""
    nobody = replace(whole, figures=figures_of(Tally(), whole.scope.kind))
    return [(row.code, str(row), taken.get(row.code, nobody)) for row in Region.objects.filter(parent=place)]


def _needs(reach: Reach) -> Counter[str]:
    """How many of the enrolled may need help, by how much; who was helped lately is not to be called again."""
    learners = Learner.objects.filter(pk__in=reach.enrolments().values("learner"))
    learners = learners.exclude(Exists(helping.helped_lately("pk", reach.as_of)))
    needs = helping.needs_of(learners, reach.as_of)
    return Counter("red" if need.points >= RED else "amber" for need in needs)
