"""Who needs help and what was done; a learner's file for those who look after them."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from learners import services as learning
from learners.data import StopReason
from learners.file import tracking
from learners.models import Learner
from mooc.accounts.rights import Right
from mooc.accounts.sign_in.who import SignedIn
from mooc.accounts.staff import deeds
from mooc.lib.errors import DomainError
from mooc.lib.pages import kept
from mooc.lib.pages.http import page_of, parse_uuid
from mooc.lib.text.digits import whole_number

from .. import access, selectors
from ..data import AGAIN_IN, HelpAction, HelpOutcome
from . import helping, standing


@require_safe
@access.supervised
def needs(request: SignedIn) -> HttpResponse:
    """Everybody with enough points, each with the reason and what was done; who was helped lately is last."""
    region = access.place_of(request.user, request.GET.get("region"))
    rows = helping.with_last_help(helping.in_turn(selectors.needs_of(region)))
    page = page_of(request, rows)
    deeds.note_names(by=request.user, where="supervision/help", count=len(page))
    context = {
        "page": page,
        "region": region,
        "title": str(region or _("All places")),
        "nav": "help",
        "here_query": urlencode({"region": region.code}) if region else "",
        "worth": standing.worth(region),
        "why": standing.why_they_stop(region),
    }
    return render(request, "supervision/help.html", context)


def _learner(request: SignedIn, pk: int) -> Learner:
    user = request.user
    rows = Learner.objects.people().select_related("user", "region")
    if not user.everywhere(Right.SEE_FIGURES):
        rows = rows.filter(region__in=access.regions_of(user))
    found = rows.filter(pk=pk).first()
    if found is None:
        access.logger.warning("refused user=%s learner=%s", user.pk, pk)
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@access.supervised
def learner(request: SignedIn, pk: int) -> HttpResponse:
    """A learner's file; its owner sees who opened it. Below: write down what was done to help."""
    found, error, status = _learner(request, pk), kept.noted(request, "error"), 200
    if request.method == "POST":
        try:
            helping.log_help(
                learner=found, by=request.user, action=request.POST.get("action", ""),
                note=request.POST.get("note", ""), help_id=parse_uuid(request.POST.get("id")) or uuid.uuid4(),
                outcome=request.POST.get("outcome", ""), reason=request.POST.get("reason", ""),
                again_in=whole_number(request.POST.get("again_in"), 2),
            )  # fmt: skip
        except DomainError as wrong:
            error, status = wrong.message, 400
            kept.note(request, error=error)
        else:
            messages.success(request, _("Noted."))
            return redirect("supervision:learner", pk=pk)
    learning.note_opening(learner=found, by=request.user)
    context = _page(request, found) | {"error": error}
    return render(request, "supervision/learner.html", context, status=status)


def _page(request: SignedIn, found: Learner) -> dict[str, Any]:
    return {
        "learner": found, "file": tracking.tracking_file(found), "actions": HelpAction.choices, "id": uuid.uuid4(),
        "need": helping.with_last_help(selectors.needs_of(None)).filter(learner=found).first(),
        "given": helping.given_to(found), "note": kept.posted(request).get("note", "")[:200],
        "chosen": {name: kept.posted(request).get(name, "") for name in ("action", "outcome", "reason", "again_in")},
        "outcomes": HelpOutcome.choices, "reasons": StopReason.choices, "again": AGAIN_IN, "nav": "help",
    }  # fmt: skip
