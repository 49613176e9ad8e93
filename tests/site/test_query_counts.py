"""Queries a page: the numbers stand in query_counts.json, and stay the same at ten times the rows.

Counted twice, in the view and while its template is rendered. A template that asks the database asks once a row
as soon as a list grows, and what it asks is read in no view: no learner's page does.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.template import Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.models import Attempt, Option, Quiz
from assessments.scoring import draw
from courses.models import Lesson
from feedback.answers import publishing
from feedback.models import AnswerEntry, Question, Theme
from feedback.questions import answering, posts
from learners.models import Learner
from learners.people.guests import learner_of
from mooc.accounts.models import User
from mooc.lib.pages import slots
from tests.acts import read_lesson, take_quiz
from tests.asking import answered, reply

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
FILE = Path(__file__).parent.parent / "query_counts.json"
Found = dict[str, int]  # "view" and "rendering" → how many
BUDGET: dict[str, dict[str, Found]] = json.loads(FILE.read_text())
PAGES = {
    "home": "/", "catalogue": "/modules/", "module": "/modules/window-light/", "lesson": "/lessons/borrow-the-window/",
    "tracks": "/tracks/", "search": "/search/?q=照片", "quiz": "/modules/window-light/quiz/", "me": "/me/",
    "notebook": "/me/review/", "questions": "/questions/", "ask": "/questions/ask/", "others": "/questions/others/",
    "question": "/questions/{question}/", "answers": "/answers/", "theme": "/answers/logistics-packaging/",
    "inbox": "/inbox/", "module done": "/modules/parcel/", "result": "{result}",
}  # fmt: skip


def check(part: str, found: dict[str, Found]) -> None:
    """Compare with the committed numbers; ``WRITE_QUERY_COUNTS=1`` commits new ones on purpose."""
    if os.environ.get("WRITE_QUERY_COUNTS"):
        BUDGET[part] = found
        text = json.dumps(BUDGET, indent=1)
        FILE.write_text(re.sub(r"\{\s+(\"view\": \d+,)\s+(\"rendering\": \d+)\s+\}", r"{\1 \2}", text) + "\n")
    assert found == BUDGET[part], json.dumps({name: asked.get(name) for name in found}, indent=1)


asked: dict[str, list[str]] = {}


class Rendering:
    """Which of the statements were asked while a template was rendered: their places in the log."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.places: set[int] = set()
        self._deep = False
        plain = Template.render

        def render(template: Template, context: Any) -> Any:
            if self._deep:  # a template inside another
                return plain(template, context)
            self._deep, before = True, len(connection.queries_log)
            try:
                return plain(template, context)
            finally:
                self._deep = False
                self.places.update(range(before, len(connection.queries_log)))

        monkeypatch.setattr(Template, "render", render)


@pytest.fixture(autouse=True)
def rendering(monkeypatch: pytest.MonkeyPatch) -> Rendering:
    return Rendering(monkeypatch)


def count(client: Client, rendering: Rendering, path: str, name: str = "") -> Found:
    """Statements of a page. A session comes from the cache, and from the database when that was emptied
    by another process's hand: it is not counted. The content version, asked once a second in life and at
    each use in tests, counts once."""
    with CaptureQueriesContext(connection) as queries:
        rendering.places.clear()
        first = queries.initial_queries
        response = client.get(path, follow=True)
        places = {place - first for place in rendering.places}
    assert response.status_code == 200
    wanted = ("SELECT", "INSERT", "UPDATE", "DELETE")
    found = [
        ("rendering" if place in places else "view", query["sql"])
        for place, query in enumerate(queries.captured_queries)
        if query["sql"].startswith(wanted) and "django_session" not in query["sql"]
    ]
    versions = [one for one in found if "courses_contentstate" in one[1]]
    found = [one for one in found if one not in versions] + versions[:1]
    asked[name] = [f"{when}: {sql[:200]}" for when, sql in found]
    return {when: sum(1 for one, _sql in found if one == when) for when in ("view", "rendering")}


def counts(client: Client, rendering: Rendering) -> dict[str, Found]:
    """Warm for hot pages: the second visit."""
    found = {}
    question = Question.objects.order_by("pk").values_list("pk", flat=True).first()
    passed = Attempt.objects.filter(passed=True).select_related("quiz").order_by("pk").first()
    result = f"/quizzes/{passed.quiz_id}/tries/{passed.uuid}/" if passed else "/"
    for name, page in PAGES.items():
        path = page.format(question=question, result=result)
        client.get(path, follow=True)
        found[name] = count(client, rendering, path, name)
    return found


@pytest.fixture
def member(make_user: Any) -> Client:
    """Somebody who has learnt a little."""
    client, user = Client(), make_user("guixiang")
    client.force_login(user)
    parcel = Lesson.objects.filter(module__slug="parcel").values_list("slug", flat=True)
    for slug in (*parcel, "borrow-the-window"):
        read_lesson(client, slug)
    take_quiz(client, Quiz.objects.get(module__slug="parcel").pk)
    trainer, neighbour = make_user("zhou", role="trainer"), make_user("changgen")
    talk(learner_of(user), trainer, neighbour, "first")
    answered(learner_of(neighbour), "茶叶怎么寄", "用铁罐。", trainer)
    return client


def talk(asker: Learner, trainer: Any, neighbour: Any, word: str) -> None:
    """A question with an answer, a neighbour's reply, and its theme's page published."""
    row = answered(asker, f"鸡蛋怎么寄 {word}", "用蛋托。", trainer)
    answering.set_theme(question=row, theme=Theme.objects.get(code="logistics_packaging"), by=trainer)
    posts.let_through(by=trainer, reply=reply(row, learner_of(neighbour)))
    entry = answering.put_on_theme_page(question=Question.objects.get(pk=row.pk))
    AnswerEntry.objects.filter(pk=entry.pk).update(question_en="eggs", answer_en="trays")
    publishing.publish_answers(module=entry.module, by=trainer)


def talk_ten_times(asker: Learner, make_user: Any) -> None:
    """The same again, ten times over, with replies to the first question too."""
    trainer, first = User.objects.get(username="zhou"), asker.questions.order_by("pk").first()
    for number in range(10):
        Question.objects.update(created_at=timezone.now() - dt.timedelta(hours=2))  # the limit is an hour's
        talk(asker, trainer, make_user(f"n{number}"), str(number))
        posts.let_through(by=trainer, reply=reply(first, learner_of(make_user(f"m{number}"))))
        answering.set_theme(
            question=answered(learner_of(make_user(f"o{number}")), f"蜂蜜怎么寄{number}", "瓶", trainer),
            theme=Theme.objects.get(code="logistics_packaging"), by=trainer,
        )  # fmt: skip


def test_pages_keep_their_budget_and_stay_flat_at_ten_times_the_rows(
    member: Client, make_user: Any, rendering: Rendering
) -> None:
    before = counts(member, rendering)
    check("signed in", before)
    whole = {name: sum(found.values()) for name, found in before.items()}
    assert max(whole.values()) <= 9, whole  # eight, and the content version that life asks once a second
    call_command("scale_data", learners=60, verbosity=0)
    for _n in range(3):
        read_lesson(member, "clean-ground")
    talk_ten_times(Learner.objects.get(user__username="guixiang"), make_user)
    after = counts(member, rendering)
    grown = {
        name: (before[name], found, asked[name])
        for name, found in after.items()
        if any(found[when] > before[name][when] for when in found)
    }
    assert grown == {}


def test_guest_pages_from_memory_ask_for_the_content_version_only(rendering: Rendering) -> None:
    client = Client()
    for name in ("home", "catalogue", "module", "lesson", "tracks"):
        client.get(PAGES[name])
        assert sum(count(client, rendering, PAGES[name]).values()) <= 1, name


def test_cold_pages_keep_their_budget(rendering: Rendering) -> None:
    client, found = Client(), {}
    for name in ("home", "catalogue", "module", "lesson", "tracks"):
        slots.memory.clear()
        from django.core.cache import cache

        cache.clear()
        found[name] = count(client, rendering, PAGES[name], name)
    check("cold", found)


def test_an_answer_keeps_its_budget(member: Client) -> None:
    quiz, attempt = Quiz.objects.get(module__slug="window-light"), uuid.uuid4()
    codes = draw(list(quiz.live_codes()), quiz.length, attempt)
    found = []
    for code in codes[:3]:
        right = list(Option.objects.filter(item__code=code, right=True).values_list("pk", flat=True))
        data = {"attempt": str(attempt), "item": code, "choice": right}
        with CaptureQueriesContext(connection) as queries:
            assert member.post(f"/quizzes/{quiz.pk}/answer/", data).status_code == 302
        found.append(sum(1 for q in queries if q["sql"].startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))))
    assert found[1] == found[2]
    check("answer", {"stored": {"view": found[1], "rendering": 0}})
