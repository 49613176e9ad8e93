"""Asking, and saying that something is wrong or missing."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from courses.models import Lesson
from learners import guests
from mooc.lib.errors import DomainError
from mooc.lib.http import page_of, parse_uuid
from mooc.lib.middleware import guest_post

from .. import services
from ..data import ReportKind
from ..models import Question

SUBJECTS = {
    "report": [ReportKind.WRONG, ReportKind.OLD, ReportKind.UNCLEAR],
    "wish": [ReportKind.WISH],
    "complaint": [ReportKind.COMPLAINT],
}


def _lesson(request: HttpRequest) -> Lesson | None:
    """The lesson a page was opened from; an unknown one is no reason to stop somebody."""
    slug = (request.POST.get("lesson") or request.GET.get("lesson") or "")[:80]
    return (
        Lesson.objects.published().select_related("module__published").filter(slug=slug).first()
        if slug
        else None
    )


def _typed(request: HttpRequest) -> str:
    """The text as typed, whole: a body is a megabyte at most. From an address, a first few words."""
    return request.POST.get("text", "") or request.GET.get("text", "")[:1000]


@require_http_methods(["GET", "HEAD", "POST"])
@guest_post
def ask(request: HttpRequest) -> HttpResponse:
    """One box, one button."""
    lesson = _lesson(request)
    question_id = parse_uuid(request.POST.get("id")) or uuid.uuid4()
    context = {"lesson": lesson, "id": question_id, "text": _typed(request), "nav": "ask"}
    if request.method != "POST":
        return render(request, "feedback/ask.html", context)
    person = guests.acting_person(request)
    block = request.POST.get("block", "")
    try:
        question = services.ask_question(
            learner=person.learner, text=request.POST.get("text", ""), lesson=lesson, question_id=question_id,
            block=int(block) if block.isascii() and block.isdigit() and len(block) < 4 else None,
            signed_in=person.signed_in,
        )  # fmt: skip
    except DomainError as error:
        return guests.remember(
            request, render(request, "feedback/ask.html", context | {"error": error}, status=400)
        )
    return guests.remember(request, redirect(question))


@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """My questions and their answers."""
    person = guests.person_of(request)
    rows = Question.objects.filter(learner=person.learner if person else None).select_related("lesson")
    return render(request, "feedback/questions.html", {"page": page_of(request, rows), "nav": "ask"})


@require_safe
def question(request: HttpRequest, pk: int) -> HttpResponse:
    """One question of mine; anybody else's is not here."""
    person = guests.person_of(request)
    rows = Question.objects.select_related("lesson", "answered_by")
    row = rows.filter(pk=pk, learner=person.learner).first() if person else None
    if row is None:
        raise Http404
    return render(request, "feedback/question.html", {"question": row, "nav": "ask"})


@require_http_methods(["GET", "HEAD", "POST"])
@guest_post
def report(request: HttpRequest, subject: str) -> HttpResponse:
    """Something is wrong, old or missing."""
    lesson, kinds = _lesson(request), SUBJECTS[subject]
    report_id = parse_uuid(request.POST.get("id")) or uuid.uuid4()
    context: dict[str, Any] = {
        "subject": subject, "kinds": kinds, "lesson": lesson, "id": report_id, "text": _typed(request),
        "kind": request.POST.get("kind", ""), "nav": "ask",
    }  # fmt: skip
    if request.method != "POST":
        return render(request, "feedback/report.html", context)
    person = guests.person_of(request)
    kind = kinds[0] if len(kinds) == 1 else request.POST.get("kind", "")
    try:
        services.report_content(
            learner=person.learner if person else None, lesson=lesson, kind=kind if kind in kinds else "",
            text=request.POST.get("text", ""), report_id=report_id,
        )  # fmt: skip
    except DomainError as error:
        return render(request, "feedback/report.html", context | {"error": error}, status=400)
    return render(request, "feedback/thanks.html", context)
