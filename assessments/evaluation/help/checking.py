"""Whether calling helps, and whether the rule points at the right people: counted at night, kept as numbers."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from courses.models import Module
from learners.data import Verb
from learners.models import Cohort, Enrolment, Learner, LearningRecord

from ..data import SPOKEN
from ..models import HelpClassCheck, HelpGiven, HelpReturn
from . import helping
from .points import LOOK_AGAIN

BACK_WITHIN = dt.timedelta(days=14)  # an act so soon after the call, or after the day, is coming back
CALLED_WITHIN = dt.timedelta(days=7)  # of the day: later calls are not counted with it
COUNTS_FOR = dt.timedelta(days=180)
CLASSES_A_NIGHT = 5


def day_to_count(as_of: dt.datetime) -> dt.date | None:
    """The newest first of a month that is not counted yet and long enough ago to know who came back."""
    ripe = timezone.localdate(as_of - BACK_WITHIN - CALLED_WITHIN)
    day = ripe.replace(day=1)
    known = set(HelpReturn.objects.filter(day__lte=ripe).values_list("day", flat=True).distinct())
    while day in known:
        day = (day - dt.timedelta(days=1)).replace(day=1)
    return day if day > timezone.localdate(as_of - COUNTS_FOR) else None


def count_returns(day: dt.date) -> list[HelpReturn]:
    """Unsaved counts of who came back of those the rule pointed at on the morning of ``day``, by place, with
    one of no place that is always there: 2 queries, and 1 for each thousand of them.

    Called: somebody spoke with them within :data:`CALLED_WITHIN`, and they had done nothing until then. Not
    called: nobody tried from a week before to the end.
    """
    at, rows = _morning(day), defaultdict[int | None, HelpReturn](lambda: HelpReturn(day=day))
    rows[None].region_id = None
    for part in _parts(helping.pointed_at(Learner.objects.people().not_staff(), at)):
        for region, spoke, tried, acted, after in _what_became(part, at):
            row = rows[region]
            row.region_id = region
            if spoke and not (acted and acted <= spoke):
                row.called += 1
                row.called_back += bool(after and after <= spoke + BACK_WITHIN)
            elif not tried:
                row.waited += 1
                row.waited_back += bool(acted and acted <= at + BACK_WITHIN)
    return list(rows.values())


def _what_became(ids: list[int], at: dt.datetime) -> Any:
    given = HelpGiven.objects.filter(learner=OuterRef("pk"))
    spoke = given.filter(given_at__gte=at, given_at__lt=at + CALLED_WITHIN, outcome__in=SPOKEN)
    tried = given.filter(given_at__gte=at - LOOK_AGAIN, given_at__lt=at + BACK_WITHIN)
    acts = LearningRecord.objects.filter(learner=OuterRef("pk")).exclude(verb=Verb.REGISTERED)
    moments = acts.order_by("happened_at").values("happened_at")
    rows = Learner.objects.filter(pk__in=ids).order_by()
    return (
        rows.annotate(spoke=Subquery(spoke.order_by("given_at").values("given_at")[:1]), tried=Exists(tried))
        .annotate(
            acted=Subquery(moments.filter(happened_at__gt=at)[:1]),
            after=Subquery(moments.filter(happened_at__gt=OuterRef("spoke"))[:1]),
        )
        .values_list("region", "spoke", "tried", "acted", "after")
    )


def classes_to_check(as_of: dt.datetime) -> QuerySet[Cohort]:
    """Classes that ended lately and are not checked yet, the newest first, a few a night."""
    today = timezone.localdate(as_of)
    ended = Cohort.objects.filter(ends_on__lt=today, ends_on__gte=today - COUNTS_FOR, help_check=None)
    return ended.order_by("-ends_on", "pk")[:CLASSES_A_NIGHT]


def check_class(cohort: Cohort) -> HelpClassCheck:
    """The unsaved check of a class that is over: 4 queries.

    The rule is asked as on the morning of half time, of those in the class then. Stopped: did not finish the
    class's modules by its end, and did nothing in the last third of its days.
    """
    days = (cohort.ends_on - cohort.starts_on).days + 1
    half = cohort.starts_on + dt.timedelta(days=days // 2)
    last_third = _morning(cohort.ends_on + dt.timedelta(days=1 - max(1, days // 3)))
    at, end = _morning(half), _morning(cohort.ends_on + dt.timedelta(days=1))
    there = Q(left_at=None) | Q(left_at__gte=at)
    members = Learner.objects.filter(pk__in=cohort.members.filter(there, created_at__lt=at).values("learner"))
    flagged = set(helping.pointed_at(members, at))
    modules = Module.objects.published().filter(cohorts=cohort).count()
    acts = LearningRecord.objects.filter(
        learner=OuterRef("pk"), happened_at__gte=last_third, happened_at__lt=end
    )
    done = Enrolment.objects.filter(learner=OuterRef("pk"), module__cohorts=cohort, completed_at__lt=end)
    finished_of = done.order_by().values("learner").annotate(n=Count("pk")).values("n")
    row = HelpClassCheck(cohort=cohort, day=half)
    rows = members.order_by().annotate(
        acted=Exists(acts.exclude(verb=Verb.REGISTERED)), done=Subquery(finished_of)
    )
    for pk, acted, finished in rows.values_list("pk", "acted", "done"):
        stopped = not acted and (finished or 0) < modules
        name = ("flagged_stopped" if stopped else "flagged_stayed") if pk in flagged else (
            "missed" if stopped else "spared"
        )  # fmt: skip
        setattr(row, name, getattr(row, name) + 1)
    return row


def store(returns: Iterable[HelpReturn], classes: Iterable[HelpClassCheck]) -> None:
    """Write counts in the place of those of the same day or class."""
    made, checked = list(returns), list(classes)
    HelpReturn.objects.filter(day__in={row.day for row in made}).delete()
    HelpReturn.objects.bulk_create(made)
    HelpClassCheck.objects.filter(cohort__in=[row.cohort_id for row in checked]).delete()
    HelpClassCheck.objects.bulk_create(checked)


def _morning(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _parts(ids: Iterator[int]) -> Iterator[list[int]]:
    while part := list(islice(ids, helping.CHUNK)):
        yield part
