"""Closing months in the database: figures stand, what changes since is told by its cause, nothing is doubled."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from typing import Any

import pytest
from django.db import models
from django.utils import timezone

from assessments.evaluation import tasks
from assessments.evaluation.closing import months, selectors, services, states
from assessments.evaluation.closing.ledger import ERASED, HEADS
from assessments.evaluation.counting import totals
from assessments.evaluation.counting.reach import reach_of
from assessments.evaluation.data import Cause, JobKind, Scope, ScopeKind
from assessments.evaluation.measure.catalogue import SHIPPED
from assessments.evaluation.models import ClosedDrift, ClosedFigure, ClosedPerson, MonthClose
from assessments.evaluation.targets import services as targets
from assessments.evaluation.targets.selectors import in_force
from courses.models import Module
from learners import services as learning
from learners.classes import cohorts
from learners.models import Enrolment, Learner
from learners.people.merging import erase
from learners.people.uniting import merge_accounts, undo_merge
from mooc.accounts.models import Region
from mooc.accounts.places import moving
from mooc.jobs import services as jobs
from mooc.jobs.models import Job
from mooc.lib.jobrow import JobState
from tests import world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
NOW = months.last_over(timezone.localdate())
BEFORE, FIRST = months.before(NOW), months.before(months.before(NOW))
LONG_AGO = timezone.now() - dt.timedelta(days=400)


def day(month: str, number: int = 10) -> dt.datetime:
    return months.begin_of(month) + dt.timedelta(days=number)


class Village:
    """People who come, learn and go; a module is one lesson or all."""

    def __init__(self, make_user: Any, regions: dict[str, Any], people: dict[str, Any]) -> None:
        self.make_user, self.regions, self.people, self.count = make_user, regions, people, 0

    def person(self, place: str = "village", at: dt.datetime | None = None) -> Learner:
        self.count += 1
        who = world.person(self.make_user, f"v{self.count}", self.regions[place], date_joined=LONG_AGO)
        if at:
            self.enrol(who, at)
        return who

    def enrol(self, who: Learner, at: dt.datetime, number: int = 0) -> None:
        module = Module.objects.published().order_by("pk")[number]
        learning.enrol(learner=who, module=module, at=at)

    def read(self, who: Learner, at: dt.datetime, number: int = 0) -> None:
        """A lesson of a module: attended, not only enrolled."""
        module = Module.objects.published().order_by("pk")[number]
        world.read(who, at, lessons=1, slug=module.slug)

    def region(self, name: str) -> Region:
        found: Region = Region.objects.get(pk=self.regions[name].pk)
        return found


@pytest.fixture
def village(make_user: Any, regions: dict[str, Any], people: dict[str, Any]) -> Village:
    return Village(make_user, regions, people)


def close(month: str = NOW) -> MonthClose:
    job, _new = jobs.ask_for(kind=JobKind.CLOSE, key=services.KEY, as_of=months.end_of(month), by=None)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.DONE, "")
    return MonthClose.objects.get(month=month)


def archive(month: str, region: Region | None, scope: Scope | None = None) -> selectors.Closed:
    scope = scope or Scope(ScopeKind.REGION, region.code if region else "")
    found = selectors.closed(scope, region, month)
    assert found is not None
    assert selectors.reconciles(found)
    return found


def enrolled(month: str, region: Region | None) -> int:
    return total(archive(month, region))["enrolled"]


def total(found: selectors.Closed) -> Counter[str]:
    return next(iter(found.sums.values()))


def causes(month: str, region: Region | None, name: str = "enrolled") -> dict[str, int]:
    """The causes that changed one count."""
    found = archive(month, region).causes
    return {str(cause): counts[name] for cause, counts in found.items() if counts[name]}


def test_a_target_set_on_the_day_of_closing_judges_no_month_that_was_over(
    village: Village, people: dict[str, Any]
) -> None:
    village.person(at=day(NOW))
    targets.set_target(
        code="passed", tier="", percent=55, valid_from=timezone.localdate(), why="明年县里的要求",
        by=people["operator"], act_id=uuid.uuid4(), seen=0,
    )  # fmt: skip
    assert close().targets["passed"] == SHIPPED["passed"]
    assert in_force(timezone.localdate())["passed"] == 0.55


# --- what a closing says ------------------------------------------------------------------------------------------


def test_a_month_is_closed_with_what_was_before_and_what_it_added(village: Village) -> None:
    village.person(at=day(BEFORE))
    village.person(at=day(NOW))
    village.person("village2", at=day(NOW))
    close()
    assert enrolled(NOW, village.region("county")) == 3
    assert causes(NOW, village.region("village")) == {Cause.OPENING: 1, Cause.MONTH: 1}
    found = archive(NOW, None)
    assert {code: counts["enrolled"] for code, counts in found.sums.items()} == {
        "": 3, "36": 3, "3603": 3, "360321": 3, "360321100": 3, "360321100201": 2, "360321100202": 1,
    }  # fmt: skip
    assert found.before is None


def test_late_moved_corrected_and_in_the_month_each_stand_by_themselves(village: Village) -> None:
    _stays, goes, twice = (village.person(at=day(FIRST)) for _n in range(3))
    close(BEFORE)
    assert enrolled(BEFORE, village.region("township")) == 3
    village.person(at=day(NOW))
    village.person(at=day(BEFORE))  # told by a phone that was away
    Learner.objects.filter(pk=goes.pk).update(region=village.regions["county2"])
    Enrolment.objects.filter(learner=twice).delete()
    close()
    place, there = village.region("village"), village.region("county2")
    assert causes(NOW, place) == {Cause.MONTH: 1, Cause.LATE: 1, Cause.MOVED: -1, Cause.CORRECTED: -1}
    assert (total(archive(NOW, place))["enrolled"], archive(NOW, place).before) == (
        3,
        archive(BEFORE, place).sums[place.code],
    )
    assert causes(NOW, there) == {Cause.MOVED: 1}
    assert causes(NOW, village.region("city")) == {Cause.MONTH: 1, Cause.LATE: 1, Cause.CORRECTED: -1}


def test_the_figures_of_a_closed_month_never_change(village: Village) -> None:
    who = village.person(at=day(BEFORE))
    close(BEFORE)
    before = list(ClosedFigure.objects.filter(close__month=BEFORE).order_by("pk").values())
    Learner.objects.filter(pk=who.pk).update(region=village.regions["county2"])
    village.person(at=day(BEFORE))
    close()
    close_again = services.ask_to_close(timezone.localdate())
    assert close_again is None
    assert list(ClosedFigure.objects.filter(close__month=BEFORE).order_by("pk").values()) == before


def test_everybody_of_a_village_erased_leaves_their_part_without_a_name(village: Village) -> None:
    whole = [village.person(at=day(BEFORE)) for _n in range(3)]
    village.person("village2", at=day(BEFORE))
    close(BEFORE)
    for who in whole:
        erase(learner=who)
    assert not ClosedPerson.objects.filter(learner__region=village.regions["village"]).exists()
    close()
    found = archive(NOW, village.region("village"))
    assert (total(found)["enrolled"], found.erased) == (3, 3)
    assert causes(NOW, village.region("county")) == {}
    assert total(archive(NOW, village.region("county")))["enrolled"] == 4
    # a village that is empty goes into another, and what is left of it goes along
    moving.merge(source=village.region("village"), into=village.region("village2"))
    close_next(village)


def close_next(village: Village) -> None:
    """A third closing, as if a month had passed."""
    base = services.last_close()
    assert base
    counting = services._begin(months.after(NOW), base)
    for portion in states.of_everybody(base.ends, base.ends):
        services._take(counting, "", portion)
    services._leftover(counting)
    services._remainders(counting)
    kept = village.region("village2").pk
    standing = counting.ledgers[""].standing(
        {place: counts for _group, place, _region, counts in services._standing_rows(base)}
    )
    assert [counts["enrolled"] for place, counts in standing.items() if f"/{kept}/" in place] == [4]
    assert {row.region_id for row in services._figures(counting)} == {kept}


def test_two_accounts_that_are_one_count_once_from_the_next_closing_on(village: Village) -> None:
    kept, gone = village.person(at=day(BEFORE)), village.person("village2", at=day(BEFORE))
    village.enrol(gone, day(BEFORE), 1)
    acts(gone, 1)
    close(BEFORE)
    merge_accounts(kept=kept.user, gone=gone.user, by=village.people["operator"])  # type: ignore[arg-type]  # they have accounts
    close()
    assert causes(NOW, village.region("village2")) == {Cause.MERGED: -1}
    assert causes(NOW, village.region("township")) == {Cause.MERGED: -1}
    assert enrolled(NOW, village.region("township")) == 1
    assert (
        total(archive(NOW, None))[HEADS] - total(archive(NOW, None))[ERASED]
        == Learner.objects.people().count()
    )


def acts(who: Learner, number: int) -> None:
    """Somebody learns in a module: what a merge finds again from the records."""
    module = Module.objects.published().order_by("pk")[number]
    world.read(who, timezone.now() - dt.timedelta(days=1), lessons=1, slug=module.slug)


def test_two_that_were_made_one_and_parted_again_are_two_again(village: Village) -> None:
    kept, gone = village.person(at=day(BEFORE)), village.person(at=day(BEFORE))
    close(BEFORE)
    merge = merge_accounts(kept=kept.user, gone=gone.user, by=village.people["operator"])  # type: ignore[arg-type]  # they have accounts
    undo_merge(merge=merge, by=village.people["operator"])
    assert ClosedPerson.objects.filter(learner__in=[kept, gone]).values("learner").distinct().count() == 2
    close()
    assert archive(NOW, village.region("county")).before == total(archive(BEFORE, village.region("county")))


def test_a_place_that_was_merged_is_asked_for_by_its_old_code_and_says_what_moved(village: Village) -> None:
    village.person(at=day(BEFORE))
    village.person("village2", at=day(BEFORE))
    close(BEFORE)
    old = village.region("village").code
    moving.merge(source=village.region("village"), into=village.region("village2"))
    close()
    kept = Region.objects.coded(old).get()
    found = archive(NOW, kept, Scope(ScopeKind.REGION, old))
    assert (total(found)["enrolled"], found.before and found.before["enrolled"]) == (2, 1)
    assert causes(NOW, kept) == {Cause.MOVED: 1}
    assert causes(NOW, village.region("township")) == {}


def test_a_place_that_went_into_another_county_takes_its_figures_along_by_the_next_closing(
    village: Village,
) -> None:
    village.person(at=day(BEFORE))
    close(BEFORE)
    moving.relocate(region=village.region("township"), parent=village.region("county2"), code="360322100")
    assert enrolled(BEFORE, village.region("county")) == 1
    close()
    assert causes(NOW, village.region("county")) == {Cause.MOVED: -1}
    assert causes(NOW, village.region("county2")) == {Cause.MOVED: 1}
    assert causes(NOW, village.region("township")) == {}
    assert enrolled(NOW, village.region("village")) == 1


# --- classes ------------------------------------------------------------------------------------------------------


def test_a_class_has_its_own_sums_also_when_it_goes_to_another_place(village: Village) -> None:
    modules = list(Module.objects.published().order_by("pk")[:1])
    cohort = cohorts.open_cohort(
        leader=village.people["trainer"], title="枫树班", region=village.regions["village"], modules=modules,
        starts_on=day(BEFORE).date(), ends_on=timezone.localdate(),
    )  # fmt: skip
    whole = [village.person() for _n in range(2)]
    for who in whole:
        member = cohorts.join_cohort(learner=who, cohort=cohort)
        backdate(member, created_at=day(BEFORE))
        backdate(who.stays.get(), joined_at=day(BEFORE))
        Enrolment.objects.filter(learner=who).update(enrolled_at=day(BEFORE))
    scope = Scope(ScopeKind.COHORT, cohort.code)
    close(BEFORE)
    type(cohort).objects.filter(pk=cohort.pk).update(region=village.regions["county2"])
    village.enrol(whole[0], day(NOW), 1)  # a module of another class
    close()
    found = archive(NOW, cohort.region, scope)
    assert total(found)["enrolled"] == 2
    assert {
        cause: counts["attendances"] for cause, counts in found.causes.items() if counts["attendances"]
    } == {}
    assert total(archive(BEFORE, cohort.region, scope))["enrolled"] == 2


def backdate(row: Any, **columns: Any) -> None:
    """Past the guard of what proves attendance: the row is as old as the test says."""
    models.QuerySet(type(row)).filter(pk=row.pk).update(**columns)


# --- once, in order, all or nothing ---------------------------------------------------------------------------------


def test_months_that_were_missed_are_closed_in_their_order(village: Village) -> None:
    village.person(at=day(BEFORE))
    close(FIRST)
    close(NOW)
    assert list(MonthClose.objects.order_by("month").values_list("month", flat=True)) == [FIRST, BEFORE, NOW]
    assert causes(BEFORE, None) == {Cause.MONTH: 1}
    assert causes(NOW, None) == {}


def test_two_closings_at_once_are_one(village: Village) -> None:
    village.person(at=day(NOW))
    first, second = (services.ask_to_close(timezone.localdate()) for _n in range(2))
    assert first == second
    assert first
    jobs.run(first.pk)
    jobs.run(first.pk)
    tasks.close_months()
    assert (MonthClose.objects.count(), Job.objects.filter(kind=JobKind.CLOSE).count()) == (1, 1)
    assert enrolled(NOW, None) == 1


@pytest.mark.parametrize("where", ["_take", "_remainders", "_write", "write_drift"])
def test_a_worker_killed_at_any_point_has_changed_nothing_and_the_next_does_it_once(
    village: Village, monkeypatch: Any, where: str
) -> None:
    for _n in range(2):
        village.person(at=day(BEFORE))
    close(BEFORE)
    village.person(at=day(NOW))
    before = (list(ClosedFigure.objects.order_by("pk").values()), list(ClosedDrift.objects.values()))
    job = services.ask_to_close(timezone.localdate())
    assert job
    real = getattr(services, where)

    def killed(*args: Any, **kwargs: Any) -> None:
        real(*args, **kwargs)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(services, where, killed)
        with pytest.raises(KeyboardInterrupt):
            jobs.run(job.pk)
    if where != "_write":  # that one had ended
        assert (
            list(ClosedFigure.objects.order_by("pk").values()),
            list(ClosedDrift.objects.values()),
        ) == before
        Job.objects.filter(pk=job.pk).update(seen_at=LONG_AGO)
        jobs.run(job.pk)
    services.sweep()
    assert enrolled(NOW, None) == 3
    assert causes(NOW, None) == {Cause.MONTH: 1}
    assert ClosedPerson.objects.count() == Learner.objects.people().count()


def test_a_worker_thought_dead_that_comes_back_stores_nothing(village: Village, monkeypatch: Any) -> None:
    village.person(at=day(NOW))
    job = services.ask_to_close(timezone.localdate())
    assert job
    real = services._remainders

    def another_takes_it(counting: Any) -> None:
        Job.objects.filter(pk=job.pk).update(tries=2)
        real(counting)

    monkeypatch.setattr(services, "_remainders", another_takes_it)
    jobs.run(job.pk)
    assert not MonthClose.objects.exists()


def test_answers_that_arrive_while_a_month_is_closed_are_told_late_and_counted_once(
    village: Village, monkeypatch: Any
) -> None:
    who = village.person(at=day(BEFORE))
    close(FIRST)
    real = services._leftover

    def meanwhile(counting: Any) -> None:
        village.read(village.person(at=day(BEFORE)), day(BEFORE))
        village.read(who, day(BEFORE), 1)
        real(counting)

    with monkeypatch.context() as patch:
        patch.setattr(services, "_leftover", meanwhile)
        close(BEFORE)
    assert enrolled(BEFORE, None) == 1
    close()
    assert causes(NOW, None) == {Cause.LATE: 1}
    assert causes(NOW, None, "attendances") == {Cause.LATE: 2}


def test_two_that_become_one_while_a_month_is_closed_are_lost_and_doubled_nowhere(
    village: Village, monkeypatch: Any
) -> None:
    kept, gone = village.person(at=day(FIRST)), village.person(at=day(FIRST))
    close(FIRST)
    monkeypatch.setattr(states, "MANY", 1)
    real, seen = services._take, []

    def meanwhile(counting: Any, group: str, portion: Any) -> None:
        real(counting, group, portion)
        if kept.pk in portion and not seen:
            seen.append(1)
            merge_accounts(kept=kept.user, gone=gone.user, by=village.people["operator"])  # type: ignore[arg-type]  # they have accounts

    with monkeypatch.context() as patch:
        patch.setattr(services, "_take", meanwhile)
        close(BEFORE)
    assert seen
    close()
    assert enrolled(NOW, None) == 1
    whole = total(archive(NOW, None))
    assert (whole[HEADS], whole[ERASED]) == (Learner.objects.people().count(), 0)


# --- what changed since ---------------------------------------------------------------------------------------------


def test_how_many_are_counted_otherwise_since_is_found_again_every_night(village: Village) -> None:
    late, goes, erased, stays = (village.person(at=day(NOW)) for _n in range(4))
    close()
    scope, place = Scope(ScopeKind.REGION, "360321100201"), village.region("village")
    assert selectors.changed_since(scope, place, NOW) == 0
    village.enrol(late, day(NOW), 1)
    Learner.objects.filter(pk=goes.pk).update(region=village.regions["village2"])
    erase(learner=erased)
    village.enrol(stays, timezone.now(), 1)  # after the month: no change of it
    tasks.recount_closed()
    job = Job.objects.get(kind=JobKind.RECOUNT)
    jobs.run(job.pk)
    assert selectors.changed_since(scope, place, NOW) == 3
    county = Scope(ScopeKind.REGION, "360321")
    assert selectors.changed_since(county, village.region("county"), NOW) == 2  # who moved is still of it


def test_a_closing_leaves_the_last_number_of_the_one_before(village: Village) -> None:
    village.person(at=day(BEFORE))
    close(BEFORE)
    village.person(at=day(BEFORE))
    close()
    assert selectors.changed_since(Scope(ScopeKind.REGION, ""), None, BEFORE) == 1
    assert selectors.changed_since(Scope(ScopeKind.REGION, ""), None, NOW) == 0


def test_states_add_up_to_what_the_board_counts(village: Village, make_user: Any) -> None:
    """Every count of a tally, by its own name: a new one needs nothing here."""
    world.build(make_user, village.regions)
    as_of = timezone.now()
    reach = reach_of(Scope(ScopeKind.REGION, ""), as_of)
    found: Counter[str] = Counter()
    for counts in totals.by_person(reach).values():
        found.update(counts)
    assert found == +totals.tally(reach).counts
    assert {"enrolled", "askers", "attendances", "satisfied"} <= set(found)
