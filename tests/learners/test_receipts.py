"""After a restore the database is another one: phones notice, send again what the archive lacks, counted once."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from feedback.models import Question
from learners.models import Learner, LearningRecord, LessonProgress
from tests.learners.test_phones import item, name, sync

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("curriculum")]


def test_what_was_done_after_the_backup_is_sent_again_and_counts_once(tmp_path: Path) -> None:
    phone, client, archive = name(), Client(), tmp_path / "mooc.tar"
    before = [item(lesson="borrow-the-window"), item("question", text="鸡蛋咋寄")]
    first = sync(client, before, phone=phone).json()
    assert first["backed_up"] < first["high"]
    call_command("backup", "--out", str(archive), verbosity=0)
    after = [
        item(who=first["who"], lesson="clean-ground"),
        item("question", who=first["who"], text="快递丢了找谁"),
    ]
    second = sync(client, after, phone=phone).json()
    assert first["high"] <= second["backed_up"] < second["high"]  # so the phone keeps the second batch
    assert second["server"] == first["server"]

    call_command("restore", str(archive), "--replace", verbosity=0)
    assert not LessonProgress.objects.filter(lesson__slug="clean-ground").exists()
    pulse = sync(client, [], phone=phone).json()
    assert pulse["server"] != first["server"]
    for statuses in (["duplicate", "duplicate", "stored", "stored"], ["duplicate"] * 4):
        rows = sync(Client(), [*before, *after], phone=phone).json()["results"]
        assert [row["status"] for row in rows] == statuses
    assert LearningRecord.objects.filter(verb="completed", object_type="lesson").count() == 2
    assert Question.objects.count() == 2
    assert Learner.objects.get().short_name == first["who"]


def test_a_guest_who_came_after_the_backup_is_the_same_afterwards(tmp_path: Path) -> None:
    phone, archive = name(), tmp_path / "mooc.tar"
    call_command("backup", "--out", str(archive), verbosity=0)
    client = Client()
    first = sync(client, [item()], phone=phone).json()
    again = item(who=first["who"], lesson="clean-ground")
    call_command("restore", str(archive), "--replace", verbosity=0)
    assert not Learner.objects.exists()
    for sender in (Client(), client):  # whether it has kept its cookie or not
        assert sync(sender, [again], phone=phone).json()["results"][0]["status"] in ("stored", "duplicate")
    assert Learner.objects.get().short_name == first["who"]


def test_a_backup_that_was_not_written_is_not_reported(tmp_path: Path) -> None:
    phone = name()
    sync(Client(), [item()], phone=phone)
    with pytest.raises(Exception, match="not written"):
        call_command("backup", "--out", str(tmp_path / "mooc.tar" / "\x00"[:0] / ("x" * 300)), verbosity=0)
    assert sync(Client(), [], phone=phone).json()["backed_up"] == 0
