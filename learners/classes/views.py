"""Classes: joining one, and looking after one."""

from __future__ import annotations

import io
import logging

import segno
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from mooc.accounts.rights import Right
from mooc.accounts.sign_in.who import signed_in
from mooc.accounts.staff import deeds, once
from mooc.lib.pages import kept
from mooc.lib.pages.http import page_of
from mooc.lib.pages.request import Request
from mooc.lib.text.cleaning import clean

from .. import services
from ..file import tracking
from ..models import Cohort
from ..people import guests
from . import cohorts
from . import results as class_results
from .forms import CohortForm

logger = logging.getLogger(__name__)


def _open_cohort(code: str) -> Cohort:
    cohort = Cohort.objects.filter(code=code.upper()[:8]).select_related("trainer", "region").first()
    if cohort is None:
        raise Http404
    return cohort


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: Request, code: str) -> HttpResponse:
    """Join a class by link, QR or code. Needs an account: a class is of people."""
    cohort = _open_cohort(code)
    person = guests.person_of(request)
    signed_in = bool(person and person.signed_in)
    if request.method == "POST":
        if person is None or not person.signed_in:
            raise PermissionDenied
        cohorts.join_cohort(learner=person.learner, cohort=cohort)
        return redirect(cohort)  # which says that one is in it
    inside = bool(person and cohorts.is_member(person.learner, cohort))
    context = {"cohort": cohort, "signed_in": signed_in, "inside": inside, "nav": "learn"}
    return render(request, "learners/join.html", context)


@require_safe
def qr(request: Request, code: str) -> HttpResponse:
    """The address to join as a QR code."""
    cohort = _open_cohort(code)
    out = io.BytesIO()
    address = request.build_absolute_uri(cohort.get_absolute_url())
    segno.make(address, error="m").save(
        out, kind="svg", scale=6, border=3, light="#fff", svgclass=None, lineclass=None
    )
    return HttpResponse(out.getvalue(), content_type="image/svg+xml")


@require_http_methods(["GET", "HEAD", "POST"])
def classes(request: Request) -> HttpResponse:
    """My classes, and the form for a new one."""
    leader = signed_in(request, Right.LEAD_CLASSES)
    form = kept.bind(request, CohortForm, user=leader)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        return once.make_once(
            request, lambda: redirect("learners:class", cohorts.open_cohort(leader=leader, **wanted).pk)
        )
    page = page_of(request, Cohort.objects.visible_to(leader).select_related("region", "trainer"))
    context = {
        "page": page,
        "form": form,
        "nav": "me",
        "helps": leader.may(Right.HELP_PEOPLE),
        "once": once.number(request),
    }
    return render(request, "learners/classes.html", context, status=kept.status(request, form))


def _looked_after(request: Request, pk: int) -> Cohort:
    """A class this user leads or looks after; what is not is not there."""
    rows = Cohort.objects.visible_to(signed_in(request, Right.SEE_CLASSES)).select_related(
        "region", "trainer"
    )
    return get_object_or_404(rows, pk=pk)


@require_safe
def cohort(request: Request, pk: int) -> HttpResponse:
    """A class list with progress, or those in it whose name was looked for."""
    row = _looked_after(request, pk)
    name = clean(request.GET.get("q", ""))[:60]
    page = page_of(request, class_results.found_members(row, name), 50)
    deeds.note_names(by=request.user, where=f"classes/{row.pk}", count=len(page))
    context = {
        "cohort": row,
        "page": page,
        "rows": cohorts.progress_rows(row, list(page)),
        "nav": "me",
        "open": cohorts.may_open(list(page), seen_by=request.user),
        "leads": cohorts.may_change(row, request.user),
        "name": name,
        "query": urlencode({"q": name}) + "&" if name else "",
        "people": row.members.filter(left_at=None).count(),
    }
    return render(request, "learners/class.html", context)


@require_safe
def results(request: Request, pk: int) -> HttpResponse:
    """What the class has read and answered, lesson by lesson and question by question."""
    row = _looked_after(request, pk)
    context = {"cohort": row, "modules": class_results.class_results(row), "nav": "me"}
    return render(request, "learners/class_results.html", context)


@require_safe
def table(request: Request, pk: int) -> HttpResponse:
    """The class list as a table for a spreadsheet."""
    row = _looked_after(request, pk)
    text = class_results.class_table(row)
    deeds.note_names(by=request.user, where=f"classes/{row.pk}", count=text.count("\r\n") - 1, as_file=True)
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="class-{row.code}.csv"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def out(request: Request, pk: int, learner: int) -> HttpResponse:
    """Take somebody out of a class, or put them back. Only for who leads it."""
    row = _looked_after(request, pk)
    if not cohorts.may_change(row, request.user):
        raise Http404
    member = get_object_or_404(row.members.select_related("learner__user"), learner=learner)
    if request.method == "POST":
        change = cohorts.put_back if request.POST.get("back") else cohorts.take_out
        change(cohort=row, learner=member.learner, by=request.user)
        return redirect(request.path)
    return render(request, "learners/class_out.html", {"cohort": row, "member": member, "nav": "me"})


@require_safe
def member(request: Request, pk: int, learner: int) -> HttpResponse:
    """The file of somebody in a class, for who may see it; its owner sees who opened it."""
    row = _looked_after(request, pk)
    found = cohorts.member_of(row, learner, seen_by=request.user)
    if found is None:
        logger.warning("refused user=%s learner=%s", request.user.pk, learner)
        raise Http404
    services.note_opening(learner=found, by=request.user)
    context = {"cohort": row, "file": tracking.tracking_file(found), "nav": "me"}
    return render(request, "learners/member.html", context)
