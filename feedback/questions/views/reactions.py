"""The three faces below a completed module."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from courses.models import Module
from learners.people import guests
from mooc.accounts.sign_in import limits
from mooc.lib.middleware import guest_post
from mooc.lib.pages import kept
from mooc.lib.pages.http import parse_uuid
from mooc.lib.pages.request import Request
from mooc.lib.text.digits import whole_number

from .. import reactions


@kept.answers_form_of("courses:module")
@guest_post
def react(request: Request, slug: str) -> HttpResponse:
    """One tap; back to the module, where the face stands chosen."""
    module = get_object_or_404(Module.objects.select_related("published"), slug=slug)  # taken back or not
    person = guests.person_of(request)
    if person is None or not reactions.has_completed(person.learner, module):
        raise Http404
    limits.address_must(request, "face")
    reactions.react(
        learner=person.learner,
        module=module,
        face=whole_number(request.POST.get("face"), 1) or 0,
        tap=parse_uuid(request.POST.get("id")) or uuid.uuid4(),
        signed_in=person.signed_in,
    )
    if module.published is None:
        return kept.answer(request, "feedback/thanks.html", {"nav": "learn"})
    return redirect(reverse("courses:module", args=[slug]) + "#faces")
