"""Asking: one box, one button, and "is it one of these?" before it is sent."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from courses.models import Lesson
from learners.people import guests, phone_names
from mooc.accounts.sign_in import limits
from mooc.lib.errors import Conflict, DomainError, TooMany
from mooc.lib.middleware import guest_post
from mooc.lib.pages import kept
from mooc.lib.pages.http import parse_uuid
from mooc.lib.pages.request import Request
from mooc.lib.pages.resend import second_id
from mooc.lib.text.digits import whole_number

from ...engine import similar
from ...masking import mask
from .. import services

NEW_GUESTS_AN_HOUR = 300  # questions of phones without a name behind one address: five classes at once


def lesson_of(request: Request) -> Lesson | None:
    """The lesson a page was opened from; an unknown one is no reason to stop somebody."""
    slug = (kept.posted(request).get("lesson") or request.GET.get("lesson") or "")[:80]
    rows = Lesson.objects.select_related("module__published")
    if (
        request.method == "POST"
    ):  # what is written about a lesson that was taken back meanwhile is still about it
        rows = rows.filter(editions__edition__number__gt=0)
    else:
        rows = rows.published()
    return rows.filter(slug=slug).first() if slug else None


def typed(request: Request) -> str:
    """The text as typed, whole: a body is a megabyte at most. From an address, a first few words."""
    return kept.posted(request).get("text", "") or request.GET.get("text", "")[:1000]


@require_http_methods(["GET", "HEAD", "POST"])
@guest_post
def ask(request: Request) -> HttpResponse:
    """Ask, unless what was answered before is found to be the same."""
    context = _context(request)
    if request.method != "POST":
        similar.warm()
        return render(request, "feedback/ask.html", context | _offered_before(request))
    try:
        if not request.POST.get("none"):
            text = services.clean_post(context["text"])
            if found := similar.find_similar(text):
                offered = [(row, mask(row.text)) for row in found]
                kept.note(request, offered=offered)
                return render(request, "feedback/ask.html", context | {"offered": offered})
        question = _store(request, context)
    except DomainError as error:
        kept.note(request, error=error)
        answer = render(request, "feedback/ask.html", context | {"error": error}, status=400)
        return guests.remember(request, answer)
    return guests.remember(request, redirect(question))


def _context(request: Request) -> dict[str, Any]:
    return {
        "lesson": lesson_of(request),
        "id": parse_uuid(kept.posted(request).get("id")) or uuid.uuid4(),
        "text": typed(request),
        "passage": _block(request),
        "nav": "ask",
        "phone": phone_names.in_form(request) or uuid.uuid4(),
        "error": kept.noted(request, "error"),
    }


def _offered_before(request: Request) -> dict[str, Any]:
    """The answers that were offered, when only language or letters were changed since."""
    offered = kept.noted(request, "offered")
    return {"offered": offered} if offered else {}


def _store(request: Request, context: dict[str, Any]) -> Any:
    text = services.clean_post(context["text"])  # before a guest is made of somebody who wrote nothing
    limits.address_must(request, "asked")
    if guests.person_of(request) is None:
        count = limits.count(f"ask:{limits.address(request)}", 3600)
        if count > NEW_GUESTS_AN_HOUR:
            raise TooMany(_("Very many questions come from here. Try again in an hour, or call the station."))
    person = guests.acting_person(request)
    sent: dict[str, Any] = {
        "learner": person.learner,
        "text": text,
        "lesson": context["lesson"],
        "block": context["passage"],
        "signed_in": person.signed_in,
    }
    try:
        return services.ask_question(question_id=context["id"], **sent)
    except Conflict:  # back, and another question
        return services.ask_question(
            question_id=second_id(context["id"], person.learner.uuid.hex, text), **sent
        )


def _block(request: Request) -> int | None:
    return whole_number(kept.posted(request).get("block") or request.GET.get("block"), 3)
