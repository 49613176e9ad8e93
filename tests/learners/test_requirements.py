"""What finishing a module asks is a list; a room adds to it, and learners see how each line stands."""

from __future__ import annotations

import re
from typing import Any

import pytest

from assessments.models import Quiz
from courses.models import Module
from learners.models import Enrolment
from learners.record import settling
from learners.record.requirements import Line, asked_of, requirements
from tests import acts, world
from tests.asking import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]


def module() -> Module:
    return Module.objects.select_related("published").get(slug=world.SLUG)


def test_the_lessons_are_always_asked_and_the_quiz_where_the_trainer_wants_it() -> None:
    assert [name for name, _one in asked_of(module())] == ["lessons", "quiz"]
    Module.objects.filter(slug=world.SLUG).update(quiz_required=False)
    assert [name for name, _one in asked_of(module(), fresh=True)] == ["lessons"]


class Handshake:
    """A requirement of a room that does not exist yet."""

    given = False

    def asked(self, module: Module, *, fresh: bool = False) -> bool:
        return True

    def met(self, module: Module, standing: Any) -> bool:
        return self.given

    def among(self, module: Module, rows: Any) -> Any:
        return rows if self.given else rows.none()

    def line(self, module: Module, done: int, total: int, standing: Any) -> Line:
        return Line("shake hands", self.given)


@pytest.fixture
def handshake(monkeypatch: pytest.MonkeyPatch) -> Handshake:
    one = Handshake()
    monkeypatch.setitem(requirements.providers, "handshake", one)
    return one


def test_a_room_adds_a_requirement_and_nobody_finishes_before_it_is_given(
    handshake: Handshake, people: dict[str, Any]
) -> None:
    client = client_of(people["learner"])
    for lesson in world.lessons_of():
        acts.read_lesson(client, lesson.lesson.slug)
    acts.take_quiz(client, Quiz.objects.get(module=module()).pk)
    enrolment = Enrolment.objects.get(learner__user=people["learner"], module=module())
    assert enrolment.quiz_passed_at
    assert enrolment.completed_at is None
    settling.settle_module(module_id=module().pk)
    enrolment.refresh_from_db()
    assert enrolment.completed_at is None

    handshake.given = True
    settling.settle_module(module_id=module().pk)
    enrolment.refresh_from_db()
    assert enrolment.completed_at


def test_the_learner_sees_each_requirement_and_whether_it_is_met(
    handshake: Handshake, people: dict[str, Any]
) -> None:
    client = client_of(people["learner"])
    client.cookies["django_language"] = "en"
    first, *_others = world.lessons_of()
    acts.read_lesson(client, first.lesson.slug)
    html = client.get(module().get_absolute_url()).content.decode()
    listed = re.findall(r'<li>\s*<svg class="icon (yes|half)".*?<span>(.*?)</span>', html, re.DOTALL)
    total = len(world.lessons_of())
    assert listed == [
        ("half", f"1 of {total} lessons done"), ("half", "quiz: still to pass"), ("half", "shake hands"),
    ]  # fmt: skip
    for lesson in world.lessons_of():
        acts.read_lesson(client, lesson.lesson.slug)
    html = client.get(module().get_absolute_url()).content.decode()
    listed = re.findall(r'<li>\s*<svg class="icon (yes|half)".*?<span>(.*?)</span>', html, re.DOTALL)
    assert listed[0] == ("yes", f"{total} of {total} lessons done")
