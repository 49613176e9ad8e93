"""The dashboard, counting anew, and how everything is counted."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mooc.accounts.models import Region
from mooc.accounts.rights import Right
from mooc.accounts.sign_in.who import SignedIn
from mooc.jobs import services as jobs
from mooc.jobs.models import Job
from mooc.jobs.tasks import run_job
from mooc.lib.pages import kept
from mooc.lib.queue import later

from .. import access, selectors
from ..data import JobKind, Scope, ScopeKind
from ..measure.catalogue import Surface, standing_on

FRESH = dt.timedelta(minutes=2)  # a count so young need not be made again


NAMES = {ScopeKind.COHORT: "class", ScopeKind.COURSE: "course", ScopeKind.MODULE: "module"}


def asked_scope(request: SignedIn) -> tuple[Scope, Region | None]:
    """The class, course, module or place an address names; without one the viewer's own place. A course or
    module is narrowed to the place that is named beside it.

    :raises Http404: for what is not there or not this person's: another board would mislead.
    """
    query = request.POST if request.method == "POST" else request.GET
    for kind, name in NAMES.items():
        if query.get(name):
            return access.scope_for(request.user, kind, query[name][:60], query.get("region", ""))
    return access.scope_for(request.user, ScopeKind.REGION, query.get("region", ""))


def address(scope: Scope, page: str = "board") -> str:
    """The address of a page about a scope; ``page`` as it is called in ``urls.py``."""
    return f"{reverse(f'supervision:{page}')}?{urlencode(fields_of(scope))}"


def fields_of(scope: Scope) -> dict[str, str]:
    """The fields that name a scope, in an address or a form."""
    if scope.kind in (ScopeKind.COURSE, ScopeKind.MODULE):
        return {NAMES[ScopeKind(scope.kind)]: scope.key, "region": scope.region}
    return {"class" if scope.kind == ScopeKind.COHORT else "region": scope.key}


@require_safe
@access.supervised
def board(request: SignedIn) -> HttpResponse:
    """A place or class at a glance."""
    scope, region = asked_scope(request)
    found = selectors.board(scope, region, request.user)
    context = {
        "board": found,
        "title": access.title_of(scope, region),
        "nav": "board",
        "here_query": address(scope).partition("?")[2],
        "facts": standing_on(Surface.FACTS),
        "own": access.own_boards(request.user),
        "may_stop": found.job and _may_stop(request.user, found.job),
        "here_fields": fields_of(scope),
        "place": access.place_title(region),
    }
    response = render(request, "supervision/board.html", context)
    if found.job:
        response["Refresh"] = "3"  # seconds; works without script
    return response


@require_safe
@access.supervised
def courses(request: SignedIn) -> HttpResponse:
    """Courses with their modules, each leading to its board of a place."""
    region = access.place_of(request.user, request.GET.get("region"))
    context = {
        "courses": selectors.courses(region.code if region else "", timezone.now()),
        "nav": "board",
        "place": access.place_title(region),
        "code": region.code if region else access.EVERYBODY,
    }
    return render(request, "supervision/courses.html", context)


@kept.answers_form_of("supervision:board")
@access.supervised
def count(request: SignedIn) -> HttpResponse:
    """Count a place or class anew, in the background."""
    scope, _region = asked_scope(request)
    snapshot, _before = selectors.newest(scope)
    now = timezone.now()
    if snapshot is not None and now - snapshot.as_of < FRESH:
        messages.info(request, _("It was counted a moment ago."))
        return redirect(address(scope))
    key = selectors.job_key(scope)
    job, _new = jobs.ask_for(kind=JobKind.EVALUATE, key=key, as_of=now, by=request.user)
    later(run_job, job.pk)
    return redirect(address(scope))


def _may_stop(user: Any, job: Job) -> bool:
    return bool(user.everywhere(Right.SEE_FIGURES) or job.made_by_id == user.pk)


@kept.answers_form_of("supervision:board", takes=())
@access.supervised
def cancel(request: SignedIn, pk: int) -> HttpResponse:
    """Stop counting: whoever asked for it, or the operator."""
    job = Job.objects.filter(pk=pk, kind=JobKind.EVALUATE).first()
    if job is None or not _may_stop(request.user, job):
        raise Http404
    jobs.cancel(job=job)
    messages.info(request, _("Stopped. Nothing was changed."))
    return redirect("supervision:board")
