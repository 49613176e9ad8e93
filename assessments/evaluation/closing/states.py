"""The state of each person, counted in the database, some people at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from learners.models import Cohort, Learner
from mooc.accounts.models import Region

from ..counting import totals
from ..counting.reach import Reach, reach_of
from ..data import Scope, ScopeKind
from .ledger import NO_PLACE, Today, state

MANY = 500  # people at a time: what is in memory at once
TRIES = 3  # countings of people who act meanwhile
EVERYBODY = Scope(ScopeKind.REGION, "")
Portion = dict[int, Today]  # by the id of the learner


def group_of(cohort: Cohort) -> str:
    """What the sums of a class are filed under; those of places have no group."""
    return f"cohort:{cohort.pk}"


def places() -> dict[int | None, str]:
    """Where each region stands, by ids from the top: 1 query."""
    parents = dict(Region.objects.order_by("level").values_list("pk", "parent_id"))
    found: dict[int | None, str] = {None: NO_PLACE}
    for region, parent in parents.items():
        found[region] = f"{found[parent]}{region}/"
    return found


def of_everybody(begin: dt.datetime, end: dt.datetime) -> Iterator[Portion]:
    """Everybody with an account, in portions: 12 queries each."""
    stands, last, people = places(), 0, reach_of(EVERYBODY, end).learners
    while True:
        rows = people.filter(pk__gt=last).order_by("pk").values_list("pk", "region_id")[:MANY]
        found = dict(rows)
        if not found:
            return
        first, last = min(found), max(found)
        some = people.filter(pk__gte=first, pk__lte=last)
        then, now = _at_rest(some, begin, end)
        yield {
            pk: Today(stands.get(region, NO_PLACE), state(then.get(pk, {})), state(now.get(pk, {})))
            for pk, region in found.items()
        }


def _at_rest(some: Any, begin: dt.datetime, end: dt.datetime) -> tuple[Any, Any]:
    """The counts of some people at two moments. Who acts while they are counted would be counted half before and
    half after: then once more."""
    for _n in range(TRIES):
        before = _versions(some)
        now = totals.by_person(Reach(end, some))
        found = (now if begin == end else totals.by_person(Reach(begin, some))), now
        if _versions(some) == before:
            break
    return found


def _versions(some: Any) -> dict[int, int]:
    return dict(some.order_by().values_list("pk", "version"))


def of_class(cohort: Cohort, begin: dt.datetime, end: dt.datetime, former: Iterable[int]) -> Portion:
    """The people of a class, with what counts of its modules: 17 queries.

    :param former: who was counted in it before, and may be in it no more.
    """
    scope, stands = Scope(ScopeKind.COHORT, cohort.code), places()
    then, now = (totals.by_person(reach_of(scope, moment)) for moment in (begin, end))
    regions = dict(Learner.objects.filter(memberships__cohort=cohort).values_list("pk", "region_id"))
    regions |= dict(Learner.objects.filter(pk__in=[*former]).values_list("pk", "region_id"))
    return {
        pk: Today(stands.get(region, NO_PLACE), state(then.get(pk, {})), state(now.get(pk, {})))
        for pk, region in regions.items()
    }
