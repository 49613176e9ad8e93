"""The tracking file: the same facts on the page, in JSON, CSV and PDF; and own data."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client

from courses.models import Module
from feedback.models import Question
from learners.file import tracking
from learners.models import Learner, LearningRecord
from learners.people.guests import learner_of
from learners.services import enrol
from mooc.accounts.models import User
from tests.acts import post, read_lesson, take_quiz

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]


@pytest.fixture
def learnt(client: Client) -> Client:
    """Somebody who read a module, took its quiz and asked something."""
    from assessments.models import Quiz

    read_lesson(client, "borrow-the-window")
    read_lesson(client, "clean-ground")
    take_quiz(client, Quiz.objects.get(module__slug="window-light").pk, wrong=1)
    post(client, "/questions/ask/", {"text": "鸡蛋咋寄"})
    return client


def test_the_file_shows_what_was_done_in_plain_words(learnt: Client) -> None:
    html = learnt.get("/me/").content.decode()
    for word in ("借窗户的光", "搬到窗边", "底要干净", "5 / 6", "过了", "鸡蛋咋寄"):
        assert word in html


def test_a_module_of_the_class_that_was_never_opened_is_not_under_way(make_user: Any) -> None:
    learner = learner_of(make_user("lihua"))
    for module in Module.objects.order_by("pk"):
        enrol(learner=learner, module=module)
    client = Client()
    client.force_login(learner.user)
    client.cookies["django_language"] = "en"
    rows = json.loads(client.get("/me/file.json").content)["sections"][0]["rows"]
    assert {(row[2], row[4]) for row in rows} == {("–", "not begun yet")}
    read_lesson(client, "borrow-the-window")
    rows = json.loads(client.get("/me/file.json").content)["sections"][0]["rows"]
    assert sorted(row[4] for row in rows) == ["not begun yet", "under way"]


def test_page_json_csv_and_pdf_hold_the_same(learnt: Client) -> None:
    data = json.loads(learnt.get("/me/file.json").content)
    rows = list(csv.reader(io.StringIO(learnt.get("/me/file.csv").content.decode("utf-8-sig"))))
    html = learnt.get("/me/").content.decode()
    for section in data["sections"]:
        for row in section["rows"]:
            assert row in rows
            assert all(cell in html for cell in row[:1])
    assert (data["lessons_done"], data["modules_done"], data["right_answers"]) == (2, 1, 5)
    paper = learnt.get("/me/file.pdf").content
    assert paper.startswith(b"%PDF-")
    assert paper.rstrip().endswith(b"%%EOF")


def test_the_file_speaks_the_readers_language(learnt: Client) -> None:
    learnt.cookies["django_language"] = "en"
    data = json.loads(learnt.get("/me/file.json").content)
    assert data["sections"][0]["title"] == "Modules"
    assert data["sections"][0]["rows"][0][0] == "Borrow the window's light"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_cell_is_taken_for_a_formula(cell: str) -> None:
    assert tracking.harmless(cell).startswith("'")


def test_a_stranger_has_no_file(learnt: Client) -> None:
    stranger = Client()
    for path in ("/me/file.json", "/me/file.csv", "/me/file.pdf", "/me/privacy/data.json"):
        assert stranger.get(path).status_code == 404
    assert "借窗户的光" not in stranger.get("/me/").content.decode()


def test_own_data_can_be_taken_along_whole(learnt: Client) -> None:
    data = json.loads(learnt.get("/me/privacy/data.json").content)
    assert len(data["learners"]["records"]) == LearningRecord.objects.count()
    assert len(data["assessments"]["responses"]) == 6
    assert data["feedback"]["questions"][0]["text"] == "鸡蛋咋寄"


def test_deleting_needs_the_word_and_then_leaves_nothing(learnt: Client) -> None:
    answer = post(learnt, "/me/privacy/delete/", {"word": "ja"})
    assert answer.status_code == 400
    assert LearningRecord.objects.exists()
    assert post(learnt, "/me/privacy/delete/", {"word": " 删除 "}).status_code == 200
    assert not Learner.objects.exists()
    assert not LearningRecord.objects.exists()
    assert not Question.objects.exists()
    assert not Question.history.exists()


def test_deleting_an_account_takes_the_account_and_nobody_elses(make_user: Any) -> None:
    user, other = make_user("li"), make_user("wang")
    for person in (user, other):
        client = Client()
        client.force_login(person)
        read_lesson(client, "borrow-the-window")
    client = Client()
    client.force_login(user)
    assert post(client, "/me/privacy/delete/", {"word": "delete"}).status_code == 200
    assert list(User.objects.values_list("username", flat=True)) == ["wang"]
    assert LearningRecord.objects.filter(learner__user=other).exists()
    assert client.get("/me/file.json").status_code == 404


# --- questions and reports -------------------------------------------------------------------------


def test_a_question_keeps_its_lesson_and_stands_in_the_file(client: Client) -> None:
    answer = post(
        client, "/questions/ask/", {"text": "照片发黄", "lesson": "borrow-the-window", "block": "2"}
    )
    question = Question.objects.get()
    assert answer.headers["Location"] == f"/questions/{question.pk}/"
    assert question.lesson
    assert (question.lesson.slug, question.block) == ("borrow-the-window", 2)


def test_a_question_sent_twice_is_one(client: Client) -> None:
    from tests.acts import hidden

    form = client.get("/questions/ask/").content.decode()
    for _tap in range(2):
        post(client, "/questions/ask/", {"text": "照片发黄", "id": hidden(form, "id")})
    assert Question.objects.count() == 1


@pytest.mark.parametrize("text", ["", "   ", "😀😀", "。。。", "\x00\x01", "长" * 1001, "x" * 100_000])
def test_an_unusable_question_gets_a_sentence_and_stays_typed(client: Client, text: str) -> None:
    answer = post(client, "/questions/ask/", {"text": text})
    assert answer.status_code == 400
    assert 'class="error"' in answer.content.decode()
    assert text.strip().replace("\x00\x01", "") in answer.content.decode()
    assert not Question.objects.exists()


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "\u202e反过来", "https://evil.example", "a\nb"]
)
def test_a_question_is_shown_as_words_only(client: Client, text: str) -> None:
    answer = post(client, "/questions/ask/", {"text": text})
    html = client.get(answer.headers["Location"]).content.decode()
    assert "<script>alert" not in html
    assert "\u202e" not in html


def test_a_report_keeps_lesson_and_edition(client: Client) -> None:
    from feedback.models import ContentReport

    data = {"lesson": "borrow-the-window", "kind": "old", "text": "价格变了"}
    assert post(client, "/feedback/report/", data).status_code == 200
    report = ContentReport.objects.get()
    assert (report.kind, report.edition, report.text) == ("old", 1, "价格变了")
    assert post(client, "/feedback/report/", {"kind": "nonsense"}).status_code == 400
    assert ContentReport.objects.count() == 1
