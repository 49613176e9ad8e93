"""What a guest learnt: taken into an account after signing in, or along to another phone by a code."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from mooc.accounts.sign_in import limits, phones
from mooc.lib import registry
from mooc.lib.errors import DomainError, TooMany
from mooc.lib.middleware import guest_post
from mooc.lib.pages import kept
from mooc.lib.pages.http import safe_next
from mooc.lib.pages.request import Request

from ...file import tracking
from ...models import Learner
from .. import guests, merging

CODE_TRIES_PER_ADDRESS, CODE_TRIES_ALL = 30, 600  # an hour


@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: Request) -> HttpResponse:
    """After signing in or up: was it you who learnt on this phone before? Phones are shared, so a new account
    is asked as well. Whoever has a role goes on to the work."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    work = registry.work_places(request.user)
    done = redirect(safe_next(request, work[0][1] if work else reverse("learners:me")))
    guests.drop_cookie(done)
    guest = guests.waiting_guest(request)
    mine = request.POST.get("mine")
    if guest is None or mine == "no":
        return done
    if mine == "yes":
        guests.hand_over_waiting(done, guests.short_name(guest))
        merging.absorb_guest(guest=guest, target=guests.learner_of(request.user))
        return done
    context = {"file": tracking.tracking_file(guest), "next": safe_next(request, ""), "nav": "me"}
    return render(request, "learners/was_you.html", context)


@kept.answers_form_of("learners:me")
@guest_post
def make_code(request: Request) -> HttpResponse:
    """Show a guest a code that opens this progress on another phone."""
    person = guests.person_of(request)
    if person is None or person.signed_in:
        raise Http404
    digits = merging.issue_code(learner=person.learner)
    spaced = f"{digits[:3]} {digits[3:6]} {digits[6:]}"
    return kept.answer(request, "learners/code_shown.html", {"code": spaced, "nav": "me"})


@require_http_methods(["GET", "HEAD", "POST"])
@guest_post
def use_code(request: Request) -> HttpResponse:
    """Type a progress code: this phone goes on where the other one was."""
    if request.method != "POST":
        return render(request, "learners/code.html", {"nav": "me"} | (kept.noted(request, "why") or {}))
    context = {"typed": request.POST.get("code", "")[:60], "nav": "me"}
    try:
        learner = _redeem(request, context["typed"])
    except DomainError as error:
        kept.note(request, why={"error": error.message})
        return render(request, "learners/code.html", context | {"error": error}, status=400)
    person = guests.person_of(request)
    if person and person.signed_in:
        merging.absorb_guest(guest=learner, target=person.learner)
        return redirect("learners:me")
    here, mine = guests.waiting_guest(request), request.POST.get("mine")
    if here and here.pk != learner.pk:
        if mine not in ("yes", "no"):  # phones are shared: whose is what was learnt on this one?
            kept.note(request, why={"ask": True})
            return render(request, "learners/code.html", context | {"ask": True}, status=400)
        if mine == "yes":
            merging.absorb_guest(guest=here, target=learner)
    response = redirect("learners:me")
    guests.set_cookie(response, learner)
    return response


def _redeem(request: Request, typed: str) -> Learner:
    tries = limits.count(f"progress:{limits.address(request)}", 3600)
    if tries > CODE_TRIES_PER_ADDRESS or limits.count("progress:all", 3600) > CODE_TRIES_ALL:
        raise TooMany(_("Too many tries. Wait an hour, or call the station."))
    digits = phones.digits_only(typed, 10)
    if len(digits) != 10:
        raise DomainError(_("The code has 10 digits. Look again."), field="code")
    return merging.redeem_code(digits=digits)
