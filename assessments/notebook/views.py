"""The wrong-answer notebook at /me/review/."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from learners.people import guests
from mooc.lib.errors import DomainError
from mooc.lib.middleware import guest_post
from mooc.lib.pages import kept
from mooc.lib.pages.http import page_of
from mooc.lib.pages.request import Request
from mooc.lib.text.digits import whole_number

from ..bank import posted
from ..models import ReviewCard
from . import selectors, services


@require_safe
def notebook(request: Request) -> HttpResponse:
    """What is due now, one question; and the whole notebook below."""
    person = guests.person_of(request)
    due = selectors.due_cards(person.learner) if person else []
    cards = ReviewCard.objects.filter(learner=person.learner if person else None, item__live=True)
    page = page_of(request, cards.select_related("item__lesson").order_by("learnt_at", "due_at", "pk"))
    return render(
        request, "assessments/notebook.html", {"due": due, "page": page, "now": timezone.now(), "nav": "me"}
    )


def _card(request: Request, pk: int) -> ReviewCard:
    person = guests.person_of(request)
    card = (
        ReviewCard.objects.filter(pk=pk, learner=person.learner)
        .select_related("item__lesson", "item__module")
        .first()
        if person
        else None
    )
    if card is None:
        raise Http404
    found: ReviewCard = card
    return found


@require_safe
def card(request: Request, pk: int) -> HttpResponse:
    """One card as a question."""
    row = _card(request, pk)
    if not row.item.live:  # being mended: it comes back when it is in use again
        return redirect("assessments:notebook")
    return _ask(request, row, kept.noted(request, "error"), 200)


def _ask(request: Request, row: ReviewCard, error: object, status: int) -> HttpResponse:
    show = selectors.card_context(row, posted.choice(kept.posted(request)))
    context = {"card": row, "show": show, "error": error, "nav": "me"}
    return render(request, "assessments/card.html", context, status=status)


@kept.answers_form_of("assessments:review_card")
@guest_post
def card_answer(request: Request, pk: int) -> HttpResponse:
    """Answer a card and see why; the next one follows."""
    row = _card(request, pk)
    number = whole_number(request.POST.get("round"), 5)
    person = guests.person_of(request)
    try:
        done = services.review_item(
            card=row,
            round_number=-1 if number is None else number,
            choice=posted.choice(request.POST),
            edition=posted.edition(request),
            signed_in=bool(person and person.signed_in),
        )
    except DomainError as error:
        kept.note(request, error=error.message)
        return _ask(request, row, error, 400)
    context = {
        "card": row,
        "page": done,
        "left": selectors.due_cards(row.learner),
        "nav": "me",
    }
    return kept.answer(request, "assessments/card_explained.html", context)
