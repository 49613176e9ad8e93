"""Queries a page: the numbers stand in query_counts.json, and stay the same at ten times the rows."""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.models import Option, Quiz
from assessments.scoring import draw
from mooc.lib import pages
from tests.acts import read_lesson

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
FILE = Path(__file__).parent / "query_counts.json"
BUDGET: dict[str, dict[str, int]] = json.loads(FILE.read_text())
PAGES = {
    "home": "/", "catalogue": "/modules/", "module": "/modules/window-light/", "lesson": "/lessons/borrow-the-window/",
    "tracks": "/tracks/", "search": "/search/?q=照片", "quiz": "/modules/window-light/quiz/", "me": "/me/",
    "notebook": "/me/review/", "questions": "/questions/", "ask": "/questions/ask/",
}  # fmt: skip


def check(part: str, found: dict[str, int]) -> None:
    """Compare with the committed numbers; ``WRITE_QUERY_COUNTS=1`` commits new ones on purpose."""
    if os.environ.get("WRITE_QUERY_COUNTS"):
        BUDGET[part] = found
        FILE.write_text(json.dumps(BUDGET, indent=1) + "\n")
    assert found == BUDGET[part], json.dumps({name: asked.get(name) for name in found}, indent=1)


asked: dict[str, list[str]] = {}


def count(client: Client, path: str, name: str = "") -> int:
    """Statements of a page. A session comes from the cache, and from the database when that was emptied
    by another process's hand: it is not counted."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path, follow=True)
    assert response.status_code == 200
    wanted = ("SELECT", "INSERT", "UPDATE", "DELETE")
    found = [q["sql"] for q in queries if q["sql"].startswith(wanted) and "django_session" not in q["sql"]]
    asked[name] = [sql[:200] for sql in found]
    return len(found)


def counts(client: Client) -> dict[str, int]:
    """Warm for hot pages: the second visit."""
    found = {}
    for name, path in PAGES.items():
        client.get(path, follow=True)
        found[name] = count(client, path, name)
    return found


@pytest.fixture
def member(make_user: Any) -> Client:
    """Somebody who has learnt a little."""
    client = Client()
    client.force_login(make_user("guixiang"))
    read_lesson(client, "borrow-the-window")
    return client


def test_pages_keep_their_budget_and_stay_flat_at_ten_times_the_rows(member: Client) -> None:
    before = counts(member)
    check("signed in", before)
    call_command("scale_data", learners=60, verbosity=0)
    for _n in range(3):
        read_lesson(member, "clean-ground")
    after = counts(member)
    assert all(after[name] <= queries for name, queries in before.items()), after


def test_guest_pages_from_memory_ask_for_the_content_version_only() -> None:
    client = Client()
    for name in ("home", "catalogue", "module", "lesson", "tracks"):
        client.get(PAGES[name])
        assert count(client, PAGES[name]) <= 1, name


def test_cold_pages_keep_their_budget() -> None:
    client, found = Client(), {}
    for name in ("home", "catalogue", "module", "lesson", "tracks"):
        pages.memory.clear()
        from django.core.cache import cache

        cache.clear()
        found[name] = count(client, PAGES[name], name)
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
    check("answer", {"stored": found[1]})
