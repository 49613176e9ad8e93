"""My data is mine: take it along, or delete it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import logout
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mooc.accounts import deeds
from mooc.lib import erasing, kept
from mooc.lib.errors import DomainError
from mooc.lib.middleware import guest_post

from .. import erased, guests, merging
from ..personal_data import person_of

WORDS = ("删除", "delete")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What can be done with one's own data."""
    why = kept.noted(request, "why") or {}
    return render(request, "learners/privacy.html", {"person": guests.person_of(request), "nav": "me"} | why)


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Everything that is kept about this person, as one JSON file."""
    person = guests.person_of(request)
    if person is None:
        raise Http404
    data = erasing.export(person_of(person.learner))
    response = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@kept.answers_form_of("/me/privacy/")
@guest_post
def delete(request: HttpRequest) -> HttpResponse:
    """Delete everything, after the word was typed."""
    person = guests.person_of(request)
    if person is None:
        raise Http404
    typed = request.POST.get("word", "")[:20]
    if typed.strip().lower() not in WORDS:
        return _refuse(request, person, wrong=True, typed=typed)
    try:
        with transaction.atomic():
            deeds.note(by=request.user, did=deeds.Did.ERASED, about=person.learner)
            merging.erase(learner=person.learner)
        erased.note(person.learner.uuid)
    except DomainError as error:
        return _refuse(request, person, error=error.message)
    logout(request)
    told = {"nav": "me", "days": settings.BACKUP_DAYS}
    response = kept.answer(request, "learners/deleted.html", told)
    guests.drop_cookie(response)
    return response


def _refuse(request: HttpRequest, person: guests.Person, **why: object) -> HttpResponse:
    kept.note(request, why=why)
    context = {"person": person, "nav": "me"} | why
    return render(request, "learners/privacy.html", context, status=400)
