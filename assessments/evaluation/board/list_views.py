"""The list behind a figure, on the page and as a file."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.paginator import Page
from django.http import (
    FileResponse,
    Http404,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mooc.accounts.sign_in.who import SignedIn
from mooc.accounts.staff import deeds
from mooc.lib.pages.http import page_of
from mooc.lib.pages.look import whole

from .. import access, selectors
from ..counting.reach import reach_of
from ..data import Scope, Snapshot
from ..words import presentation
from . import exports
from .lists import Listing, listing_of
from .views import address, asked_scope

PAGE = 50


@require_safe
@access.supervised
def behind(request: SignedIn, code: str) -> HttpResponseBase:
    """Who and what stands behind a figure, at the moment of its snapshot."""
    scope, region = asked_scope(request)
    snapshot, _before = selectors.newest(scope)
    figure = snapshot.figure(code) if snapshot else None
    listing = listing_of(code, reach_of(scope, snapshot.as_of)) if snapshot and figure else None
    if snapshot is None or figure is None or listing is None:
        raise Http404
    narrowed = _narrowed(request, listing)
    if request.GET.get("format"):
        response = _file(request.GET["format"], code, narrowed, snapshot)
        _note(request, code, narrowed, narrowed.rows.count(), as_file=True)
        return response
    page = page_of(request, narrowed.rows, PAGE)
    _note(request, code, narrowed, len(page))
    context = _page(narrowed, page, scope) | {
        "figure": presentation.figure_texts(snapshot)[code],
        "chips": _chips(listing),
        "title": access.title_of(scope, region),
        "as_of": snapshot.as_of,
        "code": code,
        "only": request.GET.get("only", ""),
    }
    return render(request, "supervision/list.html", context)


def _page(listing: Listing, page: Page[Any], scope: Scope) -> dict[str, Any]:
    """One page of the rows, as the template takes them."""
    rows = zip(listing.cells(list(page)), [listing.links(row) for row in page], strict=True)
    return {
        "listing": listing,
        "page": page,
        "rows": [([_cell_text(cell) for cell in cells], link) for cells, link in rows],
        "nav": "board",
        "here_query": address(scope).partition("?")[2],
    }


def _note(request: SignedIn, code: str, listing: Listing, count: int, *, as_file: bool = False) -> None:
    """Who saw or took along how many names."""
    if listing.names_people:
        deeds.note_names(by=request.user, where=f"supervision/lists/{code}", count=count, as_file=as_file)


def _cell_text(cell: Any) -> str:
    """A cell as on the page: a moment is not broken at the end of a line."""
    text = exports.cell_text(cell)
    return whole(text) if isinstance(cell, dt.datetime) else text


def _chips(listing: Listing) -> list[tuple[str, str, int]]:
    """What rows can be narrowed to, with how many there are: 2 queries where there is a choice."""
    if not listing.marks:
        return []
    every, counted = listing.rows.count(), listing.only(True).rows.count()
    yes, no = listing.marks
    return [("", _("All"), every), ("yes", yes, counted), ("no", no, every - counted)]


def _narrowed(request: SignedIn, listing: Listing) -> Listing:
    only = request.GET.get("only", "")
    if only not in ("", "yes", "no"):
        raise Http404
    return listing.only(only == "yes") if only else listing


def _file(kind: str, code: str, listing: Listing, snapshot: Snapshot) -> HttpResponseBase:
    name = f"{code.replace(':', '-')}-{timezone.localtime(snapshot.as_of):%Y%m%d}.{kind}"
    if kind == "csv":
        lines = exports.csv_lines(listing.columns, listing.export())
        response: StreamingHttpResponse | FileResponse = StreamingHttpResponse(
            lines, content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    elif kind == "xlsx":
        book = exports.xlsx_file(listing.columns, listing.export(), snapshot.as_of)
        mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        response = FileResponse(book, as_attachment=True, filename=name, content_type=mime)
    else:
        raise Http404
    response["Cache-Control"] = "no-store"
    return response
