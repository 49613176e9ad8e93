"""Saying that something is wrong or missing."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from courses.models import Lesson
from learners.people import guests
from mooc.accounts.sign_in import limits
from mooc.lib.errors import Conflict, DomainError
from mooc.lib.middleware import guest_post
from mooc.lib.pages import kept
from mooc.lib.pages.http import parse_uuid
from mooc.lib.pages.request import Request
from mooc.lib.pages.resend import second_id

from ...data import ReportKind
from .. import services
from .asking import lesson_of, typed

SUBJECTS = {
    "report": [ReportKind.WRONG, ReportKind.OLD, ReportKind.UNCLEAR],
    "wish": [ReportKind.WISH],
    "complaint": [ReportKind.COMPLAINT],
}


@require_http_methods(["GET", "HEAD", "POST"])
@guest_post
def report(request: Request, subject: str) -> HttpResponse:
    """Something is wrong, old or missing."""
    context = _context(request, subject)
    lesson, kinds, report_id = context["lesson"], context["kinds"], context["id"]
    if request.method != "POST":
        return render(request, "feedback/report.html", context)
    person = guests.person_of(request)
    kind = kinds[0] if len(kinds) == 1 else request.POST.get("kind", "")
    try:
        limits.address_must(request, "said")
        _store(person, lesson, kind if kind in kinds else "", request.POST.get("text", ""), report_id)
    except DomainError as error:
        kept.note(request, error=error)
        return render(request, "feedback/report.html", context | {"error": error}, status=400)
    thanks = {"subject": subject, "lesson": lesson, "id": report_id, "nav": "ask"}
    return kept.answer(request, "feedback/thanks.html", thanks)


def _context(request: Request, subject: str) -> dict[str, Any]:
    return {
        "subject": subject,
        "kinds": SUBJECTS[subject],
        "lesson": lesson_of(request),
        "id": parse_uuid(kept.posted(request).get("id")) or uuid.uuid4(),
        "text": typed(request),
        "kind": kept.posted(request).get("kind", ""),
        "error": kept.noted(request, "error"),
        "nav": "ask",
    }


def _store(
    person: guests.Person | None, lesson: Lesson | None, kind: str, text: str, report_id: uuid.UUID
) -> None:
    learner = person.learner if person else None
    sent: dict[str, Any] = {"learner": learner, "lesson": lesson, "kind": kind, "text": text}
    try:
        services.report_content(report_id=report_id, **sent)
    except Conflict:  # back, and something else
        who = learner.uuid.hex if learner else ""
        services.report_content(report_id=second_id(report_id, who, kind, text), **sent)
