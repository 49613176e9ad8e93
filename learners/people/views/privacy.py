"""My data is mine: take it along, or delete it."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.conf import settings
from django.contrib.auth import logout
from django.core.cache import cache
from django.db import transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mooc.accounts import services as accounts
from mooc.accounts import tasks
from mooc.accounts.models import User
from mooc.accounts.sign_in import limits, phones
from mooc.accounts.sign_in.who import signed_in
from mooc.accounts.staff import deeds
from mooc.lib.errors import DomainError, TooMany
from mooc.lib.middleware import guest_post
from mooc.lib.pages import kept
from mooc.lib.pages.request import Request
from mooc.lib.privacy import erasing
from mooc.lib.queue import later

from ...personal_data import person_of
from .. import erased, guests, merging

WORDS = ("删除", "delete")
FRESH = dt.timedelta(minutes=10)
TRIES = 10  # an hour
SECOND_TAP = 600  # seconds


@require_safe
def privacy(request: Request) -> HttpResponse:
    """What can be done with one's own data."""
    why = kept.noted(request, "why") or {}
    person = guests.person_of(request)
    context = {"person": person, "nav": "me", "proof": _asked(request, person)} | why
    return render(request, "learners/privacy.html", context)


def _asked(request: Request, person: guests.Person | None) -> str:
    return proof_of(signed_in(request)) if person and person.signed_in else ""


@require_safe
def export(request: Request) -> HttpResponse:
    """Everything that is kept about this person, as one JSON file."""
    person = guests.person_of(request)
    if person is None:
        raise Http404
    data = erasing.export(person_of(person.learner))
    response = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


def proof_of(user: User) -> str:
    """What an account shows before it is deleted: nothing within ten minutes of signing in, else password or code."""
    if user.last_login and user.last_login > timezone.now() - FRESH:
        return ""
    return "password" if user.has_usable_password() else "code" if user.phone else ""


def _proved(request: Request) -> bool:
    """Whether this is the owner, not somebody who found the phone. A code is sent when that is asked for.

    :raises DomainError: when password or code is wrong.
    """
    user = signed_in(request)
    wanted, typed = proof_of(user), request.POST.get("proof", "")[:128]
    if not wanted:
        return True
    if limits.count(f"proof:{user.pk}", 3600) > TRIES:
        raise TooMany(_("Too many tries. Wait an hour, or call the station."))
    if wanted == "code" and not typed:
        later(tasks.send_text, accounts.send_code(phone=user.phone or "").pk)
        return False
    if wanted == "code":
        accounts.check_code(phone=user.phone or "", code=phones.digits_only(typed, 6))
    elif not user.check_password(typed):
        raise DomainError(_("That is not the password."), code="wrong")
    return True


@kept.answers_form_of("learners:my_privacy")
@guest_post
def delete(request: Request) -> HttpResponse:
    """Delete everything, after the word was typed."""
    person = guests.person_of(request)
    if person is None:
        if (name := _came_with(request)) and cache.get(name):  # tapped twice: the first tap has done it
            return _deleted(request)
        raise Http404
    typed = request.POST.get("word", "")[:20]
    if typed.strip().lower() not in WORDS:
        return _refuse(request, person, wrong=True, typed=typed)
    try:
        if person.signed_in and not _proved(request):
            return _refuse(request, person, typed=typed, sent=True)
        with transaction.atomic():
            deeds.note(by=request.user, did=deeds.Did.ERASED, about=person.learner)
            merging.erase(learner=person.learner)
        erased.note(person.learner.uuid)
    except DomainError as error:
        return _refuse(request, person, error=error.message)
    if name := _came_with(request):
        cache.set(name, True, SECOND_TAP)
    logout(request)
    return _deleted(request)


def _deleted(request: Request) -> HttpResponse:
    context = {"nav": "me", "days": settings.BACKUP_DAYS}
    response = kept.answer(request, "learners/deleted.html", context)
    guests.drop_cookie(response)
    return response


def _came_with(request: Request) -> str:
    """A name for the cookies that say who this is: a second tap comes with those of the first. Empty without."""
    named = [request.COOKIES.get(name, "") for name in (settings.SESSION_COOKIE_NAME, guests.COOKIE)]
    return f"erased:{hashlib.sha256('|'.join(named).encode()).hexdigest()}" if any(named) else ""


def _refuse(request: Request, person: guests.Person, **why: object) -> HttpResponse:
    kept.note(request, why=why)
    context = {"person": person, "nav": "me", "proof": _asked(request, person)} | why
    return render(request, "learners/privacy.html", context, status=400)
