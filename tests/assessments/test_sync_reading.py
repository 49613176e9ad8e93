"""What phones send is read by the serializer that describes it: a table of what is refused, and with which words.

Each refusal is of one item; the others of its batch are stored. What can never be stored is not kept for ever.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assessments.models import Quiz, ReviewCard
from assessments.sync import kinds, reading
from feedback.models import ContentReport, Question
from learners.models import Learner, LearningRecord
from tests.acts import HERE, choice_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]

PHONE = str(uuid.UUID(int=7, version=4))
MISSING = object()


def whole(kind: str) -> dict[str, Any]:
    """An item of that kind that is stored."""
    first = Quiz.objects.get(module__slug="window-light").module.items.first()
    assert first
    rest: dict[str, dict[str, Any]] = {
        "record": {"lesson": "borrow-the-window", "verb": "completed"},
        "answer": {"quiz": "window-light", "attempt": str(uuid.uuid4()), "item": first.code,
                   "edition": 1, "chosen": choice_of(first.code, right=False)},
        "review": {"card": 1, "round": 0, "edition": 1, "chosen": choice_of(first.code)},
        "question": {"lesson": "", "text": "鸡蛋咋寄", "block": 0},
        "report": {"about": "wrong", "text": "错了", "lesson": ""},
        "reaction": {"module": "window-light", "face": 3},
    }  # fmt: skip
    return {"id": str(uuid.uuid4()), "kind": kind, "who": "", "at": timezone.now().isoformat()} | rest[kind]


def post(body: Any) -> Any:
    return Client().post("/api/v1/sync/", body, content_type="application/json", **HERE)


def sync(*items: Any) -> list[dict[str, Any]]:
    """Results of a batch, in the order sent."""
    body = json.dumps({"items": items, "phone": PHONE, "sent": timezone.now().isoformat()})
    rows: list[dict[str, Any]] = post(body).json()["results"]
    return rows


NO_TEXT: list[Any] = [None, 5, 1.5, True, [], {}, ["x"]]
NO_NUMBER: list[Any] = [None, "5", "", 1.0, 5.5, True, -1, 10**30, [], {}]
NO_ID: list[Any] = [MISSING, None, 7, "", "x", "0" * 36, uuid.uuid4().hex, f"{{{uuid.uuid4()}}}", [], {}]
NO_TIME: list[Any] = [None, 0, "", "yesterday", "2026-13-01T00:00:00Z", "9" * 60, True, [], {}]
NO_CHOICE: list[Any] = [MISSING, None, "all", 3, {}, [None], [1.5], [True], [[1]], ["x" * 41], [1] * 21]

#: kind, field, what stands there, the code it is refused with.
TABLE: list[tuple[str, str, Any, str]] = [
    *(("record", "id", value, "bad_id") for value in NO_ID),
    *(("record", "kind", value, "bad_kind") for value in [MISSING, "", "fly", "records", *NO_TEXT]),
    *(("record", "who", value, "bad_value") for value in ["x" * 14, *NO_TEXT]),
    *(("record", "lesson", value, "bad_value") for value in [MISSING, "", "x" * 81, *NO_TEXT]),
    *(("record", "verb", value, "bad_verb") for value in [MISSING, "", "fly", "passed", " completed"]),
    *(("record", "verb", value, "bad_value") for value in ["completed and more", *NO_TEXT]),
    *(("record", "at", value, "bad_time") for value in [MISSING, *NO_TIME]),
    *(("answer", "quiz", value, "bad_value") for value in [MISSING, "", "x" * 61, *NO_TEXT]),
    *(("answer", "attempt", value, "bad_value") for value in NO_ID),
    *(("answer", "item", value, "bad_value") for value in [MISSING, "", "x" * 21, *NO_TEXT]),
    *(("answer", "chosen", value, "bad_value") for value in NO_CHOICE),
    *(("answer", "at", value, "bad_time") for value in [MISSING, *NO_TIME]),
    *(("answer", "edition", value, "bad_value") for value in [1_000_000, *NO_NUMBER]),
    *(("answer", "chosen", value, "no_choice") for value in [[], ["x"], [0], [10**30], [-1]]),
    *(("review", "card", value, "bad_value") for value in [MISSING, 2**53 + 1, *NO_NUMBER]),
    *(("review", "round", value, "bad_value") for value in [100_000, *NO_NUMBER]),
    *(("review", "chosen", value, "bad_value") for value in NO_CHOICE),
    *(("review", "at", value, "bad_time") for value in [MISSING, *NO_TIME]),
    ("review", "card", 0, "unknown_card"),
    *(("question", "text", value, "bad_value") for value in ["x" * 20_001, *NO_TEXT]),
    *(("question", "lesson", value, "bad_value") for value in ["x" * 81, *NO_TEXT]),
    *(("question", "block", value, "bad_value") for value in [1000, *NO_NUMBER]),
    *(("question", "at", value, "bad_time") for value in NO_TIME),
    *(("report", "text", value, "bad_value") for value in ["x" * 20_001, *NO_TEXT]),
    *(("report", "lesson", value, "bad_value") for value in ["x" * 81, *NO_TEXT]),
    *(("report", "about", value, "bad_value") for value in ["wrong again", *NO_TEXT]),
    *(("report", "about", value, "kind") for value in [MISSING, "", "nice"]),
    *(("reaction", "module", value, "bad_value") for value in [MISSING, "", "x" * 61, *NO_TEXT]),
    *(("reaction", "face", value, "bad_value") for value in [10, *NO_NUMBER]),
    *(("reaction", "face", value, "face") for value in [MISSING, 0, 4]),
    *(("reaction", "at", value, "bad_time") for value in NO_TIME),
]  # fmt: skip


def damaged(kind: str, field: str, value: Any) -> dict[str, Any]:
    item = whole(kind)
    if value is MISSING:
        del item[field]
    else:
        item[field] = value
    return item


@pytest.fixture(autouse=True)
def _any_number_of_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """How often one address may ask is tested elsewhere."""
    monkeypatch.setattr("assessments.sync.batch.LIMITED", {})


@pytest.mark.parametrize("field", sorted({(kind, field) for kind, field, _v, _c in TABLE}), ids=" ".join)
def test_a_value_that_cannot_be_used_is_refused_for_good_and_the_others_are_stored(
    field: tuple[str, str],
) -> None:
    cases = [(value, code) for kind, name, value, code in TABLE if (kind, name) == field]
    before, after = whole("record"), whole("report")
    rows = sync(before, *(damaged(*field, value) for value, _code in cases), after)
    assert [row["status"] for row in (rows[0], rows[-1])] == ["stored"] * 2
    for (value, code), row in zip(cases, rows[1:-1], strict=True):
        assert (row["status"], row["code"], row["keep"]) == ("rejected", code, False), (value, row)
        assert row["detail"], value
    assert LearningRecord.objects.filter(verb="completed").count() == 1
    assert ContentReport.objects.count() == 1
    assert not Question.objects.exists()


def test_the_sentence_names_the_value() -> None:
    rows = sync(damaged("record", "lesson", MISSING), damaged("answer", "chosen", "all"), "x", None)
    assert "lesson" in rows[0]["detail"]
    assert "chosen" in rows[1]["detail"]
    assert [row["code"] for row in rows[2:]] == ["unreadable"] * 2


def test_an_order_with_a_number_twice_is_refused_with_the_sentence_of_its_form() -> None:
    from tests.steps import only_steps

    steps = only_steps()
    ids = list(steps.options.values_list("pk", flat=True))
    twice = [f"{place}:{pk}" for place, pk in zip((1, 2, 2, 4), ids, strict=True)]
    (row,) = sync(whole("answer") | {"item": steps.code, "chosen": twice})
    assert (row["code"], row["keep"]) == ("no_choice", False)
    assert row["detail"]


@pytest.mark.parametrize(("kind", "field", "code"), [
    ("record", "lesson", "unknown_lesson"), ("answer", "quiz", "unknown_quiz"), ("reaction", "module", "unknown_module"),
])  # fmt: skip
def test_what_may_be_published_later_is_kept_on_the_phone(kind: str, field: str, code: str) -> None:
    (row,) = sync(whole(kind) | {field: "not-yet-there"})
    assert (row["status"], row["code"], row["keep"]) == ("rejected", code, True)


def test_control_characters_are_taken_out_of_what_is_typed() -> None:
    sync(whole("question") | {"text": "鸡蛋\x00咋\x02寄\ud800"})
    assert Question.objects.get().text == "鸡蛋咋寄"


def test_what_a_kind_does_not_ask_for_is_not_read() -> None:
    odd = {"seconds": -1, "block": "x", "more": [[]]}
    rows = sync(whole("record") | odd, whole("report") | {"at": "yesterday"} | odd)
    assert [row["status"] for row in rows] == ["stored", "stored"]
    (row,) = sync(whole("record") | {"verb": "suspended"} | odd)
    assert row["code"] == "bad_value"


def test_every_kind_is_stored_when_it_is_whole() -> None:
    rows = sync(*(whole(kind) for kind in ("record", "answer", "question", "report")))
    assert [row["status"] for row in rows] == ["stored"] * 4
    card = ReviewCard.objects.get()
    assert sync(whole("review") | {"card": card.pk})[0]["status"] == "stored"
    assert sync(whole("reaction"))[0]["code"] == "not_complete"  # read, and refused by the rule of faces
    assert sorted(reading.READERS) == sorted(reading.KINDS) == sorted(kinds.KINDS)


@pytest.mark.parametrize("body", ['{"items": NaN}', '{"items": [{"id": "x", "seconds": Infinity}]}', "["])
def test_what_is_no_json_is_refused_whole(body: str) -> None:
    assert post(body).status_code == 400


@pytest.mark.parametrize(("said", "status"), [
    ({}, 400), ({"items": None}, 400), ({"items": "x"}, 400), ({"items": {}}, 400), ({"items": [{}] * 101}, 413),
    ({"items": [], "sent": "yesterday"}, 200), ({"items": [], "sent": [1]}, 200),
    ({"items": [], "phone": "13912345678"}, 401), ({"items": [], "phone": None}, 401), ({"phone": 5}, 401),
])  # fmt: skip
def test_the_batch_itself(said: dict[str, Any], status: int) -> None:
    assert post(json.dumps({"phone": PHONE} | said)).status_code == status


def test_nothing_that_can_be_read_makes_nobody() -> None:
    rows = sync("x", damaged("record", "verb", "fly"))
    assert {row["status"] for row in rows} == {"rejected"}
    assert not Learner.objects.exists()
