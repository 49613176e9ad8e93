"""Time is what went by: minutes that count, and lessons that were read."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from courses.models import Module
from learners import services
from learners.models import Enrolment, Learner, LearningRecord, LessonProgress
from learners.people.guests import learner_of
from learners.record import rebuilding
from learners.record.durations import free_seconds, least_seconds
from learners.selectors import home_of, module_state

from ..acts import HERE, post, take_quiz
from ..world import lessons_of

LESSONS = ("borrow-the-window", "clean-ground")


# --- the arithmetic ---------------------------------------------------------------------------------------


def test_the_least_time_follows_the_length_and_a_sentence_takes_none() -> None:
    assert least_seconds("正文一段。", "One paragraph.") == 0
    assert least_seconds("字" * 600, "") == 55
    assert least_seconds("", "word " * 400) == 55
    assert least_seconds("字" * 600, "word " * 200) == 25  # the language that takes less
    assert least_seconds("", "") == 0


def test_seconds_of_two_windows_count_once() -> None:
    assert free_seconds(100, until=1000, since=0, counted=[]) == 100
    assert free_seconds(100, until=1000, since=990, counted=[]) == 10
    assert free_seconds(100, until=1000, since=0, counted=[(850, 950)]) == 50
    assert free_seconds(100, until=1000, since=0, counted=[(950, 960), (940, 955)]) == 80
    assert free_seconds(100, until=1000, since=0, counted=[(0, 2000)]) == 0
    assert free_seconds(100, until=1000, since=0, counted=[(1000, 1100)]) == 100


# --- minutes that count -------------------------------------------------------------------------------------


def tell(client: Client, slug: str, verb: str, **fields: Any) -> None:
    answer = client.post(
        f"/lessons/{slug}/acts/", {"id": str(uuid.uuid4()), "verb": verb, "block": "1"} | fields, **HERE
    )
    assert answer.status_code == 204


@pytest.mark.django_db
@pytest.mark.usefixtures("curriculum")
def test_no_more_time_counts_than_went_by_whatever_a_phone_says(client: Client) -> None:
    """Two windows, ten acts of twenty minutes, within a second: nothing to speak of."""
    for slug in LESSONS:
        tell(client, slug, "open")
    for _ in range(5):
        for slug in LESSONS:
            tell(client, slug, "leave", seconds="1200")
    assert sum(LessonProgress.objects.values_list("seconds", flat=True)) <= 5
    assert sum(Enrolment.objects.values_list("seconds", flat=True)) <= 5
    assert list(rebuilding.check_all()) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("curriculum")
def test_two_windows_side_by_side_count_the_time_once(make_user: Any) -> None:
    learner, now = learner_of(make_user("wang")), timezone.now()
    common = {"learner": learner, "signed_in": True}
    first, second = lessons_of()
    start = now - dt.timedelta(minutes=10)
    for lesson in (first, second):
        services.open_lesson(act_id=uuid.uuid4(), lesson=lesson, at=start, **common)
    ids = [uuid.uuid4(), uuid.uuid4()]
    for lesson, identifier, minutes in ((first, ids[0], 5), (second, ids[1], 8)):
        at = start + dt.timedelta(minutes=minutes)
        said = {"act_id": identifier, "lesson": lesson, "at": at, "seconds": minutes * 60, "block": 1}
        services.leave_lesson(**said, **common)
        assert services.leave_lesson(**said, **common).value == "duplicate"  # a resend says the same
    seconds = dict(LessonProgress.objects.values_list("lesson__slug", "seconds"))
    assert seconds == {first.lesson.slug: 300, second.lesson.slug: 180}


@pytest.mark.django_db
@pytest.mark.usefixtures("curriculum")
def test_an_honest_visit_counts_whole_also_when_it_goes_on_after_a_pause(make_user: Any) -> None:
    learner, at = learner_of(make_user("wang")), timezone.now() - dt.timedelta(hours=1)
    common = {"learner": learner, "lesson": lessons_of()[0], "signed_in": True}
    services.open_lesson(act_id=uuid.uuid4(), at=at, **common)
    for minute, seconds in ((2, 120), (12, 90)):  # hidden after two minutes; looked at again, no new opening
        moment = at + dt.timedelta(minutes=minute)
        services.leave_lesson(act_id=uuid.uuid4(), at=moment, seconds=seconds, block=2, **common)
    assert LessonProgress.objects.get().seconds == 210


# --- what was read --------------------------------------------------------------------------------------------


def stands(learner: Learner) -> Enrolment:
    return Enrolment.objects.get(learner=learner)


@pytest.mark.django_db
@pytest.mark.usefixtures("curriculum")
def test_a_module_is_not_finished_in_twenty_seconds(client: Client, make_user: Any) -> None:
    """Buttons tapped one after the other: the ticks stand, the way goes on, the module is told to wait."""
    user = make_user("wang")
    client.force_login(user)
    learner, quiz = learner_of(user), Module.objects.get(slug="window-light").quiz.pk
    for slug in LESSONS:
        tell(client, slug, "open")
        post(client, f"/lessons/{slug}/done/")
    result = take_quiz(client, quiz)
    assert LessonProgress.objects.filter(done_at__isnull=False).count() == 2
    assert stands(learner).quiz_passed_at is not None
    assert stands(learner).completed_at is None
    assert result.status_code == 302
    page = client.get("/modules/window-light/", headers={"accept-language": "en"}).content.decode()
    assert "You were quick" in page
    assert "You finished this module" not in page
    note = page.split("You were quick")[1].split('class="button')[0]
    assert all(
        f'href="/lessons/{slug}/"' in note for slug in LESSONS
    )  # each that is meant, not only the first
    home = client.get("/", headers={"accept-language": "en"}).content.decode()
    assert "You were quick" in home
    assert list(rebuilding.check_all()) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("curriculum")
@pytest.mark.parametrize("script", [True, False])
def test_read_once_more_it_counts(client: Client, make_user: Any, script: bool) -> None:
    """With a script the visit is told; without, the second tap at the end shows that time went by."""
    user = make_user("wang")
    client.force_login(user)
    learner = learner_of(user)
    for lesson in lessons_of():
        common = {"learner": learner, "lesson": lesson, "signed_in": True}
        moment = timezone.now() - dt.timedelta(minutes=5)
        services.open_lesson(act_id=uuid.uuid4(), at=moment, **common)
        services.finish_lesson(at=moment + dt.timedelta(seconds=1), **common)
    take_quiz(client, Module.objects.get(slug="window-light").quiz.pk)
    assert stands(learner).completed_at is None
    for lesson in lessons_of():
        if script:
            sent = timezone.now()
            at = sent - dt.timedelta(minutes=2)
            slug = lesson.lesson.slug
            tell(client, slug, "open", at=at.isoformat(), sent=sent.isoformat())
            tell(
                client,
                slug,
                "leave",
                seconds="60",
                at=(at + dt.timedelta(minutes=1)).isoformat(),
                sent=sent.isoformat(),
            )
        else:
            post(client, f"/lessons/{lesson.lesson.slug}/done/")
    assert stands(learner).completed_at is not None
    assert module_state(learner, stands(learner).module_id).hurried == ()
    count = LearningRecord.objects.count()
    post(client, f"/lessons/{LESSONS[0]}/done/")  # once it counts, another tap stores nothing
    assert LearningRecord.objects.count() == count
    assert list(rebuilding.check_all()) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("curriculum")
def test_opening_again_is_not_reading(make_user: Any) -> None:
    """Between leaving a page and coming back nobody read it."""
    learner = learner_of(make_user("wang"))
    at = timezone.now() - dt.timedelta(days=2)
    for lesson in lessons_of():
        common = {"learner": learner, "lesson": lesson, "signed_in": True}
        services.open_lesson(act_id=uuid.uuid4(), at=at, **common)
        services.finish_lesson(at=at + dt.timedelta(seconds=1), **common)
        services.open_lesson(act_id=uuid.uuid4(), at=at + dt.timedelta(days=1), **common)
    Module.objects.filter(slug="window-light").update(quiz_required=False)
    assert len(module_state(learner, stands(learner).module_id).hurried) == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("curriculum")
def test_acts_that_come_late_and_in_any_order_count_by_when_they_happened(make_user: Any) -> None:
    learner, start = learner_of(make_user("wang")), timezone.now() - dt.timedelta(days=3)
    Module.objects.filter(slug="window-light").update(quiz_required=False)
    acts = []
    for number, lesson in enumerate(lessons_of()):
        common = {"learner": learner, "lesson": lesson, "signed_in": True}
        at = start + dt.timedelta(minutes=3 * number)
        acts.append(lambda c=common, t=at: services.open_lesson(act_id=uuid.uuid4(), at=t, **c))
        acts.append(lambda c=common, t=at: services.finish_lesson(at=t + dt.timedelta(minutes=2), **c))
    for tell_it in reversed(acts):
        tell_it()
    assert stands(learner).completed_at is not None


# --- where to go on -------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.usefixtures("curriculum")
def test_going_on_is_the_lesson_opened_last_and_the_block_it_was_left_at(
    client: Client, make_user: Any
) -> None:
    """Found by a search: the second lesson, not the first, which was never opened."""
    user = make_user("wang")
    client.force_login(user)
    learner = learner_of(user)
    tell(client, LESSONS[1], "open")
    client.post(
        f"/lessons/{LESSONS[1]}/acts/",
        {"id": str(uuid.uuid4()), "verb": "leave", "seconds": "30", "block": "4"}, **HERE,
    )  # fmt: skip
    state = home_of(learner).state
    assert state.next_url == f"/lessons/{LESSONS[1]}/#b4"
    page = client.get("/", headers={"accept-language": "en"}).content.decode()
    assert "last time you were here" in page.lower()
    assert f'href="/lessons/{LESSONS[1]}/#b4"' in page
    assert module_state(learner, state.module.pk).next_url == state.next_url


@pytest.mark.django_db
@pytest.mark.usefixtures("curriculum")
def test_joining_a_class_opens_no_lesson(client: Client, make_user: Any) -> None:
    """The lesson in hand stays; and where nothing was opened yet, nobody was "here last time"."""
    user = make_user("wang")
    client.force_login(user)
    learner = learner_of(user)
    services.enrol(learner=learner, module=Module.objects.get(slug="window-light"), how=Enrolment.How.COHORT)
    page = client.get("/", headers={"accept-language": "en"}).content.decode()
    assert "ast time you were here" not in page
    assert "Start learning" in page
    other = Module.objects.exclude(slug="window-light").get()
    first = other.published.lessons.order_by("position").first().lesson.slug
    tell(client, first, "open")
    services.enrol(learner=learner, module=other)
    Enrolment.objects.filter(module__slug="window-light").update(
        last_at=timezone.now() + dt.timedelta(hours=1)
    )
    assert home_of(learner).state.next_url == f"/lessons/{first}/"
