"""Quizzes: one question a screen, one tap an answer, the reason at once."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from courses.models import Lesson, Module
from learners.people import guests, phone_names
from learners.selectors import module_state
from mooc.lib.errors import DomainError
from mooc.lib.middleware import guest_post
from mooc.lib.pages import kept
from mooc.lib.pages.http import parse_uuid
from mooc.lib.pages.request import Request

from ... import scoring
from ...bank import posted
from ...models import Quiz
from .. import selectors, services
from ..asked import asked_quiz


def _slug(lesson: Lesson | None) -> str:
    """The lesson a question asked from here is about; the answer leads back to it."""
    return lesson.slug if lesson else ""


@require_safe
def quiz_of_module(request: Request, slug: str) -> HttpResponse:
    """The quiz of a module, by the module's name; the module where there is none."""
    module = get_object_or_404(Module.objects.published().select_related("quiz"), slug=slug)
    return redirect(getattr(module, "quiz", module))


@require_safe
def question(request: Request, pk: int) -> HttpResponse:
    """The next question."""
    return _ask(request, pk, error=kept.noted(request, "error") or "")


def _ask(request: Request, pk: int, error: str | Promise = "") -> HttpResponse:
    kept.note(request, error=error)
    person = guests.person_of(request)
    fields = kept.posted(request)
    quiz, begun = selectors.quiz_of(pk), parse_uuid(fields.get("attempt"))
    page = selectors.question_page(quiz, person.learner if person else None, begun, posted.choice(fields))
    if page is None:  # no question is in use: the course's page says so
        return redirect(quiz.module)
    context = {
        "page": page,
        "phone": None if person else (phone_names.in_form(request) or uuid.uuid4()),
        "error": error,
        "signed_in": bool(person and person.signed_in),
        "nav": "learn",
        "ask_from": _slug(page.item.lesson),
    }
    return render(
        request,
        "assessments/question.html",
        context,
        status=400 if error and request.method == "POST" else 200,
    )


@kept.answers_form_of("assessments:quiz")
@guest_post
def answer(request: Request, pk: int) -> HttpResponse:
    """Store an answer and show why it is right or not."""
    quiz = asked_quiz(pk, withdrawn=True).quiz
    attempt_id = parse_uuid(request.POST.get("attempt"))
    if attempt_id is None:
        return _ask(request, pk, error=" ")
    person = guests.acting_person(request)
    code = request.POST.get("item", "")[:20]
    try:
        attempt, _response = services.answer_item(
            learner=person.learner,
            quiz=quiz,
            attempt_id=attempt_id,
            item_code=code,
            choice=posted.choice(request.POST),
            edition=posted.edition(request),
            signed_in=person.signed_in,
        )
    except DomainError as error:
        return guests.remember(request, _ask(request, pk, error=error.message))
    if quiz.module.published_id is None:  # taken back meanwhile: its pages are not there to show
        context = {"answered": True, "nav": "learn"}
        return guests.remember(request, kept.answer(request, "learners/withdrawn.html", context))
    return guests.remember(request, redirect("assessments:quiz_explained", pk, attempt.uuid, code))


def _own_attempt(request: Request, quiz: Quiz, attempt: uuid.UUID) -> Any:
    person = guests.person_of(request)
    return selectors.attempt_of(quiz, person.learner if person else None, attempt)


@require_safe
def explained(request: Request, pk: int, attempt: uuid.UUID, code: str) -> HttpResponse:
    """An answered question: what was right, and why."""
    quiz = selectors.quiz_of(pk)
    page = selectors.answer_page(_own_attempt(request, quiz, attempt), quiz, code)
    context = {"page": page, "nav": "learn", "ask_from": _slug(page.response.item.lesson)}
    return render(request, "assessments/explained.html", context)


@require_safe
def result(request: Request, pk: int, attempt: uuid.UUID) -> HttpResponse:
    """How the try went, and what to do next."""
    asked = asked_quiz(pk)
    quiz = asked.quiz
    row = _own_attempt(request, quiz, attempt)
    if row.passed is None:  # open, or put away without a result: on with the quiz
        return redirect(quiz)
    person = guests.person_of(request)
    rows = selectors.result_rows(row)
    needed = row.needed or scoring.needed(row.total, quiz.pass_percent)  # older tries did not keep it
    again = next((answer.item.lesson for answer in rows if not answer.right and answer.item.lesson), None)
    context = {
        "quiz": quiz,
        "attempt": row,
        "rows": rows,
        "nav": "learn",
        "guest": not (person and person.signed_in),
        "needed": needed,
        "missing": needed - row.right,
        "again": again,
        "ask_from": _slug(again),
        "others": len(asked.live_codes) > row.total,
        "state": module_state(person.learner, quiz.module_id) if person and row.passed else None,
    }
    return render(request, "assessments/result.html", context)
