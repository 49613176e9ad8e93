"""Back after a long pause: asked once, kindly, one tap; a phone whose clock is wrong is told; where lessons are left."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from assessments.models import Attempt, Quiz
from assessments.quiz import abandoned as quiz_stops
from learners.models import Enrolment, Learner, LearningRecord, LessonProgress, Pause
from learners.people import merging
from learners.people.guests import learner_of
from learners.record import abandoned, clocks
from mooc.lib.privacy import evidence
from tests import world
from tests.acts import HERE

DAY = dt.timedelta(days=1)
ASKED = "What came between?"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Sentences are read in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def back(make_user: Any, regions: dict[str, Any]) -> Learner:
    """Somebody who read one lesson of several three weeks ago and is here again."""
    who = world.person(make_user, "back", regions["village"])
    world.read(who, timezone.now() - 21 * DAY, lessons=1)
    return who


def phone_of(learner: Learner) -> Client:
    client = Client()
    assert learner.user is not None
    client.force_login(learner.user)
    client.cookies["django_language"] = "en"
    return client


def tap(client: Client, learner: Learner, reason: str) -> Any:
    return client.post("/me/pause/", {"reason": reason, "who": learner.short_name}, **HERE)


# --- a pause --------------------------------------------------------------------------------------


def test_one_tap_is_kept_once_and_thanked_for(back: Learner) -> None:
    phone = phone_of(back)
    assert ASKED in phone.get("/").content.decode()
    for reason in ("time", "hard"):
        assert tap(phone, back, reason)["Location"] == "/"
    assert [(row.learner, row.reason) for row in Pause.objects.all()] == [(back, "time")]
    home = phone.get("/").content.decode()
    assert ASKED not in home
    assert "Thank you." in home


def test_whoever_would_rather_not_is_never_asked_again(back: Learner) -> None:
    phone = phone_of(back)
    tap(phone, back, "none")
    assert Pause.objects.get().reason == ""
    home = phone.get("/").content.decode()
    assert ASKED not in home
    assert "Thank you." not in home
    Enrolment.objects.filter(learner=back).update(last_at=timezone.now() - 15 * DAY)  # another pause
    Learner.objects.filter(pk=back.pk).update(version=back.version + 7)
    assert ASKED not in phone.get("/").content.decode()


def test_nobody_is_asked_after_a_short_time_or_when_all_is_finished_or_as_a_guest(
    back: Learner, regions: dict[str, Any]
) -> None:
    Enrolment.objects.filter(learner=back).update(last_at=timezone.now() - 13 * DAY)
    assert ASKED not in phone_of(back).get("/").content.decode()
    Enrolment.objects.filter(learner=back).update(
        last_at=timezone.now() - 20 * DAY, completed_at=timezone.now()
    )
    assert ASKED not in phone_of(back).get("/").content.decode()
    assert ASKED not in Client().get("/").content.decode()
    assert Client().post("/me/pause/", {"reason": "time"}, **HERE).status_code in (302, 400, 403)
    assert not Pause.objects.exists()


def test_on_a_shared_phone_the_card_of_another_stores_nothing(back: Learner, people: dict[str, Any]) -> None:
    assert tap(phone_of(back), learner_of(people["learner"]), "time").status_code == 302
    assert not Pause.objects.exists()


def test_after_the_first_lesson_again_nothing_is_asked_or_kept(back: Learner) -> None:
    world.read(back, timezone.now(), lessons=2)
    phone = phone_of(back)
    assert ASKED not in phone.get("/").content.decode()
    tap(phone, back, "time")
    assert not Pause.objects.exists()


def test_what_was_tapped_goes_along_is_exported_and_goes_with_the_person(
    back: Learner, make_user: Any
) -> None:
    tap(phone_of(back), back, "home")
    assert '"pauses"' in phone_of(back).get("/me/privacy/data.json").content.decode()
    other = world.person(make_user, "other", None)
    Learner.objects.filter(pk=back.pk).update(user=None)
    merging.absorb_guest(guest=Learner.objects.get(pk=back.pk), target=other)
    assert Pause.objects.get().learner == other
    merging.erase(learner=other)
    assert not Pause.objects.exists()


# --- where lessons and quizzes are left ---------------------------------------------------------------


def test_where_a_lesson_is_left_stands_beside_it_with_one_query(
    regions: dict[str, Any], people: dict[str, Any], django_assert_num_queries: Any
) -> None:
    lesson = world.lessons_of()[0].lesson
    for number in range(8):
        LessonProgress.objects.create(
            learner=Learner.objects.create(), lesson=lesson, module=lesson.module, block=3 if number < 5 else 1,
            first_at=timezone.now() - 20 * DAY, last_at=timezone.now() - (20 if number < 6 else 1) * DAY,
            done_at=timezone.now() if number == 7 else None,
        )  # fmt: skip
    every = [row.lesson_id for row in world.lessons_of()]
    with django_assert_num_queries(1):
        told = abandoned.stops(every)
    assert told == {lesson.pk: "6 of 8 left it unfinished, most at part 3: 5"}
    desk = Client()
    desk.force_login(people["operator"])
    desk.cookies["django_language"] = "en"
    assert told[lesson.pk] in desk.get("/admin/courses/lessonedition/").content.decode()
    LessonProgress.objects.filter(block=3).delete()
    assert abandoned.stops([lesson.pk]) == {lesson.pk: "fewer than five readers"}


@evidence.writing("start_attempt")
def test_where_a_quiz_is_left_stands_beside_it(people: dict[str, Any]) -> None:
    quiz = Quiz.objects.get(module__slug=world.SLUG)
    for number in range(6):
        Attempt.objects.create(
            uuid=uuid.uuid4(), quiz=quiz, learner=Learner.objects.create(), total=6, answered_codes="a b",
            finished_at=timezone.now() if number == 5 else None,
        )  # fmt: skip
    assert quiz_stops.stops([quiz.pk]) == {}, "who began today may yet finish"
    Attempt.objects.update(created_at=timezone.now() - 8 * DAY)
    told = "5 of 6 who began did not finish, most after 2 answers: 5"
    assert quiz_stops.stops([quiz.pk]) == {quiz.pk: told}
    desk = Client()
    desk.force_login(people["operator"])
    desk.cookies["django_language"] = "en"
    assert told in desk.get("/admin/assessments/quiz/").content.decode()


# --- a clock that is wrong ---------------------------------------------------------------------------


def test_a_late_date_is_told_to_the_phone_and_the_claimed_time_kept(back: Learner) -> None:
    phone, year = phone_of(back), 366 * DAY
    lesson = world.lessons_of()[1].lesson.slug
    item = {
        "id": str(uuid.uuid4()),
        "kind": "record",
        "lesson": lesson,
        "verb": "initialized",
        "who": back.short_name,
    }
    body = {
        "sent": (timezone.now() + year).isoformat(),
        "items": [item | {"at": (timezone.now() + year).isoformat()}],
    }
    answer = phone.post("/api/v1/sync/", body, content_type="application/json", **HERE).json()
    assert answer["results"][0]["status"] == "stored"
    assert answer["results"][0]["corrected"]
    assert answer["clock"].startswith("The clock of this phone is 36")
    assert abs(answer["clock_ahead"] - year.total_seconds()) < 120
    row = LearningRecord.objects.get(uuid=item["id"])
    assert row.claimed_at is not None
    assert (row.claimed_at - row.happened_at).days in (365, 366)
    assert abs(row.happened_at - timezone.now()) < dt.timedelta(minutes=2)
    assert "The clock of this phone is 36" in phone.get("/").content.decode()
    right = {
        "sent": timezone.now().isoformat(),
        "items": [item | {"id": str(uuid.uuid4()), "at": timezone.now().isoformat()}],
    }
    answer = phone.post("/api/v1/sync/", right, content_type="application/json", **HERE).json()
    assert (answer["clock_ahead"], answer["clock"], answer["results"][0]["corrected"]) == (0, "", False)
    assert "The clock of this phone" not in phone.get("/").content.decode()


def test_a_page_tells_of_the_clock_too_and_costs_a_right_phone_nothing(back: Learner) -> None:
    phone = phone_of(back)
    path = f"/lessons/{world.lessons_of()[1].lesson.slug}/acts/"
    for ahead, cookie in ((dt.timedelta(0), False), (-3 * 60 * dt.timedelta(minutes=1), True)):
        now = (timezone.now() + ahead).isoformat()
        stored = phone.post(path, {"id": str(uuid.uuid4()), "verb": "open", "at": now, "sent": now}, **HERE)
        assert stored.status_code == 204
        assert (clocks.COOKIE in stored.cookies) == cookie
    assert "The clock of this phone is 3 hours slow." in phone.get("/").content.decode()


@pytest.mark.parametrize("word", ["", "x", "-", "9" * 40, "5", "-0", "1e9"])
def test_what_no_server_of_ours_wrote_says_nothing_and_breaks_nothing(back: Learner, word: str) -> None:
    phone = phone_of(back)
    phone.cookies[clocks.COOKIE] = word
    assert phone.get("/").status_code == 200


def test_the_unit_is_the_largest_that_fits() -> None:
    assert [clocks.sentence(seconds).partition(".")[0][-12:] for seconds in (0, 900, -7300, 200000)] == [
        "", "minutes fast", "2 hours slow", " 2 days fast",
    ]  # fmt: skip
