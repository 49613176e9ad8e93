"""Reading questions, answering each other, and saying what helped or should not stand there."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from learners.people import guests
from mooc.accounts.sign_in import limits
from mooc.lib.errors import Conflict, DomainError
from mooc.lib.middleware import guest_post
from mooc.lib.pages import again, kept
from mooc.lib.pages.http import page_of, parse_uuid
from mooc.lib.pages.request import Request
from mooc.lib.pages.resend import second_id

from ... import selectors
from ...data import PostReason
from ...inbox import notices
from ...models import Question, Reply, Theme
from .. import posts
from .asking import lesson_of


@require_safe
def questions(request: Request) -> HttpResponse:
    """My questions and their answers."""
    person = guests.person_of(request)
    rows = selectors.questions_of(person.learner if person else None)
    guest = person is not None and not person.signed_in
    context = {
        "page": page_of(request, rows),
        "guest": guest,
        "can_text": settings.SMS_READY,
        "tab": "mine",
        "nav": "ask",
    }
    return render(request, "feedback/questions.html", context)


@require_safe
def others(request: Request) -> HttpResponse:
    """What others asked: to read, and to answer."""
    person = guests.person_of(request)
    theme = request.GET.get("theme", "")[:40]
    rows = selectors.others_questions(theme, person.learner if person else None)
    page = page_of(request, rows)
    themes = list(Theme.objects.all())
    context = {"page": page, "themes": themes, "theme": theme, "tab": "others", "nav": "ask"}
    return render(request, "feedback/others.html", context)


@require_safe
def question(request: Request, pk: int) -> HttpResponse:
    """One question: whole for its asker, masked for other readers, not there for the rest."""
    person = guests.person_of(request)
    page = selectors.question_for(pk, person.learner if person else None)
    return render(request, "feedback/question.html", _context(request, page, person))


def _context(
    request: Request, page: selectors.QuestionPage, person: guests.Person | None
) -> dict[str, object]:
    known = person is not None and person.signed_in
    waits = page.mine and not page.answer and not page.row.hidden_at
    return {
        "page": page,
        "question": page.row,
        "reasons": PostReason.choices,
        "id": uuid.uuid4(),
        "nav": "ask",
        "signed_in": known,
        "error": kept.noted(request, "error"),
        "text": kept.posted(request).get("text", ""),
        "waits": waits,
        "can_text": settings.SMS_READY,
        "lesson": lesson_of(request),
        "phone": None
        if person
        else uuid.uuid4(),  # two taps on this page are one phone's, before its first cookie
        "ways": notices.ways_of(person.learner) if person and known and waits else None,
    }


@kept.answers_form_of("feedback:question")
@guest_post
def reply(request: Request, pk: int) -> HttpResponse:
    """A neighbour's answer."""
    person = guests.person_of(request)
    if person is None:
        return again.page(request, signed_out=True)
    try:
        page = selectors.question_for(pk, person.learner)
    except Http404:  # hidden or merged while somebody wrote
        context = {
            "gone": True,
            "texts": [request.POST.get("text", "")],
            "back": reverse("feedback:others_questions"),
        }
        return render(request, "errors/typed.html", context, status=404)
    try:
        _store_reply(request, page.row, person)
    except DomainError as error:
        kept.note(request, error=error)
        context = _context(request, page, person) | {"error": error}
        return render(request, "feedback/question.html", context, status=400)
    return redirect(reverse("feedback:question", args=[pk]) + "#replies")


def _store_reply(request: Request, row: Question, person: guests.Person) -> None:
    identifier, text = parse_uuid(request.POST.get("id")) or uuid.uuid4(), request.POST.get("text", "")
    try:
        posts.reply_to(question=row, learner=person.learner, text=text, reply_id=identifier)
    except Conflict:  # back, and another answer
        second = second_id(identifier, person.learner.uuid.hex, str(row.pk), text)
        posts.reply_to(question=row, learner=person.learner, text=text, reply_id=second)


def _found(request: Request, pk: int) -> selectors.QuestionPage:
    """The question for this reader, before anybody is made of somebody unknown."""
    person = guests.person_of(request)
    return selectors.question_for(pk, person.learner if person else None)


def _chosen_reply(request: Request, page: selectors.QuestionPage) -> Reply | None:
    """The neighbour's answer that was tapped; one that this reader does not see is not there."""
    number = request.POST.get("reply", "")
    if not number:
        return None
    seen = [row.pk for row in page.replies if str(row.pk) == number and not row.waiting and not row.mine]
    if not seen:
        raise Http404
    return Reply.objects.get(pk=seen[0])


@kept.answers_form_of("feedback:question")
@guest_post
def solved(request: Request, pk: int) -> HttpResponse:
    """ "This solved it": by the asker about the answer, by another reader instead of asking."""
    page = _found(request, pk)
    limits.address_must(request, "solved")
    person = guests.acting_person(request)
    if page.mine:
        posts.solved(question=page.row, learner=person.learner, reply=_chosen_reply(request, page))
        return redirect("feedback:question", pk=pk)
    if not Question.objects.to_offer().filter(pk=pk).exists():
        raise Http404
    posts.solved_by_known(question=page.row, learner=person.learner, lesson=lesson_of(request))
    context = {"lesson": lesson_of(request), "nav": "ask", "solved": True}
    return guests.remember(request, kept.answer(request, "feedback/thanks.html", context))


@kept.answers_form_of("feedback:question")
@guest_post
def report_post(request: Request, pk: int) -> HttpResponse:
    """This post should not stand there. A page of its own says thank you."""
    page = _found(request, pk)
    chosen = _chosen_reply(request, page)
    if page.mine and chosen is None:
        raise Http404  # one's own question
    limits.address_must(request, "report")
    person = guests.acting_person(request)
    posts.report_post(
        learner=person.learner,
        reason=request.POST.get("reason", ""),
        question=None if chosen else page.row,
        reply=chosen,
    )
    return guests.remember(
        request, kept.answer(request, "feedback/thanks.html", {"nav": "ask", "reported": True})
    )
