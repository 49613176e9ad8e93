"""Pages for what went wrong, in the site's look."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise

from .. import registry
from . import kept


def not_found(request: HttpRequest) -> HttpResponse:
    """The one page for "not there" and "not for you"."""
    user = getattr(request, "user", None)
    work = registry.work_places(user) if user is not None else []
    return render(request, "errors/404.html", {"work": work}, status=404)


def sorry(request: HttpRequest, sentence: str | Promise, status: int = 400) -> HttpResponse:
    """A page that says what happened and what to do."""
    return kept.answer(request, "errors/sorry.html", {"sentence": sentence}, status=status)
