"""What a report is made from, read in one pass over its people."""

from __future__ import annotations

from collections import Counter

from django.conf import settings
from django.db.models import Exists, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from learners.models import Learner
from mooc.accounts.models import Region
from mooc.lib.errors import DomainError

from .. import services
from ..closing import face, months, selectors, signing
from ..counting import totals
from ..counting.reach import Reach, reach_of
from ..data import Scope, ScopeKind, SignAct, Snapshot
from ..help import helping
from ..help.points import RED
from ..measure.places import nobody_in, place_rows
from ..models import EvaluationReport
from ..selectors import A_PERIOD
from ..words.presentation import part_names
from .reconciling import Closing
from .reporting import Facts


def facts_of(report: EvaluationReport, progress: totals.Progress = totals.no_progress) -> Facts:
    """Everything that stands in a report: about 30 queries, however many people.

    :raises UnknownScope: when what it is about is there no more.
    """
    scope, place, as_of = report.scope, report.region, report.as_of
    code = place.code if place else ""
    found, closing = _closing(report)
    sealed = found if closing and closing.sealed else None
    taken = services.snapshots_by_place(scope, code, as_of, progress, sealed.sums if sealed else None)
    reach = reach_of(scope, as_of)
    begin = months.begin_of(report.month) if report.month else as_of - A_PERIOD
    earlier = services.snapshot_of(scope, begin, sealed.before if sealed else None)
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
        kept=_to_keep(scope, taken, code, closing),
        month=report.month,
        modules=None if reach.modules is None else len(reach.modules),
        closing=closing,
    )


def _closing(report: EvaluationReport) -> tuple[selectors.Closed | None, Closing | None]:
    """The archive's figures of a report's month, and what the report says of them.

    :raises DomainError: when they are not the sum of those before and of what changed: no paper says so then.
    """
    found = selectors.closed(report.scope, report.region, report.month)
    if found is None:
        return None, None
    if not selectors.reconciles(found):
        raise DomainError(_("The figures of this month do not add up to those of the month before."))
    papers = EvaluationReport.objects.filter(
        kind=report.kind, key=report.key, region=report.region, month=report.month, sealed=True
    ).exclude(pk=report.pk)
    return found, Closing(
        day=timezone.localdate(found.close.closed_at),
        sums=found.sums[report.region.code if report.region else ""],
        before=found.before,
        causes=found.causes,
        erased=found.erased,
        targets=found.targets,
        sealed=not papers.filter(language=report.language).exists(),
        face=_face(papers),
    )


def _face(papers: QuerySet[EvaluationReport]) -> str:
    """Where the sealed paper stands that was made before; a signed one rather than another."""
    rows = [row for row in signing.with_state(papers).order_by("pk") if signing.can_be_signed(row)]
    if not rows:
        return ""
    row = next((one for one in rows if one.last_act == SignAct.SIGNED), rows[0])
    changed = selectors.changed_since(row.scope, row.region, row.month)
    return face.line(row.last_act or "", row.last_by or "", row.last_at, changed)


def _to_keep(
    scope: Scope, taken: dict[str, Snapshot], code: str, closing: Closing | None
) -> tuple[Snapshot, ...]:
    """Snapshots for the board of the same moment; a count of a closed month that was made again is none of them."""
    if closing is not None and not closing.sealed:
        return ()
    return tuple(taken.values()) if scope.kind == ScopeKind.REGION else (taken[code],)


def _children(
    place: Region | None, taken: dict[str, Snapshot], whole: Snapshot
) -> list[tuple[str, str, Snapshot]]:
    """Each region right below a place with its snapshot, also where nobody lives."""
    nobody = nobody_in(whole)
    return [(row.code, str(row), taken.get(row.code, nobody)) for row in Region.objects.filter(parent=place)]


def _needs(reach: Reach) -> Counter[str]:
    """How many of the enrolled may need help, by how much; who was helped lately is not to be called again."""
    learners = Learner.objects.filter(pk__in=reach.enrolments().values("learner"))
    learners = learners.exclude(Exists(helping.helped_lately("pk", reach.as_of)))
    needs = helping.needs_of(learners, reach.as_of)
    return Counter("red" if need.points >= RED else "amber" for need in needs)
