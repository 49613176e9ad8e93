"""My learning file: the page, and to take along."""

from __future__ import annotations

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from mooc.lib.pages.request import Request

from .. import selectors
from ..people import guests, numbers
from . import tracking


@require_safe
def me(request: Request) -> HttpResponse:
    """The whole file in plain words."""
    person = guests.person_of(request)
    if person is None:
        return render(request, "learners/me_empty.html", {"nav": "me"})
    if person.signed_in and guests.waiting_guest(request):
        return redirect(
            f"{reverse('learners:welcome')}?next={request.path}"
        )  # the answer to signing in was lost on the way
    rows = tracking.file_rows(person.learner)
    state = selectors.resume_among(rows.enrolments, rows.progress)
    context = {
        "person": person,
        "file": tracking.tracking_file(person.learner, rows),
        "nav": "me",
        "state": state,
        "onward": None if state else selectors.onward_among(rows.enrolments),
        "openings": selectors.openings(person.learner),
        "number_wish": numbers.open_wish(request.user) if person.signed_in else None,
    }
    return render(request, "learners/me.html", context)


@require_safe
def download(request: Request, kind: str) -> HttpResponse:
    """The file to take along: PDF, JSON or CSV."""
    person = guests.person_of(request)
    if person is None:
        raise Http404
    from . import pdf  # 28 MB of fonts and paper, for whoever prints

    file = tracking.tracking_file(person.learner)
    if kind == "json":
        return JsonResponse(tracking.as_json(file), json_dumps_params={"ensure_ascii": False, "indent": 1})
    data, mime = (
        (pdf.tracking_pdf(file), "application/pdf")
        if kind == "pdf"
        else (tracking.as_csv(file).encode(), "text/csv; charset=utf-8")
    )
    response = HttpResponse(data, content_type=mime)
    response["Content-Disposition"] = f'attachment; filename="learning-file.{kind}"'
    return response
