"""What somebody did is written by named services only; nothing else saves, changes or deletes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import ProtectedError
from django.test import Client

from assessments.models import Attempt, Item, Quiz, Response, ReviewCard
from mooc.lib import evidence
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
