"""The practical task of a module: to read and to print. Nothing is handed in here yet."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from mooc.lib.pages.request import Request
from mooc.lib.pages.slots import cached_page

from ..models import Assignment
from .pages import assignment_page


@require_safe
@cached_page()
def assignment(request: Request, slug: str) -> HttpResponse:
    """Steps, what is looked at, slips, and what somebody beside the learner can see: 1 query."""
    found = get_object_or_404(
        Assignment.objects.filter(module__published__isnull=False).select_related("module__published"),
        module__slug=slug,
    )
    return render(
        request,
        "assessments/assignment.html",
        {"page": assignment_page(found), "module": found.module, "nav": "learn"},
    )
