"""Pages of courses: catalogue, module, tracks, media."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mooc.lib.pages import cached_page

from . import catalogue as catalogue_pages
from . import media_files, selectors

FILTERS = ("level", "category", "family", "audience", "minutes")


@require_safe
@cached_page(*FILTERS)
def catalogue(request: HttpRequest) -> HttpResponse:
    """The tiered catalogue. ``?q=`` belongs to search."""
    params = {name: request.GET.get(name, "") for name in FILTERS}
    return render(request, "courses/catalogue.html", catalogue_pages.catalogue_context(params) | {"nav": "learn"})


@require_safe
@cached_page()
def module(request: HttpRequest, slug: str) -> HttpResponse:
    """One module: what it is good for, its lessons, its quiz."""
    return render(request, "courses/module.html", {"page": selectors.module_page(slug), "nav": "learn"})


@require_safe
@cached_page()
def tracks(request: HttpRequest) -> HttpResponse:
    """All tracks with their modules in order."""
    return render(request, "courses/tracks.html", {"tracks": selectors.tracks_with_cards(), "nav": "learn"})


@require_safe
def media(request: HttpRequest, name: str) -> HttpResponse:
    """A media file, named by its content, in parts when asked."""
    return media_files.serve(request, name)
