"""Doing what a learner does, with a test client."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

from django.test import Client
from django.utils import timezone

from assessments.bank import editions
from assessments.models import Item

HERE = {"HTTP_SEC_FETCH_SITE": "same-origin"}  # a browser says so with every request from our pages


def read_lesson(client: Client, slug: str) -> Any:
    """Read a lesson, a minute after the one before, and tap the button at its end. The minutes are behind us:
    the first tap came late, as from a phone that was offline."""
    count = client.__dict__["lessons_read"] = client.__dict__.get("lessons_read", 0) + 1
    now = timezone.now()
    late = {"sent": now.isoformat(), "at": (now - dt.timedelta(minutes=30 - count)).isoformat()}
    post(client, f"/lessons/{slug}/acts/", {"id": str(uuid.uuid4()), "verb": "done"} | late)
    return post(client, f"/lessons/{slug}/done/")


def post(client: Client, path: str, data: dict[str, Any] | None = None) -> Any:
    """A form sent from one of our pages."""
    return client.post(path, data or {}, **HERE)


def hidden(html: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, f"no field {name}"
    return found[1]


def choice_of(code: str, *, right: bool = True) -> list[int]:
    """What the form of a question sends for a right answer, or for one that is not."""
    wording = editions.now(Item.objects.get(code=code))
    return wording.kind.example(wording.options, right=right)


def answer_next(client: Client, quiz_id: int, *, right: bool = True) -> Any:
    """Answer the question that is shown; returns the response to the answer."""
    html = client.get(f"/quizzes/{quiz_id}/").content.decode()
    code = hidden(html, "item")
    wanted = choice_of(code, right=right)
    return post(
        client,
        f"/quizzes/{quiz_id}/answer/",
        {"attempt": hidden(html, "attempt"), "item": code, "choice": wanted},
    )


def take_quiz(client: Client, quiz_id: int, *, wrong: int = 0, length: int = 6) -> Any:
    """Answer a whole quiz, the first ``wrong`` questions wrongly; returns the last response."""
    response = None
    for number in range(length):
        response = answer_next(client, quiz_id, right=number >= wrong)
    return response
