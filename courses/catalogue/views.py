"""Pages of courses: catalogue, module, tracks, search."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from mooc.accounts.sign_in import limits
from mooc.lib import registry
from mooc.lib.pages import links
from mooc.lib.pages.request import Request
from mooc.lib.pages.slots import cached_page
from mooc.lib.serving.unwritten import may_go_unwritten
from mooc.lib.text.cleaning import clean

from . import pages, selectors
from . import search as searching

signer = Signer(salt="courses.search")
FILTERS = ("level", "category", "family", "audience", "minutes")


@require_safe
@cached_page(*FILTERS)
def catalogue(request: Request) -> HttpResponse:
    """The tiered catalogue. ``?q=`` belongs to search."""
    params = {name: request.GET.get(name, "") for name in FILTERS}
    return render(
        request,
        "courses/catalogue.html",
        pages.catalogue_context(params) | {"nav": "learn"},
    )


@require_safe
@cached_page()
def module(request: Request, slug: str) -> HttpResponse:
    """One module: what it is good for, its lessons, its quiz."""
    page = selectors.module_page(slug)
    rows = [row(page.module) for _name, row in registry.module_row]
    return render(request, "courses/module.html", {"page": page, "rows": rows, "nav": "learn"})


@require_safe
@cached_page()
def tracks(request: Request) -> HttpResponse:
    """All tracks with their modules in order."""
    return render(request, "courses/tracks.html", {"tracks": selectors.tracks_with_cards(), "nav": "learn"})


@require_safe
def search(request: Request) -> HttpResponse:
    """What was found; what was not found is noted as demand."""
    text = clean(request.GET.get("q", ""))[: searching.MAX_WORDS]
    hits = searching.find(text) if text else []
    noted = text and request.method == "GET" and limits.address_may(request, "search")
    row = None
    with may_go_unwritten("search"):
        row = searching.note_search(text=text, hits=len(hits)) if noted else None
    context = {
        "text": text,
        "hits": hits,
        "groups": searching.grouped(hits),
        "signed": signer.sign(str(row.pk)) if row else "",
        "nav": "learn",
    }
    return render(request, "courses/search.html", context)


@require_safe
def search_open(request: Request, signed: str, slug: str) -> HttpResponse:
    """A hit was tapped: note how long it took to the first lesson, then show it."""
    try:
        pk = int(signer.unsign(signed))
    except (BadSignature, ValueError) as error:
        raise Http404 from error
    with may_go_unwritten("search opened"):
        searching.note_search_opened(query_id=pk, lesson_slug=slug)
    return redirect(links.address("lesson", slug))
