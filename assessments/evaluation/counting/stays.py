"""What belongs to a class: what its people did within its dates, while they were in it, and for no class joined
before. The one place that says so, for figures and the lists behind them.

A class begins at midnight of its first day and ends with its last; there is no grace. A stay counts from the moment
of joining up to that of leaving. Of two classes with the same module the one joined first has the credit, among
those that run and hold the person at that moment.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from learners.models import Cohort, CohortMember, CohortStay, Enrolment

#: how rows of a kind name their module, and how a class's modules are asked for it
MODULE = {
    "module": "modules",
    "module_slug": "modules__slug",
    "quiz__module": "modules",
    "lesson__module": "modules",
}


@dataclass(frozen=True, slots=True)
class ClassTime:
    """A class with the moments it begins and ends."""

    cohort: int
    begins: dt.datetime
    ends: dt.datetime

    def credited(self, rows: QuerySet[Any], at: str, module: str) -> QuerySet[Any]:
        """Those of ``rows`` that are this class's.

        :param at: the column that says when. :param module: the one that names the module, of ``MODULE``; empty
            for what belongs to no module, a question asked outside lessons: any class with modules may have it.
        """
        here = _holding(self.cohort, at)
        rows = rows.filter(**{f"{at}__gte": self.begins, f"{at}__lt": self.ends})
        rows = rows.alias(joined_here=Subquery(here.values("joined_at")[:1]))
        return rows.filter(Exists(here)).exclude(Exists(_before(self.cohort, at, module)))

    def members(self, as_of: dt.datetime) -> QuerySet[CohortStay]:
        """Stays that touch its dates and had begun before ``as_of``. Who left stays a member: whoever takes people
        out betters no rate."""
        rows = CohortStay.objects.filter(cohort=self.cohort, joined_at__lt=min(as_of, self.ends))
        return rows.filter(Q(left_at=None) | Q(left_at__gt=self.begins))


def time_of(cohort: Cohort) -> ClassTime:
    """When a class is."""
    return ClassTime(cohort.pk, midnight(cohort.starts_on), midnight(cohort.ends_on + dt.timedelta(days=1)))


def midnight(day: dt.date) -> dt.datetime:
    """The moment a day begins here."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _holding(cohort: Any, at: str) -> QuerySet[CohortStay]:
    """The stay of a row's learner in a class at the moment of the row, the earliest first."""
    rows = CohortStay.objects.filter(cohort=cohort, learner=OuterRef("learner"), joined_at__lte=OuterRef(at))
    return rows.filter(Q(left_at=None) | Q(left_at__gt=OuterRef(at))).order_by("joined_at", "pk")


def _before(cohort: Any, at: str, module: str) -> QuerySet[CohortStay]:
    """Stays in other classes that have the credit of a row; it carries ``joined_here``."""
    day = TruncDate(ExpressionWrapper(OuterRef(at), output_field=DateTimeField()))
    has: dict[str, Any] = (
        {f"cohort__{MODULE[module]}": OuterRef(module)} if module else {"cohort__modules__isnull": False}
    )
    rows = CohortStay.objects.filter(
        learner=OuterRef("learner"), joined_at__lte=OuterRef(at), cohort__starts_on__lte=day, cohort__ends_on__gte=day,
        **has,
    )  # fmt: skip
    rows = rows.filter(Q(left_at=None) | Q(left_at__gt=OuterRef(at)))
    earlier = Q(joined_at__lt=OuterRef("joined_here")) | Q(
        joined_at=OuterRef("joined_here"), cohort__lt=cohort
    )
    return rows.filter(earlier).exclude(cohort=cohort)


def memberships(as_of: dt.datetime, cohort: int | None = None) -> QuerySet[CohortMember]:
    """Members of classes that had begun and have modules, with ``graduated``: whether all the class requires was
    finished by then, in it or before joining it, and at least one module of it to the class's own credit.

    :param cohort: of this class only; else of every class.
    """
    rows: Any = CohortMember.objects.filter(
        cohort__starts_on__lte=_day_before(as_of), **({"cohort": cohort} if cohort else {})
    )
    asked = Cohort.modules.through.objects.filter(cohort=OuterRef("cohort"), module__published__isnull=False)
    stays = CohortStay.objects.filter(
        cohort=OuterRef("cohort"), learner=OuterRef("learner"), joined_at__lt=as_of,
        joined_at__date__lte=OuterRef("cohort__ends_on"),
    )  # fmt: skip
    stays = stays.filter(Q(left_at=None) | Q(left_at__date__gte=OuterRef("cohort__starts_on")))
    met, own = _finished(as_of)
    rows = rows.filter(Exists(asked), Exists(stays))
    rows = rows.annotate(required=_count(asked, "cohort"), met=_count(met, "learner"), own=Exists(own))
    finished = Case(When(Q(met=F("required"), own=True), then=True), default=False)
    found: QuerySet[CohortMember] = rows.annotate(graduated=finished)
    return found


def _finished(as_of: dt.datetime) -> tuple[QuerySet[Enrolment], QuerySet[Enrolment]]:
    """Required modules a member had finished in the class or before it, and those finished to its credit."""
    done = Enrolment.objects.filter(
        learner=OuterRef("learner"), module__cohorts=OuterRef("cohort"), module__published__isnull=False,
        completed_at__lt=as_of, completed_at__date__lte=OuterRef("cohort__ends_on"),
    )  # fmt: skip
    outer = OuterRef(OuterRef("cohort"))
    here = _holding(outer, "completed_at")
    joined = CohortStay.objects.filter(
        cohort=outer, learner=OuterRef("learner"), joined_at__lte=OuterRef("completed_at")
    )
    met = done.filter(
        Exists(here) | ~Exists(joined) | Q(completed_at__date__lt=OuterRef("cohort__starts_on"))
    )
    own = done.filter(Exists(here), completed_at__date__gte=OuterRef("cohort__starts_on"))
    own = own.alias(joined_here=Subquery(here.values("joined_at")[:1]))
    return met, own.exclude(Exists(_before(outer, "completed_at", "module")))


def _count(rows: QuerySet[Any], by: str) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values(by).annotate(n=Count("pk")).values("n")), 0)


def _day_before(as_of: dt.datetime) -> dt.date:
    """The last day of which something lies before a moment."""
    return timezone.localdate(as_of - dt.timedelta(microseconds=1))
