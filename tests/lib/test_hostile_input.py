"""NUL, halves of characters, control characters, endless numbers and deep JSON: at every address, parameter
and field, on both databases, nothing ends in an error of ours."""

from __future__ import annotations

import ast
import json
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from django.test import Client
from django.utils import timezone

from assessments.models import Quiz
from courses.models import Block, Module
from feedback.models import ContentReport, Question
from learners.models import LearningRecord
from learners.people.guests import learner_of
from mooc.lib.pages import slots
from mooc.lib.text.cleaning import CONTROL
from tests.conftest import ROOT
from tests.site.test_access import addresses, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
APPS = ("mooc", "courses", "learners", "feedback", "assessments")
VALUES = {
    "nul": b"\x00", "nul inside": b"a\x00b", "half a character": b"\xed\xa0\x80", "not UTF-8": b"\xff\xfe",
    "marks": b"\x02news x\x03y\x04", "turned": "\u202e\ufeff\uffff".encode(), "huge": b"9" * 5000,
    "beyond": b"-99999999999999999999999", "brackets": b"http://[", "deep": b"[" * 3000,
    "raised digits": "²³".encode(), "digits of another script": "٣٤".encode(),
}  # fmt: skip


def names() -> list[str]:
    """Every name the code reads from a parameter or a form, or declares as a field of one."""
    found = {"csrfmiddlewaretoken", "_selected_action", "q", "p", "o"}
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" not in path.parts:
                found |= set(_names_in(path))
    return sorted(found)


def _names_in(path: Path) -> Any:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            if node.func.attr in ("get", "getlist") and ast.unparse(node.func.value).endswith(
                ("GET", "POST", "fields")
            ):
                yield from _texts(node.args[0])
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith(("GET", "POST")):
            yield from _texts(node.slice)
        elif isinstance(node, ast.ClassDef) and node.name.endswith("Form"):
            yield from (
                t.id
                for a in node.body
                if isinstance(a, ast.Assign)
                for t in a.targets
                if isinstance(t, ast.Name)
            )


def _texts(node: ast.expr) -> Any:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def real_addresses(people: dict[str, Any]) -> list[str]:
    """The addresses of the project, those of what is there as well as those of nothing."""
    quiz = Quiz.objects.get(module__slug="window-light")
    question = Question.objects.create(learner=learner_of(people["learner"]), text="鸡蛋咋寄")
    found = set(addresses())
    for path in list(found):
        found |= {
            path.replace("/none/", f"/{slug}/") for slug in ("window-light", "borrow-the-window", "open-shop")
        }
        found |= {path.replace("/999999/", f"/{row.pk}/") for row in (quiz, question)}
    return sorted(path for path in found if "logout" not in path)


def test_the_names_are_found() -> None:
    assert {"next", "text", "page", "choice", "attempt", "phone", "login", "password", "reason"} <= set(
        names()
    )


@pytest.mark.parametrize("role", ["guest", "operator"])
@pytest.mark.parametrize("turn", [0, 3])
def test_no_value_at_any_parameter_or_field_is_an_error_of_ours(
    role: str, turn: int, people: dict[str, Any]
) -> None:
    """Every field has another value in each request, and another neighbour in each turn."""
    client = client_of(role, people)
    client.raise_request_exception = False
    fields, values, wrong = names(), [quote_from_bytes(value) for value in VALUES.values()], {}
    for number, path in enumerate(real_addresses(people)):
        chosen = {
            name: values[(number + place + turn * place) % len(values)] for place, name in enumerate(fields)
        }
        short = "&".join(f"{name}={value[:200]}" for name, value in chosen.items())
        long = "&".join(f"{name}={value}" for name, value in chosen.items())
        for how, status in {
            "get": client.get(f"{path}?{short}").status_code,
            "post": client.post(path, long, content_type="application/x-www-form-urlencoded").status_code,
        }.items():
            if status >= 500 and "readyz" not in path:  # it says 503 where no worker is
                wrong[f"{how} {path}"] = status
    assert wrong == {}


@pytest.mark.parametrize("digits", ["²³", "٣٤", "9" * 40])
def test_digits_that_spell_no_number_choose_nothing(digits: str, people: dict[str, Any]) -> None:
    """Where the desk sends an id of its own: no row is chosen, and none is an error of ours."""
    desk = client_of("operator", people)
    mine = Question.objects.create(learner=learner_of(people["learner"]), text="怎么发货？")
    page = f"/admin/feedback/question/{mine.pk}/change/"
    answers = {
        "filter": desk.get("/admin/courses/lessonedition/", {"module": digits}),
        "merge accounts": desk.get("/admin/learners/accountmerge/merge/", {"a": digits, "b": digits}),
        "same": desk.post(page, {"_merge": "1", "same": digits}),
        "into": desk.post(page, {"_into": digits}),
        "saved reply": desk.post(page, {"_insert": "1", "saved_reply": digits}),
        "quiz": desk.get("/admin/assessments/quiz/add/", {"module": digits}),
        "page": desk.get("/questions/", {"page": digits}),
    }
    assert {name: answer.status_code for name, answer in answers.items()} == {
        "filter": 200, "merge accounts": 302, "same": 302, "into": 302, "saved reply": 302, "quiz": 302,
        "page": 404,
    }  # fmt: skip
    mine.refresh_from_db()
    assert (mine.merged_into, mine.answer) == (None, "")


@pytest.mark.parametrize(
    "path", ["/join/%00/", "/lessons/%00/", "/search/open/%00/none/", "/media/%00", "/%02%03%04/"]
)
def test_nor_in_a_path(path: str) -> None:
    assert Client(raise_request_exception=False).get(path).status_code == 404


@pytest.mark.parametrize(
    "name", ["sessionid", "learner", "csrftoken", "django_language", "elder", "signin", "was"]
)
def test_nor_in_a_cookie(name: str) -> None:
    for value in (r'"\000"', r'"a\002b"', "\x00", "x" * 4000, "é"):
        for path in ("/", "/me/", "/lessons/borrow-the-window/", "/accounts/code/"):
            client = Client(raise_request_exception=False)
            answer = client.get(path, headers={"Cookie": f"{name}={value}"})
            assert answer.status_code < 500, (path, value)


@pytest.mark.parametrize("name", ["Origin", "Referer", "Accept-Language", "X-Request-ID", "If-None-Match", "Range",
                                  "X-Forwarded-For", "Authorization", "If-Modified-Since"])  # fmt: skip
def test_nor_in_a_header(name: str) -> None:
    client = Client(raise_request_exception=False)
    for value in ("http://[", "\x00", "bytes=" + "9" * 30 + "-", "é" * 300, "Token \x00", "Token é"):
        for path in ("/", "/media/m/none.svg", "/api/v1/modules/"):
            assert client.get(path, headers={name: value}).status_code < 500, (path, value)
        answer = client.post("/feedback/wish/", {"text": "x"}, headers={name: value})
        assert answer.status_code < 500, value


def test_what_is_typed_is_kept_without_what_nobody_can_type() -> None:
    Client().post(
        "/feedback/complaint/", {"text": "a\x00b\x02c\x85d\r\ne"}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert [row.text for row in ContentReport.objects.all()] == ["abcd\ne"]


def sync(client: Client, body: str) -> Any:
    return client.post("/api/v1/sync/", body, content_type="application/json")


def test_one_bad_item_of_a_batch_does_not_stop_the_others(people: dict[str, Any]) -> None:
    client = client_of("learner", people)
    good = [
        {"id": str(uuid.uuid4()), "kind": "record", "verb": "initialized", "lesson": slug,
         "at": timezone.now().isoformat(), "seconds": 5, "block": 1}
        for slug in ("borrow-the-window", "clean-ground")
    ]  # fmt: skip
    hostile: list[Any] = [
        "\x00",
        "a\x00b",
        "\ud800",
        10**30,
        -1,
        1.5,
        None,
        True,
        [],
        {},
        [[[]]],
        {"a": {"b": []}},
    ]
    kinds = {
        "record": ["verb", "lesson", "at", "seconds", "block"], "answer": ["quiz", "attempt", "item", "chosen", "at"],
        "question": ["text", "lesson", "block"], "review": ["card", "round", "chosen"],
        "reaction": ["module", "face"], "report": ["subject", "text", "lesson"],
    }  # fmt: skip
    bad: list[Any] = [*hostile, *({"id": value, "kind": "record"} for value in hostile)]
    for kind, fields in kinds.items():
        plain = {"id": "", "kind": kind, "text": "x", "lesson": "borrow-the-window", "quiz": "window-light",
                 "module": "window-light", "at": timezone.now().isoformat(), "verb": "initialized"}  # fmt: skip
        bad += [
            plain | {"id": str(uuid.uuid4()), name: value}
            for name in [*fields, "who", "kind"]
            for value in hostile
        ]
    for start in range(0, len(bad), 90):
        answer = sync(client, json.dumps({"items": [good[0], *bad[start : start + 90], good[1]]}))
        assert answer.status_code == 200, (start, answer.content[:300])
        results = answer.json()["results"]
        assert {results[0]["status"], results[-1]["status"]} <= {"stored", "duplicate"}
    assert LearningRecord.objects.filter(uuid__in=[item["id"] for item in good]).count() == 2


@pytest.mark.parametrize("body", ["[" * 100_000, '{"items":' * 5000, '{"items": [' + "[" * 500 + "]" * 500 + "]}",
                                  '{"items": ["\\ud800"], "phone": "\\u0000"}', "\x00", '{"items": 1e999}'])  # fmt: skip
def test_deep_and_broken_json_is_refused_not_an_error(body: str, people: dict[str, Any]) -> None:
    client = client_of("learner", people)
    client.raise_request_exception = False
    assert sync(client, body).status_code in (200, 400, 413)


# --- marks of the page cache ---------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["\x02", "\x03", "\x04", "\x02news x\x03y\x04", "\x02account \x03<b>\x04"])
def test_marks_in_a_lesson_break_nothing_for_who_is_signed_in(typed: str, people: dict[str, Any]) -> None:
    """As an old row may hold them, or whoever writes past the door."""
    lesson = Module.objects.get(slug="window-light").published.lessons.first()
    assert lesson
    Block.objects.filter(lesson=lesson).update(body_zh=f"前{typed}后", body_en=f"before{typed}after")
    slots.memory.clear()
    for role in ("guest", "learner"):
        answer = client_of(role, people).get(
            f"/lessons/{lesson.lesson.slug}/", headers={"Accept-Language": "en"}
        )
        html = answer.content.decode()
        assert answer.status_code == 200
        assert html.rstrip().endswith("</html>")
        assert "before" in html
        assert not CONTROL.search(html), role
    assert people["learner"].display_name in html


def test_marks_are_this_processes_own() -> None:
    assert len(slots.OPEN) > 4
    page = slots.Page.from_html(f"a\x02news x\x03y\x04{slots.slot('who', '', 'd')}b", 200)
    assert [name for name, _arg, _default in page.slots] == ["who"]
    assert page.body == b"anews xydb"
