"""Reports: asking for one, watching it being made, the archive, the files."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mooc.accounts.sign_in.who import SignedIn
from mooc.jobs import services as jobs
from mooc.jobs.tasks import run_job
from mooc.lib.errors import DomainError
from mooc.lib.jobrow import JobState
from mooc.lib.pages import kept
from mooc.lib.pages.http import page_of, parse_uuid
from mooc.lib.queue import later
from mooc.lib.text.cleaning import clean
from mooc.lib.text.digits import whole_number

from ..access import logger, place_of, scope_for, supervised
from ..board.views import NAMES
from ..closing import signing
from ..forms import ReportForm, subjects_for
from ..models import EvaluationReport, ReportFile
from . import archive, making
from .reporting import data_date


@require_http_methods(["GET", "HEAD", "POST"])
@supervised
def reports(request: SignedIn) -> HttpResponse:
    """The form, and all reports of a person's places, the newest first."""
    form = kept.bind(request, ReportForm, initial=_chosen(request))
    if request.method == "POST" and form.is_valid():
        return _ask(request, form.cleaned_data)
    page = page_of(request, archive.reports_of(request.user))
    place = str(form["place"].value() or "")
    context = {
        "form": form,
        "place": place_of(request.user, place) if place else None,
        "groups": subjects_for(request.user, form["what"].value() or ""),
        "nav": "reports",
        "page": page,
        "rows": archive.filed(list(page)),
        "errors": [error for errors in form.errors.values() for error in errors],
    }
    return render(request, "supervision/reports.html", context, status=kept.status(request, form))


def _chosen(request: SignedIn) -> dict[str, str]:
    """What the form starts with: that whose board the person comes from."""
    place = request.GET.get("region", "")[:12]
    what = f"region:{place}"
    for kind, name in NAMES.items():
        if request.GET.get(name):
            what = f"{kind}:{request.GET[name][:60]}"
    return {"what": what, "place": place, "language": request.LANGUAGE_CODE}


def _ask(request: SignedIn, asked: dict[str, Any]) -> HttpResponse:
    kind, key = asked["what"]
    user = request.user
    scope, region = scope_for(user, kind, clean(key), asked["place"])
    report, new = making.ask_for_report(
        scope=scope, region=region, language=asked["language"], by=user, month=asked["month"]
    )
    if new:
        later(run_job, report.job_id)
    return redirect("supervision:report", pk=report.pk)


@require_safe
@supervised
@never_cache
def report(request: SignedIn, pk: int) -> HttpResponse:
    """How far it is; when it is done, its files, and who answers for it."""
    return _page(request, _own(request, pk), kept.noted(request, "error"))


def _page(request: SignedIn, row: EvaluationReport, error: Any = None, status: int = 200) -> HttpResponse:
    files = {file.format: file for file in row.files.defer("content")}
    context = {
        "report": row,
        "filed": archive.filed([row])[0],
        "job": row.job,
        "files": [files[kind] for kind in making.FORMATS if kind in files],
        "data_date": data_date(row.as_of),
        "nav": "reports",
        "state": "done" if row.made_at else row.job.state if row.job else "failed",
        "error": error,
        "reason": kept.posted(request).get("reason", "")[: signing.LONGEST],
        **_answering(request, row),
    }
    response = render(request, "supervision/report.html", context, status=status)
    if context["state"] in (JobState.QUEUED, JobState.RUNNING):
        response["Refresh"] = "2"  # seconds; works without script
    return response


def _answering(request: SignedIn, row: EvaluationReport) -> dict[str, Any]:
    """Who answers for a paper, and what this person may do about it."""
    if not signing.can_be_signed(row):
        return {}
    now = signing.standing(row)
    return {"standing": now, "may": signing.may(request.user, row, now), "id": uuid.uuid4()}


@kept.answers_form_of("supervision:report")
@supervised
def sign(request: SignedIn, pk: int) -> HttpResponse:
    """Report it as complete, sign it, or take either back."""
    row, told = _own(request, pk), request.POST
    try:
        signing.sign_off(
            report=row, act=told.get("act", ""), by=request.user,
            act_id=parse_uuid(told.get("id")) or uuid.uuid4(), seen=whole_number(told.get("seen", ""), 18) or 0,
            reason=told.get("reason", ""),
        )  # fmt: skip
    except DomainError as wrong:
        kept.note(request, error=wrong.message)
        return _page(request, row, wrong.message, status=400)
    return redirect("supervision:report", pk=pk)


@kept.answers_form_of("supervision:report")
@supervised
def recount(request: SignedIn, pk: int) -> HttpResponse:
    """Count its month again, as a new version beside it."""
    row, user = _own(request, pk), request.user
    try:
        report, new = making.count_again(report=row, by=user)
    except DomainError as wrong:
        kept.note(request, error=wrong.message)
        return _page(request, row, wrong.message, status=400)
    if new:
        later(run_job, report.job_id)
    return redirect("supervision:report", pk=report.pk)


@kept.answers_form_of("supervision:report")
@supervised
def cancel(request: SignedIn, pk: int) -> HttpResponse:
    """Stop making it."""
    row = _own(request, pk)
    if row.job:
        jobs.cancel(job=row.job)
    return redirect("supervision:report", pk=pk)


@kept.answers_form_of("supervision:report")
@supervised
def again(request: SignedIn, pk: int) -> HttpResponse:
    """Make it after all."""
    row, user = _own(request, pk), request.user
    if making.ask_again(report=row, by=user):
        later(run_job, row.job_id)
    return redirect("supervision:report", pk=pk)


@require_safe
@supervised
def file(request: SignedIn, pk: int, kind: str) -> HttpResponse:
    """A file of it, as it was made."""
    row = _own(request, pk)
    found = get_object_or_404(ReportFile, report=row, format=clean(kind)[:4])
    response = HttpResponse(bytes(found.content), content_type=making.FORMATS[found.format])
    response["Content-Disposition"] = content_disposition_header(True, archive.file_name(row, found.format))
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def _own(request: SignedIn, pk: int) -> EvaluationReport:
    """A report this person may read; for anybody else it is not there, and that is written down by ids."""
    found: Any = archive.reports_of(request.user).filter(pk=pk).first()
    if found is None:
        logger.warning("refused user=%s report=%s", request.user.pk, pk)
        raise Http404
    own: EvaluationReport = found
    return own
