"""A sentence on a page is a promise: it is kept, and what keeps it is known."""

from __future__ import annotations

import csv
import io
import re
import uuid
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from courses.models import Module, SearchQuery
from feedback.answers import entries
from feedback.models import ContentReport, Question, Theme
from feedback.questions import answering
from feedback.questions.services import report_content
from learners.classes import cohorts, results
from learners.models import FileOpening, Learner, LearningRecord
from learners.people.guests import learner_of
from mooc.lib.privacy import evidence
from tests import promises, world
from tests.asking import PHOTO, answered, ask, client_of, reply, trusted

PO = settings.BASE_DIR / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
_NUMBER = r"\d[\d.,]*|one|two|three|four|five|six|eight|ten|twenty|thirty|half an?|quarter of an|an|a|every|each|nightly"
_UNIT = (
    r"seconds?(?! (person|tap|look|time))"
    r"|minutes?|min|hours?|days?|nights?|weeks?|months?|years?|letters|characters|digits|points?|MB|pixels"
    r"|people|times|per cent|in 100"
)
NUMBERS = re.compile(
    rf"\b({_NUMBER})\b[ -](\w+ )?({_UNIT})\b|nightly|at night|tomorrow|\b\d{{2,}}\b|The newest \d",
    re.IGNORECASE,
)


def messages() -> list[str]:
    """Every English message of pages, forms and the desk."""
    text = PO.read_text(encoding="utf-8")
    found = re.findall(r'^msgid(?:_plural)? ((?:".*"\n)+)', text, re.MULTILINE)
    return ["".join(re.findall(r'"(.*)"\n', lines)).replace('\\"', '"') for lines in found]


def test_every_number_and_time_that_is_said_has_a_line_that_keeps_it() -> None:
    known = [phrase for phrase, _so in promises.kept()] + list(promises.NO_PROMISE)
    said = [text for text in messages() if NUMBERS.search(text.replace("%(", "("))]
    assert len(said) > 90
    assert [text for text in said if not any(phrase in text for phrase in known)] == []


def test_what_is_said_with_a_number_is_so() -> None:
    every = "\n".join(messages())
    rows = list(promises.kept())
    assert [phrase for phrase, so in rows if not so] == []
    assert [phrase for phrase in (*dict(rows), *promises.NO_PROMISE) if phrase not in every] == [], (
        "said nowhere"
    )


@pytest.fixture
def trainer(make_user: Any) -> Any:
    return make_user("zhou", role="trainer", display_name="周老师")


def english(path: str, client: Client | None = None) -> str:
    """What a page says, in English."""
    client = client or Client()
    client.cookies["django_language"] = "en"
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", client.get(path).content.decode())).split())


@pytest.mark.django_db
@pytest.mark.usefixtures("curriculum")
class TestPrivacy:
    def test_whoever_looks_around_leaves_words_and_nothing_of_who_it_was(self, client: Client) -> None:
        assert "the words you search for, without who it was, and nothing else" in english("/privacy/")
        for path in (
            "/",
            "/modules/",
            "/modules/window-light/",
            f"/lessons/{PHOTO}/",
            "/search/?q=fruit",
            "/help/",
        ):
            answer = client.get(path)
            assert "learner" not in answer.cookies
        assert (Learner.objects.count(), LearningRecord.objects.count()) == (0, 0)
        row = SearchQuery.objects.get()
        assert row.text == "fruit"
        assert {field.name for field in SearchQuery._meta.get_fields() if field.is_relation} == {"opened"}

    def test_the_file_opened_at_the_server_itself_is_noted_for_its_owner(
        self, make_user: Any, tmp_path: Path
    ) -> None:
        mine = client_of(user := make_user("li"))
        learner = learner_of(user)
        call_command("tracking_file", "li", "--out", str(tmp_path / "li.json"), verbosity=0)
        assert FileOpening.objects.get(learner=learner).role == "operator"
        assert "在服务器上" in mine.get("/me/").content.decode()

    def test_others_read_a_question_without_the_name_and_an_answer_with_it(
        self, make_user: Any, trainer: Any
    ) -> None:
        asker, neighbour = (
            trusted(make_user("li", display_name="李桂香"), trainer),
            make_user("wang", display_name="王长根"),
        )
        question = answered(asker, "木耳发霉了还能卖吗", "不能卖。", trainer)
        reply(question, trusted(neighbour, trainer))
        page = Client().get(f"/questions/{question.pk}/").content.decode()
        assert "木耳发霉了" in page
        assert ("李桂香" in page, "王长根" in page) == (False, True)
        desk = client_of(trainer).get(f"/admin/feedback/question/{question.pk}/change/").content.decode()
        assert "木耳发霉了" in desk
        assert "李桂香" not in desk

    def test_who_sees_how_far_somebody_is(self, people: dict[str, Any], regions: dict[str, Any]) -> None:
        learner = learner_of(people["learner"])
        Learner.objects.filter(pk=learner.pk).update(region=regions["village"])
        seen = [
            name
            for name, user in people.items()
            if Learner.objects.visible_to(user).filter(pk=learner.pk).exists()
        ]
        assert seen == ["helper", "supervisor", "operator"], (
            "the page names the helper, the offices, who runs the site"
        )
        assert "helper and the offices of your place, and those who run this site" in english("/privacy/")
        assert "by the helper and the offices of your place, and by those who run this site" in english(
            "/accounts/join/"
        )


@pytest.mark.django_db
@pytest.mark.usefixtures("curriculum")
class TestATeacherAnswers:
    """ "A teacher answers" stands below every lesson: a teacher sees it, whoever the course belongs to."""

    def test_a_question_of_a_course_without_a_trainer_is_every_trainers(
        self, make_user: Any, trainer: Any
    ) -> None:
        question = ask(learner_of(make_user("li")), "没有窗户怎么拍？", PHOTO)
        stranger = make_user("sun", role="trainer")
        course = Module.objects.get(slug=world.SLUG).course
        course.trainers.clear()
        for user in (trainer, stranger):
            assert list(Question.objects.visible_to(user)) == [question]
        course.trainers.add(trainer)
        assert list(Question.objects.visible_to(trainer)) == [question]
        assert list(Question.objects.visible_to(stranger)) == []

    def test_so_is_what_a_reader_says_is_wrong_there(self, make_user: Any, trainer: Any) -> None:
        lesson = world.lessons_of()[0].lesson
        report_content(learner=None, lesson=lesson, kind="wrong", text="字错了", report_id=uuid.uuid4())
        course = Module.objects.get(slug=world.SLUG).course
        course.trainers.clear()
        assert ContentReport.objects.visible_to(trainer).count() == 1
        course.trainers.add(make_user("sun", role="trainer"))
        assert ContentReport.objects.visible_to(trainer).count() == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("curriculum")
class TestCountsOfPeople:
    """What is called people counts people: whoever asks or answers twice is one."""

    def test_people_who_asked(self, make_user: Any, trainer: Any) -> None:
        theme = Theme.objects.get(code="logistics_packaging")
        root = answered(learner_of(make_user("li")), "果子怎么寄？", "用泡沫箱。", trainer)
        answering.set_theme(question=root, theme=theme, by=trainer)
        twice = learner_of(make_user("wang"))
        again = [ask(twice, f"水果怎么寄才不坏，{n}") for n in "一二"] + [ask(root.learner, "果子怎么寄呀？")]
        answering.merge_questions(same=again, into=root, by=trainer)
        assert "1 more person asked" in english("/answers/logistics-packaging/")
        root.refresh_from_db()
        assert entries.asked_by(answering.put_on_theme_page(question=root)) == 2

    def test_neighbours_who_answered(self, make_user: Any, trainer: Any) -> None:
        question = ask(trusted(make_user("li"), trainer), "木耳怎么晒？")
        neighbour = trusted(make_user("wang"), trainer)
        for words in ("摊开晒", "晒三天就行"):
            reply(question, neighbour, words)
        assert "1 neighbour answered" in english("/questions/others/")

    def test_minutes_of_a_class_are_called_those_of_its_modules(
        self, people: dict[str, Any], regions: dict[str, Any]
    ) -> None:
        module = Module.objects.get(slug=world.SLUG)
        row = cohorts.open_cohort(
            leader=people["trainer"], title="一班", region=regions["county"], modules=[module],
            starts_on=timezone.localdate(), ends_on=timezone.localdate(),
        )  # fmt: skip
        cohorts.join_cohort(learner=learner_of(people["learner"]), cohort=row)
        head = next(csv.reader(io.StringIO(results.class_table(row).lstrip("\ufeff"))))
        assert "班里课程的分钟数" in head
        assert "Minutes: in the modules of this class." in english(
            f"/classes/{row.pk}/", client_of(people["trainer"])
        )


@pytest.mark.django_db
@pytest.mark.usefixtures("curriculum")
def test_the_table_has_what_the_page_leaves_out(make_user: Any) -> None:
    learner = learner_of(user := make_user("li"))
    with evidence.writing("ask_question"):
        for number in range(23):
            ask_row = Question(learner=learner, text=f"第 {number} 个问题", uuid=uuid.uuid4())
            ask_row.save()
    client = client_of(user)
    page = english("/me/", client)
    assert "The newest 20. The table has more." in page
    assert "第 1 个问题" not in page
    assert "第 1 个问题" in client.get("/me/file.csv").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("hours", [("8", "18"), ()])
def test_the_hours_of_the_station_are_the_operators_to_say(settings: Any, hours: tuple[str, ...]) -> None:
    settings.STATION_HOURS = hours
    assert ("The station answers on working days, 8 to 18." in english("/help/")) is bool(hours)
    assert "The station answers" in english("/help/") or not hours


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["", "https://code.example/xiangji"])
def test_the_help_page_says_where_the_source_code_is(client: Client, settings: Any, address: str) -> None:
    """AGPL-3.0, section 13: whoever uses it over the network is offered the source."""
    settings.SOURCE_URL = address
    html = client.get("/help/", headers={"Accept-Language": "en"}).content.decode()
    assert ("Ask the station, it costs nothing" in html) is not bool(address)
    assert (f'<a href="{address}" rel="noopener">Source code</a>' in html) is bool(address)
