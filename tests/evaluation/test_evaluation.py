"""Snapshots: what is counted, of whom, up to when; one effect however often; the command."""

from __future__ import annotations

import datetime as dt
import io
import json
import uuid
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.evaluation import services
from assessments.evaluation.counting.reach import UnknownScope
from assessments.evaluation.data import Figure, Scope, ScopeKind
from assessments.evaluation.help import helping
from assessments.evaluation.models import EvaluationSnapshot, HelpNeed
from assessments.models import Attempt, Quiz
from courses.models import Course, Module
from feedback.models import Deflection, Question, Reaction
from learners import services as learning
from learners.models import Enrolment, Learner
from mooc.jobs import tasks as job_tasks
from mooc.lib.privacy import evidence
from tests import world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
COUNTY, COUNTY2, VILLAGE = "360321", "360322", "360321100201"


@pytest.fixture
def people(make_user: Any, regions: dict[str, Any]) -> dict[str, Any]:
    return world.build(make_user, regions)


def figures(scope: Scope, as_of: dt.datetime) -> dict[str, Figure]:
    return {figure.code: figure for figure in services.snapshot_of(scope, as_of).figures}


def region(code: str, as_of: dt.datetime) -> dict[str, Figure]:
    return figures(Scope(ScopeKind.REGION, code), as_of)


def test_a_county_counted_by_hand(people: dict[str, Any]) -> None:
    got = region(COUNTY, people["now"])
    counts = {code: (got[code].numerator, got[code].denominator) for code in got if not got[code].hidden}
    assert counts == {
        "registered": (10, None), "enrolled": (8, None), "people": (7, None), "attendances": (7, None), "placed": (0, None),
        "active": (7, 8), "started": (7, 8), "passed": (6, 8), "completed": (6, 8), "completed_all": (6, 8),
        "graduated": (0, 0),
        "attendances_completed": (6, 7), "minutes": (None, 7), "first_score": (None, 5), "second_score": (None, 5),
        "retry_difference": (None, 5), "satisfaction": (4, 5), "response_rate": (5, 6), "questions": (5, None),
        "hours_to_answer": (None, 3), "solved_by_known": (0, None),
        "completed_in:photo": (6, 8), "retry_difference_in:photo": (None, 5), "questions_on:logistics_packaging": (2, 5),
        "questions_on:none": (2, 5), "questions_on:open_shop": (1, 5),
    }  # fmt: skip
    assert got["answered_in_time"].hidden  # four questions were due: too few for a share
    # six took the quiz: five half right, one all right at once; the five came back and had all right
    assert (got["first_score"].value, got["second_score"].value) == (0.5833, 1.0)
    assert got["retry_difference"].value == 0.4167
    assert got["hours_to_answer"].value == 4.0
    assert got["minutes"].value == 12.0  # two lessons each: 8 10 12 14 16 18 minutes, and one of 2
    assert got["completed"].value == 0.75
    assert got["satisfaction"].value == 0.8


def test_people_are_counted_once_and_attendances_each(people: dict[str, Any]) -> None:
    other = Module.objects.exclude(slug=world.SLUG).get()
    world.read(people["p0"], people["now"], lessons=1, slug=other.slug)
    got = region(COUNTY, people["now"] + dt.timedelta(hours=1))
    assert (got["enrolled"].value, got["attendances"].value) == (8, 8)
    assert (got["completed"].numerator, got["completed_all"].numerator) == (6, 5)


def test_guests_are_devices_and_never_people(people: dict[str, Any], regions: dict[str, Any]) -> None:
    before = region(COUNTY, people["now"])
    guest = Learner.objects.create(region=regions["village"])
    world.read(guest, people["now"] - dt.timedelta(days=1))
    assert region(COUNTY, people["now"]) == before


def test_a_region_is_itself_and_all_below_and_nothing_beside(people: dict[str, Any]) -> None:
    now = people["now"]
    assert region(COUNTY, now)["enrolled"].value == 8
    assert region(VILLAGE, now)["enrolled"].value == 8
    assert region(COUNTY2, now)["enrolled"].value == 6
    assert region("36", now)["enrolled"].value == 14
    assert region("360321100202", now)["registered"].hidden


def test_a_snapshot_of_a_past_day_counts_what_was_then(people: dict[str, Any]) -> None:
    then = people["now"] - dt.timedelta(days=8, hours=12)  # after the first tries, before the second
    got = region(COUNTY, then)
    assert (got["enrolled"].numerator, got["passed"].numerator, got["completed"].numerator) == (7, 0, 0)
    assert got["retry_difference"].denominator == 0
    assert got["questions"].value == 0
    assert got["satisfaction"].denominator == 0


def test_the_tree_says_what_each_region_says_alone(people: dict[str, Any]) -> None:
    job, _new = _tree(people["now"])
    for row in EvaluationSnapshot.objects.filter(kind="region").exclude(key=""):
        alone = services.snapshot_of(Scope("region", row.key), job.as_of)
        assert row.as_data().figures == alone.figures, row.key
    everybody = EvaluationSnapshot.objects.get(kind="region", key="").as_data()
    assert everybody.figures == services.snapshot_of(Scope("region", "36"), job.as_of).figures


def _tree(as_of: dt.datetime) -> Any:
    from assessments.evaluation.data import JobKind
    from mooc.jobs import services as jobs

    job, new = jobs.ask_for(kind=JobKind.EVALUATE, key=services.WHOLE_TREE, as_of=as_of, by=None)
    job_tasks.run_job(job.pk)
    return job, new


def test_those_who_say_no_place_are_a_line_of_their_own(people: dict[str, Any], make_user: Any) -> None:
    nowhere = world.person(make_user, "nowhere", None)
    world.read(nowhere, people["now"] - dt.timedelta(days=1))
    _tree(people["now"])
    kept = {
        row.key: row.as_data().figure("enrolled") for row in EvaluationSnapshot.objects.filter(kind="region")
    }
    assert kept[""] is not None
    assert kept["36"] is not None
    assert (kept[""].value, kept["36"].value) == (15, 14)


def test_a_module_counts_everybody_and_can_be_narrowed_to_a_place(people: dict[str, Any]) -> None:
    now = people["now"]
    whole = figures(Scope("module", world.SLUG), now)
    assert (whole["enrolled"].value, whole["questions"].value) == (14, 5)
    course = Course.objects.get(modules__slug=world.SLUG)
    assert figures(Scope("course", course.slug), now)["enrolled"].value == 14
    assert figures(Scope("course", course.slug, COUNTY2), now)["enrolled"].value == 6
    assert "registered" not in whole


@pytest.mark.parametrize(
    "scope", [Scope("region", "99"), Scope("cohort", "x"), Scope("course", "x"), Scope("module", "x"),
              Scope("planet", "x"), Scope("module", "window-light", "99")],
)  # fmt: skip
def test_what_is_not_there_is_said(scope: Scope, people: dict[str, Any]) -> None:
    with pytest.raises(UnknownScope):
        services.take_snapshot(scope, people["now"])
    assert not EvaluationSnapshot.objects.exists()


def test_the_same_moment_again_replaces_the_snapshot(people: dict[str, Any]) -> None:
    scope = Scope("region", COUNTY)
    services.take_snapshot(scope, people["now"])
    world.ask(people["p0"], people["now"] - dt.timedelta(days=1))
    services.take_snapshot(scope, people["now"])
    kept = EvaluationSnapshot.objects.get(kind="region", key=COUNTY).as_data()
    questions = kept.figure("questions")
    assert questions is not None
    assert questions.value == 6


def test_a_region_is_stored_with_all_below_at_the_same_moment(people: dict[str, Any]) -> None:
    services.take_snapshot(Scope("region", COUNTY), people["now"])
    kept = EvaluationSnapshot.objects.values_list("key", "as_of")
    assert set(kept) == {(code, people["now"]) for code in (COUNTY, "360321100", VILLAGE, "360321100202")}


def test_old_snapshots_go_but_for_the_first_of_a_month(people: dict[str, Any]) -> None:
    scope, now = Scope("module", world.SLUG), dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
    for day in (dt.datetime(2026, 8, 1, tzinfo=dt.UTC), dt.datetime(2026, 8, 2, tzinfo=dt.UTC), now):
        services.take_snapshot(scope, day)
    assert services.forget_old(now) == 1
    assert [row.as_of.day for row in EvaluationSnapshot.objects.order_by("as_of")] == [1, 25]


def test_as_many_queries_with_ten_times_the_people(
    people: dict[str, Any], make_user: Any, regions: Any
) -> None:
    from django.db import connection

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            services.snapshot_of(Scope("region", COUNTY), people["now"])
        return len(seen)

    first = count()
    for number in range(40):
        world.read(world.person(make_user, f"more{number}", regions["village"]), people["now"], lessons=1)
    assert count() == first
    assert first <= 16


# --- the command ----------------------------------------------------------------------------------


def evaluate(*arguments: str) -> str:
    out = io.StringIO()
    call_command("evaluate", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_prints_one_json_object_equal_to_what_it_stored(people: dict[str, Any]) -> None:
    printed = json.loads(evaluate("--region", COUNTY, "--json"))
    stored = EvaluationSnapshot.objects.get(key=COUNTY).as_data()
    assert printed == json.loads(json.dumps(stored.as_json()))
    assert printed["scope"] == f"region:{COUNTY}"
    assert set(printed["indicators"][0]) == {
        "code", "unit", "value", "numerator", "denominator", "low", "high", "hidden",
    }  # fmt: skip


def test_a_day_counts_whole(people: dict[str, Any]) -> None:
    printed = json.loads(evaluate("--region", COUNTY, "--as-of", "2026-11-20", "--json"))
    assert printed["as_of"].startswith("2026-11-21T00:00:00")


@pytest.mark.parametrize("when", ["soon", "2026-13-01", "2026-02-30T10:00", "2999-01-01", "2999-01-01T10:00"])
def test_an_odd_day_is_refused_plainly(people: dict[str, Any], when: str) -> None:
    with pytest.raises(CommandError, match="--as-of"):
        evaluate("--region", COUNTY, "--as-of", when)
    assert not EvaluationSnapshot.objects.exists()


def test_today_is_counted_up_to_now_and_not_to_its_end(people: dict[str, Any]) -> None:
    printed = json.loads(
        evaluate("--region", COUNTY, "--as-of", f"{timezone.localdate():%Y-%m-%d}", "--json")
    )
    assert dt.datetime.fromisoformat(printed["as_of"]) <= timezone.now()
    soon = timezone.now() + dt.timedelta(minutes=5)
    with pytest.raises(CommandError, match="has not been yet"):
        evaluate("--region", COUNTY, "--as-of", soon.isoformat())


def test_an_unknown_place_is_refused_plainly() -> None:
    with pytest.raises(CommandError):
        evaluate("--region", "nowhere")


# --- few people -----------------------------------------------------------------------------------


@evidence.writing("react", "solved_by_known")
def test_what_one_person_said_or_did_often_is_still_one_person(
    make_user: Any, regions: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five faces, five pairs of tries, five spared questions of one person: base enough, people too few."""
    one, now = world.person(make_user, "one", regions["village"]), timezone.now()
    modules = _modules(5)
    for module in modules:
        learning.enrol(learner=one, module=module, at=now - dt.timedelta(days=5))
        Reaction.objects.create(learner=one, module=module, face=3)
        quiz = Quiz.objects.get(module=module)
        for score in (0.2, 1.0):
            with evidence.writing("answer_item"):
                Attempt.objects.create(
                    uuid=uuid.uuid4(), learner=one, quiz=quiz, total=6, score=score, finished_at=now
                )
        question = world.ask(one, now - dt.timedelta(days=4))
        Deflection.objects.create(question=question, learner=one)
    Enrolment.objects.filter(learner=one).update(completed_at=now - dt.timedelta(days=1))
    got = region(COUNTY, now + dt.timedelta(hours=1))
    said = (
        "satisfaction",
        "response_rate",
        "retry_difference",
        "first_score",
        "second_score",
        "solved_by_known",
        "retry_difference_in:photo",
    )
    assert [code for code in said if not got[code].hidden] == []


def _modules(count: int) -> list[Module]:
    photo = Module.objects.get(slug=world.SLUG)
    return [
        Module.objects.create(
            code=f"X{n}", slug=f"x{n}", course=photo.course, category=photo.category, level=photo.level,
        )
        for n in range(count)
    ]  # fmt: skip


# --- who needs help -------------------------------------------------------------------------------


def test_whoever_asked_the_same_as_another_waits_too(people: dict[str, Any]) -> None:
    now, quiet = people["now"], people["p7"]
    root = world.ask(people["p0"], now - dt.timedelta(days=4))
    mine = world.ask(quiet, now - dt.timedelta(days=3))
    Question.objects.filter(pk=mine.pk).update(merged_into=root)
    assert ("unanswered", 2) in _reasons(quiet, now)
    later = now + dt.timedelta(hours=1)
    Question.objects.filter(pk=mine.pk).update(answered_at=later)
    assert ("unanswered", 2) in _reasons(quiet, now), "as it was then"
    assert ("unanswered", 2) not in _reasons(quiet, later + dt.timedelta(hours=1))


def test_a_try_that_was_closed_without_a_score_hides_no_weak_ones(people: dict[str, Any]) -> None:
    """Merging a guest closes one of two open tries: it has an end and no score."""
    now, weak = people["now"], people["p7"]
    quiz = Quiz.objects.get(module__slug=world.SLUG)
    for day, score in ((3, 0.2), (2, 0.3), (1, None)):
        with evidence.writing("answer_item"):
            Attempt.objects.create(
                uuid=uuid.uuid4(), learner=weak, quiz=quiz, total=6, score=score,
                finished_at=now - dt.timedelta(days=day),
            )  # fmt: skip
    assert ("weak", 2) in _reasons(weak, now)


def test_whoever_is_erased_while_it_is_counted_stops_no_night(people: dict[str, Any]) -> None:
    learners = Learner.objects.people()
    world.ask(people["p7"], people["now"] - dt.timedelta(days=3))
    found = list(helping.needs_of(learners, people["now"]))
    assert [need.learner_id for need in found] == [people["p7"].pk]
    people["p7"].user.delete()
    helping.replace_needs(learners, found)
    assert not HelpNeed.objects.exists()


def _reasons(learner: Learner, as_of: dt.datetime) -> list[tuple[str, int]]:
    found = list(helping.needs_of(Learner.objects.filter(pk=learner.pk), as_of))
    return [(reason["code"], reason["points"]) for need in found for reason in need.reasons]
