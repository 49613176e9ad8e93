"""The lesson player, and the acts it sends."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import override
from django.views.decorators.http import require_safe

from courses import blocks
from courses import selectors as courses
from mooc.accounts.sign_in.who import signed_in
from mooc.lib.errors import Conflict
from mooc.lib.middleware import guest_post
from mooc.lib.pages import kept, links
from mooc.lib.pages.http import parse_uuid
from mooc.lib.pages.request import Request
from mooc.lib.pages.slots import cached_page
from mooc.lib.text.digits import whole_number

from .. import selectors, services
from ..people import guests
from . import clocks, pauses
from .requirements import quiz_can_be_sat

VERBS = ("open", "leave", "done")


@require_safe
@cached_page()
def lesson(request: Request, slug: str) -> HttpResponse:
    """One lesson, in blocks. The same for everybody; marks are laid over."""
    page = courses.lesson_page(slug)
    return render(
        request,
        "learners/lesson.html",
        {
            "page": page,
            "blocks": blocks.contexts(page.blocks),
            "nav": "learn",
            "ask_from": slug,
            "quiz": page.following is None and quiz_can_be_sat(page.module.pk),
        },
    )


@require_safe
def preview(request: Request, pk: int) -> HttpResponse:
    """A lesson of a draft as a learner would see it, for whoever may edit it."""
    page = courses.draft_lesson_page(pk, signed_in(request))
    language = request.GET.get("lang", "")
    with override(language if language in ("zh-hans", "en") else request.LANGUAGE_CODE):
        context = {
            "page": page,
            "blocks": blocks.contexts(page.blocks),
            "nav": "learn",
            "preview": True,
        }
        return render(request, "learners/lesson.html", context)


@kept.answers_form_of("learners:lesson")
@guest_post
def acts(request: Request, slug: str) -> HttpResponse:
    """What the page's script tells: opened, left after so many seconds, read to the end."""
    found = courses.lesson_for_acts(slug)  # withdrawn for an hour: what was read in it is still stored
    act_id, verb = parse_uuid(request.POST.get("id")), request.POST.get("verb", "")
    if found is None or act_id is None or verb not in VERBS:
        return HttpResponse(status=422)  # the phone drops it; 400 is a stale token, and the act waits on
    person = guests.acting_person(request, act_id)
    when = clocks.of_form(request.POST, person.learner)
    common: dict[str, Any] = {
        "learner": person.learner,
        "lesson": found,
        "signed_in": person.signed_in,
        "at": when.at,
        "claimed": when.claimed,
    }
    try:
        _store(verb, act_id, request.POST, common)
    except Conflict:  # it stands for something else and always will: the phone must not send it for ever
        guests.unmake(request)
        return HttpResponse(status=422)
    clocks.tell(stored := HttpResponse(status=204), request, clocks.clock_of(request.POST))
    return guests.remember(request, stored)


def _store(verb: str, act_id: uuid.UUID, sent: QueryDict, common: dict[str, Any]) -> None:
    if verb == "open":
        services.open_lesson(act_id=act_id, **common)
    elif verb == "leave":
        seconds, block = (whole_number(sent.get(name), 6) or 0 for name in ("seconds", "block"))
        services.leave_lesson(act_id=act_id, seconds=seconds, block=block, **common)
    else:
        services.finish_lesson(**common)


@kept.answers_form_of("learners:lesson")
@guest_post
def done(request: Request, slug: str) -> HttpResponse:
    """The button at the end: this lesson is read, on to the next, to the quiz, or back to the course."""
    try:
        page = courses.lesson_page(slug)
    except Http404:
        return _read_though_withdrawn(request, slug)
    person = guests.acting_person(request)
    services.finish_lesson(learner=person.learner, lesson=page.lesson, signed_in=person.signed_in)
    if page.following:
        target = page.following.lesson.get_absolute_url()
    elif quiz_can_be_sat(page.module.pk):
        target = links.address("quiz", page.module.slug)
    else:
        target = page.module.get_absolute_url()
    return guests.remember(request, redirect(target))


@kept.answers_form_of("home")
def pause(request: Request) -> HttpResponse:
    """What came between: one tap after a long pause. On a phone that has another learner by now nothing is kept."""
    learner = guests.learner_of(signed_in(request))
    home = selectors.home_of(learner)
    if home and home.away_since and request.POST.get("who") == guests.short_name(learner):
        pauses.tell(learner=learner, since=home.away_since, reason=request.POST.get("reason", ""))
    return redirect("home")


def _read_though_withdrawn(request: Request, slug: str) -> HttpResponse:
    """Taken back for an hour, or left out of its module: whoever had it open has read it all the same."""
    lesson = courses.lesson_for_acts(slug)
    if lesson is None:
        raise Http404
    person = guests.acting_person(request)
    services.finish_lesson(learner=person.learner, lesson=lesson, signed_in=person.signed_in)
    return guests.remember(request, kept.answer(request, "learners/withdrawn.html", {"nav": "learn"}))
