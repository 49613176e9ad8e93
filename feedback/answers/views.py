"""Answer modules: what was asked most, answered once and well."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mooc.lib.pages.request import Request

from .. import selectors
from ..data import OTHER


@require_safe
def themes(request: Request) -> HttpResponse:
    """All themes."""
    rows = selectors.themes_with_answers()
    context = {
        "rows": [row for row in rows if row.answers],
        "tab": "themes",
        "nav": "ask",
        "empty": [row.theme.name for row in rows if not row.answers and row.theme.code != OTHER],
    }
    return render(request, "feedback/themes.html", context)


@require_safe
def theme(request: Request, slug: str) -> HttpResponse:
    """The answers of one theme."""
    return render(request, "feedback/theme.html", {"page": selectors.theme_page(slug), "nav": "ask"})
