"""What a class counts: its own time, its own people while they were in it, and nothing another class has counted. And
that who works here is a learner in no figure."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from assessments.evaluation import services
from assessments.evaluation.board.lists import listing_of
from assessments.evaluation.counting.reach import reach_of
from assessments.evaluation.data import Figure, Scope, ScopeKind
from courses.models import Module
from learners.classes import cohorts
from learners.models import Cohort, CohortStay, Learner
from learners.people import merging
from learners.people.guests import learner_of
from mooc.accounts.models import RoleGrant, User
from tests import world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
COUNTY = "360321"
DAY = dt.timedelta(days=1)


@pytest.fixture
def people(make_user: Any, regions: dict[str, Any]) -> dict[str, Any]:
    return world.build(make_user, regions) | {
        "county": regions["county"],
        "lead": make_user("lead", role="trainer"),
    }


def open_class(people: dict[str, Any], *, begins: int, ends: int = 5, modules: Any = None) -> Cohort:
    """A class from ``begins`` days ago to ``ends`` days ahead."""
    today = timezone.localdate()
    return cohorts.open_cohort(
        leader=people["lead"], title="一期", region=people["county"], starts_on=today - begins * DAY,
        ends_on=today + ends * DAY, modules=modules or [Module.objects.get(slug=world.SLUG)],
    )  # fmt: skip


def figures(scope: Scope, as_of: dt.datetime) -> dict[str, Figure]:
    return {figure.code: figure for figure in services.snapshot_of(scope, as_of).figures}


def of(cohort: Cohort, as_of: dt.datetime) -> dict[str, tuple[int | None, int | None]]:
    """What a class says; and every list has the rows its figure says."""
    scope = Scope(ScopeKind.COHORT, cohort.code)
    found = figures(scope, as_of)
    for code, figure in found.items():
        listing = listing_of(code, reach_of(scope, as_of))
        assert listing is not None
        if not figure.hidden and figure.unit != "questions":
            whole = figure.denominator if figure.denominator is not None else figure.numerator
            assert listing.rows.count() == whole, code
            if listing.marks:
                assert listing.only(True).rows.count() == figure.numerator, code
    return {
        code: (figure.numerator, figure.denominator) for code, figure in found.items() if not figure.hidden
    }


@pytest.fixture
def first(people: dict[str, Any]) -> Cohort:
    """A class since 12 days. p0 to p5 joined it before they read (10 days ago), tried (9) and passed (8). p3 left
    between trying and passing; p4 left then too, and came back when it was over. p6 joined after what it did, p9 does
    nothing, p10 read three days ago."""
    now, cohort = people["now"], open_class(people, begins=12)
    for number in (0, 1, 2, 5, 9, 10):
        world.join(people[f"p{number}"], cohort, now - 11 * DAY)
    for number in (3, 4):
        world.join(people[f"p{number}"], cohort, now - 11 * DAY, until=now - 8.5 * DAY)
    world.join(people["p4"], cohort, now - 6 * DAY)
    world.join(people["p6"], cohort, now - 4 * DAY)
    return cohort


def test_a_class_counts_its_dates_and_its_peoples_stays(people: dict[str, Any], first: Cohort) -> None:
    got = of(first, people["now"])
    assert (got["registered"], got["enrolled"]) == ((9, None), (9, None))
    assert got["people"] == (7, None)  # not p6, who did it before joining, nor p9
    assert got["started"] == (7, 9)
    assert got["passed"] == got["completed"] == (4, 9)  # not p3 and p4, who were away that day
    assert got["graduated"] == (4, 9)
    assert (got["attendances"], got["attendances_completed"]) == ((7, None), (4, 7))
    assert "completed_all" not in got
    assert CohortStay.objects.filter(learner=people["p4"], cohort=first).count() == 2


def test_what_two_classes_could_claim_is_the_ones_that_was_joined_first(
    people: dict[str, Any], first: Cohort
) -> None:
    """A second class with the same module, joined before anybody read: it has only what p3 and p4 did while they were
    away from the first."""
    now, second = people["now"], open_class(people, begins=12)
    for number in range(6):
        world.join(people[f"p{number}"], second, now - 10.5 * DAY)
    got = of(second, now)
    assert got["enrolled"] == (6, None)
    assert got["started"] == (0, 6)
    assert got["passed"] == got["completed"] == got["graduated"] == (2, 6)
    assert of(first, now)["graduated"] == (4, 9)
    county = figures(Scope(ScopeKind.REGION, COUNTY), now)
    assert (county["graduated"].numerator, county["graduated"].denominator) == (6, 8)  # each once


def test_what_was_done_before_a_class_is_not_its_own(people: dict[str, Any]) -> None:
    late = open_class(people, begins=7)
    for number in range(6):
        world.join(people[f"p{number}"], late, people["now"] - 20 * DAY)
    got = of(late, people["now"])
    assert (got["enrolled"], got["passed"], got["graduated"]) == ((6, None), (0, 6), (0, 6))
    over = open_class(people, begins=30)
    for number in range(6):
        world.join(people[f"p{number}"], over, people["now"] - 20 * DAY)
    Cohort.objects.filter(pk=over.pk).update(ends_on=timezone.localdate() - 9 * DAY)
    assert of(over, people["now"])["passed"] == (0, 6)  # passed the day after it ended


def test_a_class_that_requires_two_modules_is_finished_with_both(people: dict[str, Any]) -> None:
    """p0 had finished the first before; p0 and p1 read and pass the second in the class."""
    now, other = people["now"], Module.objects.exclude(slug=world.SLUG).get()
    cohort = open_class(people, begins=5, modules=list(Module.objects.all()))
    for number in range(6):
        world.join(people[f"p{number}"], cohort, now - 5 * DAY)
    for number in (0, 1):
        world.read(people[f"p{number}"], now - 3 * DAY, slug=other.slug)
    got = of(cohort, now)
    finished = Learner.objects.filter(enrolments__module=other, enrolments__completed_at__lt=now).count()
    assert got["graduated"] == (finished, 6)
    assert got["completed"] == (finished, 6)


def test_a_class_without_modules_counts_nothing(people: dict[str, Any]) -> None:
    empty = open_class(people, begins=12)
    empty.modules.clear()
    for number in range(6):
        world.join(people[f"p{number}"], empty, people["now"] - 11 * DAY)
    got = of(empty, people["now"])
    assert got.pop("registered") == (6, None)
    assert {count for figure in got.values() for count in figure} == {0, None}


def test_being_put_in_by_a_class_is_not_attending(people: dict[str, Any]) -> None:
    other = Module.objects.exclude(slug=world.SLUG).get()
    cohort = open_class(people, begins=5, modules=[other])
    for number in range(6):
        world.join(people[f"p{number}"], cohort, people["now"] - 5 * DAY)
    later = timezone.now() + DAY / 24
    got = of(cohort, later)
    assert (got["enrolled"], got["placed"], got["attendances"]) == ((6, None), (6, None), (0, None))
    county = figures(Scope(ScopeKind.REGION, COUNTY), later)
    assert (county["attendances"].numerator, county["placed"].numerator) == (7, 6)


# --- who works here ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "counted"), [("trainer", 9), ("supervisor", 9), ("helper", 10), ("operator", 9), ("", 10)]
)
def test_who_works_here_is_no_learner_in_figures_and_lists(
    people: dict[str, Any], role: str, counted: int
) -> None:
    user = people["p0"].user
    if role == "operator":
        User.objects.filter(pk=user.pk).update(is_superuser=True, is_staff=True)
    elif role:
        RoleGrant.objects.create(user=user, role=role, region=people["county"])
    scope = Scope(ScopeKind.REGION, COUNTY)
    assert figures(scope, people["now"])["registered"].numerator == counted
    for code, rows in (("registered", counted), ("attendances", counted - 3), ("minutes", counted - 3)):
        listing = listing_of(code, reach_of(scope, people["now"]))
        assert listing is not None
        assert listing.rows.count() == rows, code
    module = figures(Scope(ScopeKind.MODULE, world.SLUG), people["now"])
    assert module["enrolled"].numerator == counted + 4  # eight of the county, six of the other


# --- stays ------------------------------------------------------------------------------------------------


def test_leaving_and_coming_back_are_two_stays(people: dict[str, Any], make_user: Any) -> None:
    cohort, who = open_class(people, begins=5), people["p0"]
    cohorts.join_cohort(learner=who, cohort=cohort)
    cohorts.join_cohort(learner=who, cohort=cohort)
    assert cohorts.take_out(cohort=cohort, learner=who, by=people["lead"])
    assert not cohorts.take_out(cohort=cohort, learner=who, by=people["lead"])
    assert cohorts.put_back(cohort=cohort, learner=who, by=people["lead"])
    assert not cohorts.put_back(cohort=cohort, learner=who, by=people["lead"])
    one, two = CohortStay.objects.filter(learner=who).order_by("joined_at")
    assert one.left_at is not None
    assert one.joined_at <= one.left_at <= two.joined_at
    assert two.left_at is None
    assert cohort.members.get(learner=who).left_at is None


def test_a_guests_stay_goes_with_the_guest_to_the_account(people: dict[str, Any], make_user: Any) -> None:
    cohort, guest = open_class(people, begins=5), Learner.objects.create()
    world.join(guest, cohort, people["now"] - 2 * DAY)
    account = learner_of(make_user("account"))
    merging.absorb_guest(guest=guest, target=account)
    assert CohortStay.objects.get(learner=account).joined_at == people["now"] - 2 * DAY


@pytest.mark.django_db(transaction=True)
def test_memberships_from_before_become_stays(people: dict[str, Any]) -> None:
    cohort = open_class(people, begins=5)
    for number in (0, 1):
        cohorts.join_cohort(learner=people[f"p{number}"], cohort=cohort)
    cohorts.take_out(cohort=cohort, learner=people["p1"], by=people["lead"])
    members = list(cohort.members.order_by("pk").values_list("learner", "created_at", "left_at"))
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    executor.migrate([("learners", "0009_a_new_password")])
    MigrationExecutor(connection).migrate(leaves)
    assert list(CohortStay.objects.order_by("pk").values_list("learner", "joined_at", "left_at")) == members
