"""What somebody did is written by named services only; nothing else saves, changes or deletes it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import ProtectedError
from django.test import Client
from django.utils import timezone

from assessments.evaluation.models import EvaluationReport, ReportFile
from assessments.models import Attempt, Item, Quiz, Response, ReviewCard
from courses.models import Module
from feedback.models import ContentReport
from feedback.services import report_content
from learners import cohorts
from learners.guests import learner_of
from learners.models import CohortMember, LearningRecord
from learners.services import finish_lesson
from mooc.lib import evidence
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
    return {LearningRecord: record, CohortMember: member, ContentReport: report, ReportFile: file}


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


FIELD = {LearningRecord: "verb", CohortMember: "left_at", ContentReport: "text", ReportFile: "size"}


def test_a_sealed_paper_is_not_deleted_with_its_report(attended: dict[Any, Any]) -> None:
    with pytest.raises(ProtectedError):
        attended[ReportFile].report.delete()
    assert ReportFile.objects.count() == 1
