"""Who needs help, learning in a class or alone; what came of a call; whether calls and the rule are worth it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from assessments.evaluation.help import checking, helping, standing
from assessments.evaluation.help.points import Plan, Signs, reasons
from assessments.evaluation.models import HelpClassCheck, HelpGiven, HelpNeed, HelpReturn
from courses.models import Module
from learners import services as learning
from learners.models import Cohort, CohortMember, Enrolment, Learner, Pause
from mooc.accounts.staff.deeds import Deed
from mooc.lib.errors import DomainError
from mooc.lib.privacy import evidence
from tests import world

NOW = dt.datetime(2026, 11, 30, 8, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
LEARNT = Signs(NOW - 50 * DAY, NOW - 20 * DAY, True, (), None, None)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Sentences are read in English."""
    with translation.override("en"):
        yield


# --- the rule, alone ------------------------------------------------------------------------------


def told(signs: Signs) -> dict[str, int]:
    return {reason.code: reason.points for reason in reasons(signs, NOW)}


def test_who_learns_alone_is_called_after_two_weeks_away_from_something_unfinished() -> None:
    assert told(LEARNT) == {"paused": 3}
    assert told(replace(LEARNT, last_at=NOW - 13 * DAY)) == {}


def test_who_finished_what_they_began_needs_no_call() -> None:
    assert told(replace(LEARNT, unfinished=False, last_scores=(0.1, 0.1))) == {}
    waits = replace(LEARNT, unfinished=False, waiting_since=NOW - 3 * DAY)
    assert told(waits) == {"unanswered": 2}, "an open question is the trainer's turn, always"


def test_nobody_who_learns_alone_is_called_for_ever() -> None:
    assert told(replace(LEARNT, last_at=NOW - 60 * DAY, enrolled_at=NOW - 90 * DAY)) == {"paused": 3}
    assert told(replace(LEARNT, last_at=NOW - 61 * DAY, enrolled_at=NOW - 90 * DAY)) == {}


def test_not_begun_is_one_sign_told_once() -> None:
    never = replace(LEARNT, finished_a_lesson=False, last_at=None, enrolled_at=NOW - 5 * DAY)
    assert told(never) == {"not_begun": 2}
    assert told(replace(never, enrolled_at=NOW - 20 * DAY)) == {"not_begun": 3}
    assert told(replace(never, enrolled_at=NOW - 61 * DAY)) == {}


def test_whoever_waits_for_a_class_is_not_late_for_it() -> None:
    waits = replace(LEARNT, finished_a_lesson=False, last_at=None, enrolled_at=NOW - 20 * DAY)
    assert told(replace(waits, class_to_come=True)) == {}


def test_a_module_begun_lately_begins_the_clock_anew() -> None:
    assert told(replace(LEARNT, enrolled_last=NOW - 2 * DAY)) == {}


def test_in_a_class_everything_stays_as_it_was_but_for_who_has_finished_it() -> None:
    class_ = replace(LEARNT, last_at=NOW - 70 * DAY, plan=Plan(0.9, 10, 1))
    assert told(class_) == {"absent": 3, "behind": 2}
    assert told(replace(LEARNT, plan=Plan(0.9, 10, 10), unfinished=False)) == {}


# --- everybody enrolled ---------------------------------------------------------------------------


@pytest.fixture
def alone(make_user: Any, regions: dict[str, Any]) -> list[Learner]:
    """Six people without a class who read one lesson of several three weeks ago."""
    people = [world.person(make_user, f"a{n}", regions["village"]) for n in range(6)]
    for who in people:
        world.read(who, timezone.now() - 21 * DAY, lessons=1)
    return people


def found(as_of: dt.datetime | None = None) -> dict[int, HelpNeed]:
    rows = helping.needs_of(Learner.objects.people(), as_of or timezone.now())
    return {need.learner_id: need for need in rows}


def log(learner: Learner, by: Any, outcome: str = "", action: str = "called", **more: Any) -> HelpGiven:
    return helping.log_help(
        learner=learner, by=by, action=action, note="", help_id=uuid.uuid4(), outcome=outcome, **more
    )


def test_those_who_learn_alone_are_found_with_as_many_queries_for_one_as_for_all(
    alone: list[Learner],
) -> None:
    assert {pk: need.points for pk, need in found().items()} == {who.pk: 3 for who in alone}
    with CaptureQueriesContext(connection) as one:
        list(helping.needs_of(Learner.objects.filter(pk=alone[0].pk), timezone.now()))
    with CaptureQueriesContext(connection) as all_of_them:
        found()
    assert len(one) == len(all_of_them) == 2


def test_the_sentence_says_they_learn_alone(alone: list[Learner]) -> None:
    (reason,) = found()[alone[0].pk].reasons
    assert helping.sentence(reason) == "Learns alone, something is unfinished, and not here for 20 days."


def test_whoever_finished_is_left_alone(alone: list[Learner]) -> None:
    Enrolment.objects.filter(learner=alone[0]).update(completed_at=timezone.now() - 20 * DAY)
    assert alone[0].pk not in found()


# --- what came of it ------------------------------------------------------------------------------


def turn(people: dict[str, Any]) -> list[tuple[int, bool, bool]]:
    rows = helping.in_turn(HelpNeed.objects.all())
    return [(row.learner_id, row.due, row.handled) for row in rows]


def stored(alone: list[Learner]) -> None:
    helping.replace_needs(Learner.objects.people(), found().values())
    assert HelpNeed.objects.count() == len(alone)


def test_a_call_says_what_came_of_it(alone: list[Learner], people: dict[str, Any]) -> None:
    with pytest.raises(DomainError):
        log(alone[0], people["supervisor"], "")
    assert not HelpGiven.objects.exists()
    assert log(alone[0], people["supervisor"], "", action="messaged").outcome == ""


def test_a_call_nobody_answered_is_no_help(alone: list[Learner], people: dict[str, Any]) -> None:
    stored(alone)
    log(alone[0], people["supervisor"], "no_answer")
    assert (alone[0].pk, False, False) in turn(people)
    log(alone[1], people["supervisor"], "reached")
    assert turn(people)[-1] == (alone[1].pk, False, True)


@evidence.writing("log_help")
def test_a_day_that_was_set_comes_first_when_it_comes(alone: list[Learner], people: dict[str, Any]) -> None:
    stored(alone)
    log(alone[3], people["supervisor"], "no_answer", again_in=3)
    assert turn(people)[-1] == (alone[3].pk, False, True), "until then it is settled"
    HelpGiven.objects.update(given_at=timezone.now() - 3 * DAY, next_on=timezone.localdate())
    assert turn(people)[0] == (alone[3].pk, True, False)
    world.read(alone[3], timezone.now() - DAY, lessons=2)
    assert not any(due for _pk, due, _handled in turn(people)), "they came back: nothing is due"


@evidence.writing("log_help")
def test_who_was_promised_a_call_is_found_though_no_points_say_so(
    alone: list[Learner], people: dict[str, Any]
) -> None:
    Enrolment.objects.filter(learner=alone[0]).update(completed_at=timezone.now() - 20 * DAY)
    log(alone[0], people["supervisor"], "promised", again_in=1)
    HelpGiven.objects.update(given_at=timezone.now() - DAY, next_on=timezone.localdate())
    need = found()[alone[0].pk]
    assert [reason["code"] for reason in need.reasons] == ["agreed"]
    assert helping.points_text(need.reasons) == "0"


def test_whoever_stops_for_good_is_not_called_until_they_do_something(
    alone: list[Learner], people: dict[str, Any]
) -> None:
    stored(alone)
    log(alone[0], people["supervisor"], "stopped", reason="away")
    assert turn(people)[-1] == (alone[0].pk, False, True)
    assert alone[0].pk not in found()
    later = timezone.now() + 30 * DAY
    world.read(alone[0], timezone.now() + DAY, lessons=1)
    assert alone[0].pk in found(later), "back, and away again"


def test_the_form_takes_two_taps_and_the_row_says_it_all(
    alone: list[Learner], people: dict[str, Any], office: Client
) -> None:
    stored(alone)
    path = f"/supervision/learners/{alone[0].pk}/"
    assert office.post(path, {"action": "called"}).status_code == 400
    form = {
        "action": "called",
        "outcome": "no_answer",
        "reason": "time",
        "again_in": "1",
        "id": str(uuid.uuid4()),
    }
    for _tap in range(2):
        assert office.post(path, form).status_code == 302
    given = HelpGiven.objects.get()
    assert (given.outcome, given.reason) == ("no_answer", "time")
    assert given.next_on == timezone.localdate() + DAY
    html = office.get("/supervision/help/").content.decode()
    assert "No answer. Reason: no time, or harvest. Call again on" in html
    assert ">later<" in html.replace("</svg>", ">")
    office.post(path, form | {"id": str(uuid.uuid4()), "again_in": "999", "reason": "x"})
    assert HelpGiven.objects.filter(next_on=None, reason="").count() == 1, "what is not offered is not kept"


@evidence.writing("log_help")
def test_what_was_written_down_before_outcomes_is_still_read(
    alone: list[Learner], people: dict[str, Any], office: Client
) -> None:
    stored(alone)
    HelpGiven.objects.create(
        learner=alone[0], given_by=people["supervisor"], action="visited", given_at=timezone.now()
    )
    assert turn(people)[-1] == (alone[0].pk, False, True)
    assert "Visited by Supervisor on" in office.get("/supervision/help/").content.decode()


# --- does it help, is the rule right --------------------------------------------------------------


@evidence.writing("log_help")
def test_who_came_back_of_those_called_and_of_those_not(
    make_user: Any, regions: dict[str, Any], people: dict[str, Any]
) -> None:
    """Ten away since a month before the day: five spoken with, of whom four came back; five not, of whom one."""
    day = (timezone.localdate() - 40 * DAY).replace(day=1)
    at = timezone.make_aware(dt.datetime.combine(day, dt.time(9)))
    ten = [world.person(make_user, f"t{n}", regions["village"]) for n in range(10)]
    for number, who in enumerate(ten):
        world.read(who, at - 30 * DAY, lessons=1)
        if number < 5:
            log(who, people["supervisor"], "reached")
            HelpGiven.objects.filter(learner=who).update(given_at=at + 2 * DAY)
        if number in (0, 1, 2, 3, 5):
            world.read(who, at + 9 * DAY, lessons=1)
    log(ten[9], people["supervisor"], "no_answer")
    HelpGiven.objects.filter(learner=ten[9]).update(given_at=at + DAY)  # tried: neither one nor the other
    checking.store(checking.count_returns(day), [])
    rows = HelpReturn.objects.exclude(region=None).values_list(
        "called", "called_back", "waited", "waited_back"
    )
    assert list(rows) == [(5, 4, 4, 1)]
    shown = standing.worth(regions["county"])
    assert shown.called_back == "80% (4 of 5; likely 38–96%)"
    assert shown.waited_back == "fewer than 5 people"
    assert standing.worth(regions["county2"]).called_back == "–"
    assert checking.day_to_count(timezone.now()) != day, "a day is counted once"


def test_the_rule_is_held_against_a_class_that_is_over(
    make_user: Any, regions: dict[str, Any], people: dict[str, Any]
) -> None:
    """Twelve in a class of thirty days. Half way six were away and six there; in the last third four of the
    first stayed away, and one of the others."""
    today = timezone.localdate()
    begin = timezone.make_aware(dt.datetime.combine(today - 31 * DAY, dt.time(9)))
    module = Module.objects.get(slug=world.SLUG)
    cohort = Cohort.objects.create(
        title="一期", trainer=people["trainer"], region=regions["county"], starts_on=begin.date(),
        ends_on=begin.date() + 29 * DAY,
    )  # fmt: skip
    cohort.modules.add(module)
    for number in range(12):
        who = world.person(make_user, f"c{number}", regions["village"])
        learning.enrol(learner=who, module=module, how="cohort", at=begin)
        with evidence.writing("join_cohort"):
            CohortMember.objects.create(cohort=cohort, learner=who)
            CohortMember.objects.filter(learner=who).update(created_at=begin)
        if number >= 6:
            world.read(who, begin + 13 * DAY, lessons=1)
        if number not in (0, 1, 2, 3, 6):
            world.read(who, begin + 25 * DAY, lessons=1)
    assert list(checking.classes_to_check(timezone.now())) == [cohort]
    checking.store([], [checking.check_class(cohort)])
    row = HelpClassCheck.objects.get()
    assert (row.flagged_stopped, row.flagged_stayed, row.missed, row.spared) == (4, 2, 1, 5)
    shown = standing.worth(regions["county"])
    assert (shown.classes, shown.right[:3], shown.found[:3]) == (1, "67%", "80%")
    assert "(4 of 6; likely 30–90%)" in shown.right
    assert not checking.classes_to_check(timezone.now()), "a class is checked once"
    assert standing.worth(regions["county2"]).classes == 0


def test_why_people_stop_is_counted_in_people_and_hidden_below_five(
    alone: list[Learner], people: dict[str, Any], regions: dict[str, Any], office: Client
) -> None:
    for who in alone[:4]:
        log(who, people["supervisor"], "stopped", reason="time")
    Pause.objects.create(
        learner=alone[0], since=timezone.now(), reason="time"
    )  # the same person says it twice
    assert standing.why_they_stop(regions["county"]) == []
    Pause.objects.create(learner=alone[4], since=timezone.now(), reason="time")
    assert standing.why_they_stop(regions["county"]) == [("no time, or harvest", 5)]
    assert standing.why_they_stop(regions["county2"]) == []
    assert "no time, or harvest" in office.get("/supervision/help/").content.decode()


# --- names are written down -----------------------------------------------------------------------


def test_a_list_of_names_is_written_down_with_how_many_and_no_name(
    alone: list[Learner], people: dict[str, Any], office: Client
) -> None:
    stored(alone)
    for _look in range(2):
        office.get("/supervision/help/")
    (line,) = Deed.objects.filter(did="listed")
    assert (line.who, line.detail) == (people["supervisor"].pk, "supervision/help: 6")
    desk = Client()
    desk.force_login(people["operator"])
    assert desk.get("/admin/accounts/user/").status_code == 200
    assert Deed.objects.filter(did="listed", detail__startswith="desk/accounts.user: ").count() == 1


def test_a_class_list_taken_as_a_file_is_written_down_each_time(
    alone: list[Learner], people: dict[str, Any], regions: dict[str, Any]
) -> None:
    today = timezone.localdate()
    cohort = Cohort.objects.create(
        title="一期", trainer=people["trainer"], region=regions["county"], starts_on=today, ends_on=today
    )
    with evidence.writing("join_cohort"):
        for who in alone:
            CohortMember.objects.create(cohort=cohort, learner=who)
    trainer = Client()
    trainer.force_login(people["trainer"])
    trainer.get(f"/classes/{cohort.pk}/")
    for _time in range(2):
        trainer.get(f"/classes/{cohort.pk}/table.csv")
    where = f"classes/{cohort.pk}: 6"
    assert sorted(Deed.objects.filter(detail=where).values_list("did", flat=True)) == [
        "exported",
        "exported",
        "listed",
    ]


@pytest.fixture
def office(people: dict[str, Any]) -> Client:
    client = Client()
    client.force_login(people["supervisor"])
    client.cookies["django_language"] = "en"
    return client
