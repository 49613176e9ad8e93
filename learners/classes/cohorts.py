"""Classes: opening, joining, and how far everybody is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import Module
from mooc.accounts.data import RegionLevel
from mooc.accounts.models import Region, RegionQuerySet
from mooc.accounts.rights import Right
from mooc.lib.errors import DomainError
from mooc.lib.privacy import evidence

from ..models import Cohort, CohortMember, CohortStay, Enrolment, Learner, LessonProgress
from ..services import enrol


def places_for(user: Any) -> RegionQuerySet:
    """Where somebody may hold a class: in their own places; a trainer without any, in every county."""
    own = Region.objects.visible_to(user)
    return own if own.exists() else Region.objects.filter(level__lte=RegionLevel.COUNTY)


def may_change(cohort: Cohort, user: Any) -> bool:
    """Whether somebody may change a class: who leads it, and the operator. Others look."""
    return bool(user.everywhere(Right.LEAD_CLASSES) or cohort.trainer_id == user.pk)


def open_cohort(
    *,
    leader: Any,
    title: str,
    region: Region,
    modules: Sequence[Module],
    starts_on: dt.date,
    ends_on: dt.date,
) -> Cohort:
    """Make a class that its maker leads."""
    with transaction.atomic():
        cohort = Cohort.objects.create(
            title=title, trainer=leader, region=region, starts_on=starts_on, ends_on=ends_on
        )
        cohort.modules.set(modules)
    return cohort


def join_cohort(*, learner: Learner, cohort: Cohort) -> CohortMember:
    """Put a learner in a class and in its modules. Joining again changes nothing.

    :raises DomainError: when the class is shut or over; nothing is changed.
    """
    with transaction.atomic():
        known: CohortMember | None = CohortMember.objects.filter(
            cohort=cohort, learner=learner, left_at=None
        ).first()
        if known:
            return known
        if not cohort.open_to_join or cohort.ends_on < timezone.localdate():
            raise DomainError(_("This class is closed. Ask your trainer for another one."), code="closed")
        with evidence.writing("join_cohort"):
            member, _made = CohortMember.objects.update_or_create(
                cohort=cohort, learner=learner, defaults={"left_at": None}
            )
            CohortStay.objects.create(cohort=cohort, learner=learner, joined_at=timezone.now())
        if learner.region_id is None:
            Learner.objects.filter(pk=learner.pk).update(region=cohort.region_id)
        for module in cohort.modules.published():
            enrol(learner=learner, module=module, how=Enrolment.How.COHORT)
    return member


@evidence.writing("take_out")
def take_out(*, cohort: Cohort, learner: Learner, by: Any) -> bool:
    """End a membership; what was learnt in the class stays in the records. False when there was none.

    :raises DomainError: when ``by`` does not lead the class; nothing is changed.
    """
    _only_the_leader(cohort, by)
    now, who = timezone.now(), {"cohort": cohort, "learner": learner, "left_at": None}
    with transaction.atomic():
        CohortStay.objects.filter(**who).update(left_at=now)
        return bool(CohortMember.objects.filter(**who).update(left_at=now, updated_at=now))


@evidence.writing("take_out")
def put_back(*, cohort: Cohort, learner: Learner, by: Any) -> bool:
    """Take in again whom :func:`take_out` took out, also when the class takes nobody new: a new stay begins,
    what was done meanwhile is not the class's. False when nobody was taken out.

    :raises DomainError: as above.
    """
    _only_the_leader(cohort, by)
    now = timezone.now()
    rows = CohortMember.objects.filter(cohort=cohort, learner=learner, left_at__isnull=False)
    with transaction.atomic():
        found = bool(rows.update(left_at=None, updated_at=now))
        if found:
            CohortStay.objects.create(cohort=cohort, learner=learner, joined_at=now)
    return found


def _only_the_leader(cohort: Cohort, by: Any) -> None:
    if not may_change(cohort, by):
        raise DomainError(_("Only who leads the class may change it."), code="not_leader")


def is_member(learner: Learner, cohort: Cohort) -> bool:
    """Whether a learner is in a class now."""
    return CohortMember.objects.filter(cohort=cohort, learner=learner, left_at=None).exists()


def member_of(cohort: Cohort, pk: int, *, seen_by: Any) -> Learner | None:
    """Somebody who is in a class now and whose file this user may open: 1 query. Leading the class, or
    looking after the place the member lives in, allows it; seeing the class's list alone does not."""
    rows = Learner.objects.visible_to(seen_by).select_related("user", "region")
    return rows.filter(pk__in=cohort.members.filter(left_at=None).values("learner"), pk=pk).first()


def may_open(members: Sequence[CohortMember], *, seen_by: Any) -> set[int]:
    """Ids of those members whose file this user may open: 1 query."""
    wanted = [member.learner_id for member in members]
    return set(Learner.objects.visible_to(seen_by).filter(pk__in=wanted).values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class ProgressRow:
    """How far one member is in the class's modules.

    :param outside: lessons read that are not the class's; with ``lessons`` it makes what the member's file says.
    """

    learner: Learner
    lessons: int
    lessons_total: int
    modules: int
    modules_total: int
    minutes: int
    outside: int = 0


def progress_rows(cohort: Cohort, members: list[CohortMember]) -> list[ProgressRow]:
    """One row a member: 3 queries, however many members. Lessons are counted as "who needs help" does."""
    modules: list[Any] = list(cohort.modules.published().annotate(in_it=Count("published__lessons")))
    total = sum(module.in_it for module in modules)
    ids = [member.learner_id for member in members]
    sums = (
        Enrolment.objects.filter(learner__in=ids, module__in=modules)
        .values("learner")
        .annotate(seconds=Sum("seconds"), done=Count("pk", filter=Q(completed_at__isnull=False)))
    )
    in_class = Q(module__in=cohort.modules.all())
    read = (
        LessonProgress.objects.filter(learner__in=ids, done_at__isnull=False)
        .values("learner")
        .annotate(lessons=Count("pk", filter=in_class), every=Count("pk"))
    )
    by_learner = {row["learner"]: row for row in sums}
    lessons_of = {row["learner"]: (row["lessons"], row["every"]) for row in read}
    rows = []
    for member in members:
        row = by_learner.get(member.learner_id, {"done": 0, "seconds": 0})
        lessons, every = lessons_of.get(member.learner_id, (0, 0))
        minutes = round(row["seconds"] / 60)
        rows.append(
            ProgressRow(
                learner=member.learner,
                lessons=lessons,
                lessons_total=total,
                modules=row["done"],
                modules_total=len(modules),
                minutes=minutes,
                outside=every - lessons,
            )
        )
    return rows
