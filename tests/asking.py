"""Asking and answering, with a test client or by the services."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.test import Client
from django.utils import timezone

from assessments.models import Quiz
from courses.models import Lesson, Module
from feedback.models import Question, Reply
from feedback.questions import answering
from feedback.questions.services import ask_question
from learners.data import Act, Activity, ObjectType, Verb
from learners.models import Learner
from learners.people.guests import learner_of
from learners.record.recording import record_act
from mooc.accounts.models import User
from tests.acts import post

PHOTO = "borrow-the-window"  # a lesson of the small curriculum


def send(client: Client, text: str, **fields: Any) -> Any:
    """Send the form of the ask page, past "is it one of these?"."""
    return post(client, "/questions/ask/", {"id": str(uuid.uuid4()), "text": text, "none": "1"} | fields)


def ask(learner: Learner, text: str, lesson: str = "") -> Question:
    """A question that is in the database."""
    found = Lesson.objects.select_related("module").get(slug=lesson) if lesson else None
    return ask_question(
        learner=learner, text=text, lesson=found, block=None, question_id=uuid.uuid4(), signed_in=not learner.is_guest
    )  # fmt: skip


def answered(learner: Learner, text: str, answer: str, by: Any, *, share: bool = True) -> Question:
    """A question with a trainer's answer."""
    return answering.answer_question(question=ask(learner, text), by=by, text=answer, share=share)


def client_of(user: Any) -> Client:
    """A browser where somebody is signed in."""
    client = Client()
    client.force_login(user)
    return client


def trusted(user: Any, trainer: Any) -> Learner:
    """A learner of whom a trainer has let a post through."""
    learner = learner_of(user)
    answered(learner, f"怎么开店呢，我是{user.username}", "先看第一课。", trainer)
    return learner


def reply(question: Question, learner: Learner, text: str = "我家也是这么寄的") -> Reply:
    """A neighbour's answer that is in the database."""
    from feedback.questions.posts import reply_to

    return reply_to(question=question, learner=learner, text=text, reply_id=uuid.uuid4())


def reporter(make_user: Any, name: str, *, days: int = 2, acts: int = 3) -> Learner:
    """Somebody with an account of some days and some acts, whose word on a post counts."""
    user = make_user(name)
    User.objects.filter(pk=user.pk).update(date_joined=timezone.now() - dt.timedelta(days=days))
    learner = learner_of(user)
    for _n in range(acts):
        number = uuid.uuid4()
        activity = Activity(ObjectType.QUESTION, str(number), "?", "?")
        record_act(learner=learner, act=Act(number, Verb.ASKED, activity, timezone.now(), ""), signed_in=True)
    return learner


SLUG = "window-light"  # the module whose quiz most tests sit


def quiz() -> Quiz:
    """Its quiz."""
    return Quiz.objects.get(module__slug=SLUG)


def trainer_of_the_quiz(user: User) -> Client:
    """The desk of somebody who may mend its questions, in English."""
    Module.objects.get(slug=SLUG).course.trainers.add(user)
    client = client_of(user)
    client.cookies["django_language"] = "en"
    return client
