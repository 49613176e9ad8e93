"""What somebody did is written by named services only; nothing else saves, changes or deletes it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.db.models import ProtectedError
from django.test import Client
from django.utils import timezone

from assessments.evaluation.help.helping import log_help
from assessments.evaluation.models import EvaluationReport, HelpGiven, ReportFile
from assessments.models import Attempt, Item, Quiz, Response, ReviewCard
from courses.models import Module
from feedback.models import ContentReport, Deflection, PostReport, Question, Reaction, Reply
from feedback.questions import posts
from feedback.questions.services import report_content
from learners.classes import cohorts
from learners.models import AccountMerge, CohortMember, FileOpening, Learner, LearningRecord, NumberWish
from learners.people import numbers
from learners.people.guests import learner_of
from learners.people.uniting import merge_accounts
from learners.services import finish_lesson, note_opening
from mooc.accounts.models import PhoneChange, User
from mooc.accounts.services import change_phone
from mooc.lib.privacy import evidence
from tests import world
from tests.acts import answer_next

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]


@pytest.fixture
def answered(client: Client) -> Attempt:
    """An open try with one wrong answer, which made a card."""
    answer_next(client, Quiz.objects.get(module__slug="window-light").pk, right=False)
    return Attempt.objects.get()


WAYS: dict[str, Callable[[Any], Any]] = {
    "save": lambda row: row.save(),
    "delete": lambda row: row.delete(),
    "update": lambda row: type(row).objects.filter(pk=row.pk).update(pk=row.pk),
    "delete many": lambda row: type(row).objects.all().delete(),
    "bulk_update": lambda row: type(row).objects.bulk_update([row], ["learner" if hasattr(row, "learner") else "right"]),
    "bulk_create": lambda row: type(row).objects.bulk_create([row], ignore_conflicts=True),
}  # fmt: skip


@pytest.mark.parametrize("model", [Attempt, Response, ReviewCard])
@pytest.mark.parametrize("way", WAYS)
def test_evidence_is_not_written_by_the_way(answered: Attempt, model: Any, way: str) -> None:
    row, before = model.objects.get(), model.objects.values().get()
    with pytest.raises(evidence.EvidenceRefused):
        WAYS[way](row)
    with evidence.writing("somebody else"), pytest.raises(evidence.EvidenceRefused):
        WAYS[way](row)
    assert model.objects.values().get() == before


def test_a_named_service_writes_and_only_while_it_is_at_work(answered: Attempt) -> None:
    with evidence.writing("answer_item"):
        Attempt.objects.update(right=3)
    assert Attempt.objects.get().right == 3
    with pytest.raises(evidence.EvidenceRefused):
        Attempt.objects.update(right=0)
    assert Attempt.objects.get().right == 3


def test_a_service_that_fails_leaves_the_door_shut(answered: Attempt) -> None:
    with pytest.raises(ZeroDivisionError), evidence.writing("answer_item"):
        raise ZeroDivisionError
    with pytest.raises(evidence.EvidenceRefused):
        answered.save()


@pytest.mark.parametrize("what", ["quiz", "item"])
def test_what_was_answered_cannot_be_deleted_from_under_the_answers(answered: Attempt, what: str) -> None:
    row = answered.quiz if what == "quiz" else Item.objects.get(responses__attempt=answered)
    with pytest.raises(ProtectedError):
        row.delete()
    assert type(row).objects.filter(pk=row.pk).exists()
    assert Response.objects.count() == 1


def test_no_delete_takes_evidence_along_or_leaves_a_blank_in_it() -> None:
    """A key of what proves something, and a key to who worked here, holds what it names. What goes all the same,
    and what is emptied, was decided: a learner takes what is theirs along, by erasing only."""
    loose = {}
    for model in apps.get_models():
        proves = issubclass(model, evidence.Evidence | evidence.Sealed)
        for field in model._meta.local_concrete_fields:
            rule = field.remote_field and field.remote_field.on_delete
            of_person = field.related_model in (Learner, User) and rule is models.CASCADE
            names_staff = field.related_model is User and rule is models.SET_NULL
            past = (
                field.name == "history_user"
            )  # an account that is in a past version leaves its name (leaving.py)
            if (proves and rule not in (None, models.PROTECT) and not of_person) or (
                names_staff and not past
            ):
                loose[f"{model._meta.label}.{field.name}"] = rule.__name__
    assert loose == {
        "assessments.Response.attempt": "CASCADE", "assessments.ItemEdition.item": "CASCADE",  # parts of a whole
        "feedback.Reply.question": "CASCADE", "feedback.PostReport.question": "CASCADE",  # go with an erased asker
        "feedback.PostReport.reply": "CASCADE", "feedback.Deflection.question": "CASCADE",
        "feedback.ContentReport.learner": "SET_NULL",  # counts on, without words and writer
        "feedback.Question.merged_into": "SET_NULL",  # handed on when the other's asker goes
        "feedback.Question.claimed_by": "SET_NULL", "jobs.Job.made_by": "SET_NULL",  # of the moment
    }  # fmt: skip


def test_what_was_asked_stands_while_others_work_on_it(people: dict[str, Any]) -> None:
    mine, other = learner_of(people["learner"]), learner_of(people["trainer"])
    row = Question.objects.create(learner=mine, text="鸡蛋怎么寄")
    row = Question.objects.get(pk=row.pk)
    row.answer = "用蛋托。"
    row.save()
    row.text = "别的话"
    ways: list[Callable[[], Any]] = [
        row.save, row.delete, Question.objects.all().delete, lambda: Question.objects.update(learner=other),
        lambda: Question.objects.bulk_update([row], ["text"]),
    ]  # fmt: skip
    for way in ways:
        with pytest.raises(evidence.EvidenceRefused):
            way()
    kept = Question.objects.get()
    assert (kept.text, kept.learner, kept.answer) == ("鸡蛋怎么寄", mine, "用蛋托。")


# --- records, memberships, words of readers, files of reports ---------------------------------------------------


@pytest.fixture
def attended(people: dict[str, Any], regions: dict[str, Any]) -> dict[Any, Any]:
    """One row of every kind: somebody joined a class, read a lesson and said what is wrong in it."""
    today, learner = timezone.localdate(), learner_of(people["learner"])
    modules = list(Module.objects.published())
    cohort = cohorts.open_cohort(
        leader=people["trainer"], title="枫树班", region=regions["village"], modules=modules, starts_on=today,
        ends_on=today,
    )  # fmt: skip
    member = cohorts.join_cohort(learner=learner, cohort=cohort)
    lesson = world.lessons_of()[0]
    finish_lesson(learner=learner, lesson=lesson, signed_in=True)
    report = report_content(
        learner=learner, lesson=lesson.lesson, kind="wrong", text="图不对", report_id=uuid.uuid4()
    )
    paper = EvaluationReport.objects.create(
        kind="module", key="x", title="x", language="en", as_of=timezone.now(), region=regions["county"]
    )
    with evidence.writing("make_report"):
        file = ReportFile.objects.create(report=paper, format="csv", content=b"x", sha256="0" * 64, size=1)
    record = LearningRecord.objects.filter(verb="completed", object_type="lesson").get()
    told = between_people(people, learner)
    return {LearningRecord: record, CohortMember: member, ContentReport: report, ReportFile: file} | told


def between_people(people: dict[str, Any], learner: Learner) -> dict[Any, Any]:
    """One row of what people write to, about and for each other."""
    other = learner_of(people["helper"])
    question = Question.objects.create(learner=learner, text="鸡蛋怎么寄", held=False)
    posts.reply_to(question=question, learner=other, text="用蛋托", reply_id=uuid.uuid4())
    posts.report_post(learner=other, reason="wrong", question=question)
    posts.solved_by_known(question=question, learner=other, lesson=None)
    log_help(
        learner=learner,
        by=people["helper"],
        action="called",
        outcome="reached",
        note="",
        help_id=uuid.uuid4(),
    )
    note_opening(learner=learner, by=people["helper"])
    numbers.ask_number(user=people["learner"], phone="13900000071", by=people["helper"])
    change_phone(user=people["learner"], phone="13900000072", by=people["helper"])
    with evidence.writing("react"):
        Reaction.objects.create(learner=learner, module=Module.objects.all()[0], face=3)
    spare = User.objects.create_user("spare", display_name="同一个人")
    merge_accounts(kept=people["learner"], gone=spare, by=people["operator"])
    kinds = (
        Reply, PostReport, Deflection, HelpGiven, FileOpening, NumberWish, PhoneChange, Reaction, AccountMerge,
    )  # fmt: skip
    return {kind: kind.objects.get() for kind in kinds}


def test_what_proves_attendance_reading_and_complaint_is_not_written_by_the_way(
    attended: dict[Any, Any],
) -> None:
    ways = WAYS | {"bulk_update": lambda row: type(row).objects.bulk_update([row], [FIELD[type(row)]])}
    for model, row in attended.items():
        before = list(model.objects.order_by("pk").values())
        for name, way in ways.items():
            with pytest.raises(TypeError):  # a record says so itself: it is never changed at all
                way(row)
            with evidence.writing("somebody else"), pytest.raises(TypeError):
                way(row)
            assert list(model.objects.order_by("pk").values()) == before, (model, name)


FIELD: dict[Any, str] = {
    LearningRecord: "verb", CohortMember: "left_at", ContentReport: "text", ReportFile: "size", Reply: "text",
    PostReport: "reason", Deflection: "lesson", HelpGiven: "note", FileOpening: "who", NumberWish: "phone",
    PhoneChange: "after", Reaction: "face", AccountMerge: "rows",
}  # fmt: skip


def test_a_sealed_paper_is_not_deleted_with_its_report(attended: dict[Any, Any]) -> None:
    with pytest.raises(ProtectedError):
        attended[ReportFile].report.delete()
    assert ReportFile.objects.count() == 1
