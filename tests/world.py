"""A small world whose figures can be counted by hand: two counties, a class, tries, questions, faces."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone

from assessments.models import Quiz
from assessments.quiz import services as judging
from courses.models import LessonEdition, Module
from feedback.models import Question, Reaction, Theme
from learners import services as learning
from learners.classes import cohorts as learning_classes
from learners.models import Cohort, CohortMember, CohortStay, Enrolment, Learner
from learners.people.guests import learner_of
from mooc.accounts.models import Region, RoleGrant, User
from mooc.lib.privacy import evidence
from tests.acts import choice_of

SLUG = "window-light"


def make_regions() -> dict[str, Region]:
    """A small tree: one province, one city, two counties, a township and two villages in the first."""
    made: dict[str, Region] = {}
    for name, code, parent, level in [
        ("province", "36", None, 1), ("city", "3603", "province", 2),
        ("county", "360321", "city", 3), ("county2", "360322", "city", 3),
        ("township", "360321100", "county", 4),
        ("village", "360321100201", "township", 5), ("village2", "360321100202", "township", 5),
    ]:  # fmt: skip
        made[name] = Region.objects.create(
            code=code, parent=made.get(parent or ""), level=level, name_zh=f"{name}县", name_en=name
        )
    return made


def make_user(username: str, password: str, *, role: str = "", region: Any = None, **fields: Any) -> User:
    """An account, with a role where one is named."""
    fields.setdefault("display_name", username.title())
    user = User.objects.create_user(username, password=password, **fields)
    if role:
        RoleGrant.objects.create(user=user, role=role, region=region)
        user.refresh_from_db()
    return user


def person(make_user: Any, name: str, region: Any, **fields: Any) -> Learner:
    """Somebody with an account who lives in a place."""
    fields.setdefault("date_joined", timezone.now() - dt.timedelta(days=60))
    learner = learner_of(make_user(name, **fields))
    Learner.objects.filter(pk=learner.pk).update(region=region)
    learner.refresh_from_db()
    return learner


def lessons_of(slug: str = SLUG) -> list[LessonEdition]:
    """The published lessons of a module."""
    rows = LessonEdition.objects.filter(edition__published_of__slug=slug)
    return list(rows.select_related("lesson", "edition__module").order_by("position"))


def read(learner: Learner, at: dt.datetime, *, lessons: int = 99, minutes: int = 4, slug: str = SLUG) -> None:
    """Read lessons of a module one after the other, ``minutes`` each."""
    for number, lesson in enumerate(lessons_of(slug)[:lessons]):
        at += dt.timedelta(minutes=minutes) if number else dt.timedelta(0)
        learning.open_lesson(learner=learner, lesson=lesson, act_id=uuid.uuid4(), at=at, signed_in=True)
        learning.leave_lesson(
            learner=learner, lesson=lesson, act_id=uuid.uuid4(), at=at + dt.timedelta(minutes=minutes),
            seconds=60 * minutes, block=9, signed_in=True,
        )  # fmt: skip
        learning.finish_lesson(
            learner=learner, lesson=lesson, signed_in=True, at=at + dt.timedelta(minutes=minutes)
        )


def take(learner: Learner, at: dt.datetime, *, right: int, slug: str = SLUG) -> None:
    """Take a module's quiz with ``right`` of six answers right."""
    quiz, attempt = Quiz.objects.get(module__slug=slug), uuid.uuid4()
    codes = judging.start_attempt(learner=learner, quiz=quiz, attempt_id=attempt).item_codes.split()
    for number, code in enumerate(codes):
        judging.answer_item(
            learner=learner, quiz=quiz, attempt_id=attempt, item_code=code, choice=choice_of(code, right=number < right),
            signed_in=True, at=at + dt.timedelta(seconds=number),
        )  # fmt: skip


def ask(
    learner: Learner, at: dt.datetime, *, theme: str = "", after: dt.timedelta | None = None, text: str = ""
) -> Question:
    """A question asked then, answered ``after``, in a lesson of the module."""
    question = Question.objects.create(
        learner=learner, text=text or f"怎么弄 {uuid.uuid4().hex[:6]}", lesson=lessons_of()[0].lesson,
        theme=Theme.objects.get(code=theme) if theme else None,
        answer="这样弄" if after else "", answered_at=at + after if after else None,
    )  # fmt: skip
    Question.objects.filter(pk=question.pk).update(created_at=at, due_at=at + dt.timedelta(hours=24))
    question.refresh_from_db()
    return question


@evidence.writing("react")
def face(learner: Learner, which: int, at: dt.datetime, slug: str = SLUG) -> None:
    """A tap on a face after the module."""
    row = Reaction.objects.create(learner=learner, module=Module.objects.get(slug=slug), face=which)
    Reaction.objects.filter(pk=row.pk).update(created_at=at)


@evidence.writing("join_cohort")
def join(learner: Learner, cohort: Cohort, at: dt.datetime, *, until: dt.datetime | None = None) -> None:
    """Somebody joins a class then, and leaves it ``until``."""
    learning_classes.join_cohort(learner=learner, cohort=cohort)
    stay = CohortStay.objects.filter(learner=learner, cohort=cohort, left_at=None)
    stay.update(joined_at=at, left_at=until)
    CohortMember.objects.filter(learner=learner, cohort=cohort).update(left_at=until)
    placed = Enrolment.objects.filter(learner=learner, module__cohorts=cohort, how=Enrolment.How.COHORT)
    placed.filter(enrolled_at__gt=at).update(enrolled_at=at)


def build(make_user: Any, regions: dict[str, Any]) -> dict[str, Any]:
    """Ten people of the county (eight of one village, one of another, one of the township) and six of the
    other county, over the last twenty days. Returns people by name and the moment it is about."""
    now = timezone.now()
    day = dt.timedelta(days=1)
    people: dict[str, Any] = {"now": now}
    places = ["village"] * 8 + ["village2", "township"] + ["county2"] * 6
    for number, place in enumerate(places):
        people[f"p{number}"] = person(make_user, f"p{number}", regions[place])
    for number in range(6):  # read all and pass: five at the second try, p5 at once
        who = people[f"p{number}"]
        read(who, now - 10 * day, minutes=4 + number)
        if number < 5:
            take(who, now - 9 * day, right=3)
        take(who, now - 8 * day, right=6)
    read(people["p6"], now - 5 * day, lessons=1, minutes=2)
    learning.enrol(learner=people["p7"], module=Module.objects.get(slug=SLUG), at=now - 28 * day)
    for number in range(10, 16):
        read(people[f"p{number}"], now - 3 * day, lessons=1)
    for number, which in enumerate((3, 3, 3, 3, 1)):
        face(people[f"p{number}"], which, now - 7 * day)
    ask(people["p0"], now - 6 * day, theme="logistics_packaging", after=dt.timedelta(hours=2))
    ask(people["p1"], now - 6 * day, theme="logistics_packaging", after=dt.timedelta(hours=30))
    ask(people["p2"], now - 6 * day, theme="open_shop", after=dt.timedelta(hours=4))
    ask(people["p3"], now - 6 * day)
    ask(people["p4"], now - dt.timedelta(hours=2))
    return people
