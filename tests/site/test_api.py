"""The API: catalogue, progress, quiz, and the synchronisation of phones."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.models import Quiz, Response
from feedback.models import Question
from learners.models import LearningRecord, LessonProgress
from learners.people.guests import learner_of
from learners.record import summaries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]


@pytest.fixture
def member(make_user: Any) -> Client:
    """Somebody signed in."""
    client = Client()
    client.force_login(make_user("guixiang"))
    return client


def sync(client: Client, items: Any) -> Any:
    body = {"items": items, "sent": timezone.now().isoformat()}
    return client.post("/api/v1/sync/", json.dumps(body), content_type="application/json")


def batch() -> list[dict[str, Any]]:
    """A lesson, a whole quiz and a question made offline."""
    came = timezone.now() - dt.timedelta(minutes=20)
    now = timezone.now().isoformat()
    quiz = Quiz.objects.get(module__slug="window-light")
    attempt = str(uuid.uuid4())
    items: list[dict[str, Any]] = [
        {
            "id": str(uuid.uuid4()),
            "kind": "record",
            "verb": verb,
            "lesson": slug,
            "at": (came + dt.timedelta(minutes=begun + after)).isoformat(),
            "seconds": 60,
            "block": 2,
        }
        for slug, begun in (("borrow-the-window", 0), ("clean-ground", 8))
        for verb, after in (("initialized", 0), ("suspended", 5), ("completed", 5))
    ]
    for item in quiz.module.items.all():
        chosen = [option.pk for option in item.options.all() if option.right]
        items.append(
            {"id": str(uuid.uuid4()), "kind": "answer", "quiz": "window-light", "attempt": attempt, "item": item.code,
             "chosen": chosen, "at": now}
        )  # fmt: skip
    items.append({"id": str(uuid.uuid4()), "kind": "question", "text": "鸡蛋咋寄", "lesson": "clean-ground"})
    return items


def test_the_catalogue_is_open_and_paged(client: Client) -> None:
    data = client.get("/api/v1/modules/?level=L1").json()
    assert data["count"] == 1
    assert data["results"][0]["slug"] == "window-light"
    detail = client.get("/api/v1/modules/window-light/").json()
    assert [row["slug"] for row in detail["lessons"]] == ["borrow-the-window", "clean-ground"]
    assert client.get("/api/v1/lessons/borrow-the-window/").json()["blocks"][0]["kind"] == "text"


def test_a_quiz_does_not_tell_its_answers(client: Client) -> None:
    text = client.get("/api/v1/quizzes/window-light/").content.decode()
    assert '"right"' not in text
    assert "why" not in text


def test_a_batch_made_offline_completes_the_module(member: Client) -> None:
    results = sync(member, batch()).json()["results"]
    assert {row["status"] for row in results} == {"stored"}
    progress = member.get("/api/v1/me/progress/").json()["results"][0]
    assert progress["completed_at"] is not None
    assert (progress["lessons_done"], progress["seconds"], progress["best_score"]) == (2, 120, 1.0)


def test_a_batch_sent_twice_changes_nothing(member: Client) -> None:
    items = batch()
    sync(member, items)
    before = (LearningRecord.objects.count(), LessonProgress.objects.count(), Response.objects.count())
    again = sync(member, items)
    assert again.status_code == 200
    assert {row["status"] for row in again.json()["results"]} == {"duplicate"}
    assert [row["id"] for row in again.json()["results"]] == [item["id"] for item in items]
    assert (
        LearningRecord.objects.count(),
        LessonProgress.objects.count(),
        Response.objects.count(),
    ) == before
    assert Question.objects.count() == 1


def test_an_id_of_somebody_else_is_a_conflict_without_a_hint(member: Client, make_user: Any) -> None:
    items = batch()
    sync(member, items)
    stranger = Client()
    stranger.force_login(make_user("wang"))
    rows = [row for row in sync(stranger, items).json()["results"] if row["status"] != "stored"]
    assert {row["code"] for row in rows} == {"id_conflict"}
    assert "guixiang" not in json.dumps(rows).lower()
    assert Question.objects.count() == 1


BAD: list[Any] = [
    None, 1, "x", [], {}, {"id": "x"}, {"id": str(uuid.uuid4())}, {"id": str(uuid.uuid4()), "kind": []},
    {"id": str(uuid.uuid4()), "kind": "record"},
    {"id": str(uuid.uuid4()), "kind": "record", "lesson": "borrow-the-window", "verb": "completed", "at": "yesterday"},
    {"id": str(uuid.uuid4()), "kind": "record", "lesson": "borrow-the-window", "verb": "fly", "at": "2026-11-23T08:00:00Z"},
    {"id": str(uuid.uuid4()), "kind": "record", "lesson": "\x00", "verb": "completed", "at": "2026-11-23T08:00:00Z"},
    {"id": str(uuid.uuid4()), "kind": "answer", "quiz": "window-light", "attempt": str(uuid.uuid4()), "item": "T01-1",
     "chosen": "all", "at": "2026-11-23T08:00:00Z"},
    {"id": str(uuid.uuid4()), "kind": "question", "text": 7},
    {"id": str(uuid.uuid4()), "kind": "question", "text": "x" * 30_000},
]  # fmt: skip


def test_one_bad_item_spoils_no_other(member: Client) -> None:
    good = batch()
    mixed = [item for pair in zip(BAD, good, strict=False) for item in pair]
    results = sync(member, mixed).json()["results"]
    assert [row["status"] for row in results[0::2]] == ["rejected"] * (len(results) // 2)
    assert all(row["code"] for row in results[0::2])
    assert {row["status"] for row in results[1::2]} == {"stored"}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(13)), cut=st.integers(0, 13))
def test_reordered_and_repeated_batches_end_the_same(
    member: Client, order: list[int], cut: int, django_user_model: Any
) -> None:
    user = django_user_model.objects.create_user(f"u{uuid.uuid4().hex[:8]}")
    client = Client()
    client.force_login(user)
    items = batch()
    shuffled = [items[i] for i in order if i < len(items)]
    sync(client, shuffled[:cut])
    sync(client, shuffled)
    learner = learner_of(user)
    assert learner.enrolments.get().completed_at is not None
    assert learner.enrolments.get().seconds == 120
    assert summaries.differences(learner.pk) == []


def test_envelopes_that_cannot_be_read(member: Client, client: Client) -> None:
    assert sync(client, []).status_code == 401
    for body in (b"", b"{", b"[]", b'{"items": 1}', b"\xff\xfe"):
        assert member.post("/api/v1/sync/", body, content_type="application/json").status_code == 400
    assert sync(member, [{}] * 101).status_code == 413
    assert sync(member, [{"text": "x" * 300_000}]).status_code == 413
    assert member.post("/api/v1/sync/", "x=1", content_type="text/plain").status_code in (400, 415)
    assert not LearningRecord.objects.exists()


def test_errors_are_problems(client: Client) -> None:
    answer = client.get("/api/v1/modules/none/")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("application/problem+json")
    assert answer.json()["status"] == 404


@pytest.mark.parametrize("path", ["/api/v1/modules/", "/api/v1/me/progress/"])
@pytest.mark.parametrize("query", ["?page=0", "?page=x", "?page=99999999999", "?page_size=-1", "?level=%00"])
def test_odd_pages_are_not_there_or_the_first(member: Client, path: str, query: str) -> None:
    assert member.get(path + query).status_code in (200, 404)


def test_the_api_keeps_what_its_schema_says(live_server: Any) -> None:
    """Schemathesis: whatever the schema allows is answered as the schema says, and never a 500."""
    import schemathesis
    from schemathesis.checks import not_a_server_error

    schema = schemathesis.openapi.from_url(f"{live_server.url}/api/schema/?format=json")
    seen = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path.startswith("/api/v1/"):
            for example in _examples(operation.as_strategy()):
                response = example.call()
                example.validate_response(response, checks=(not_a_server_error,))
                seen += 1
    assert seen > 20


def _examples(strategy: Any) -> list[Any]:
    found: list[Any] = []

    @settings(max_examples=8, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=strategy)
    def collect(case: Any) -> None:
        found.append(case)

    collect()
    return found
