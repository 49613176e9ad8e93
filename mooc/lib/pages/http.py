"""Small helpers of views."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from ..text.digits import whole_number


def safe_next(request: HttpRequest, default: str = "/") -> str:
    """Where to go back to: the ``next`` parameter when it is a path of this site."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    here = {request.get_host()}
    if target.startswith("/") and url_has_allowed_host_and_scheme(target, here, request.is_secure()):
        return target
    return default


def parse_uuid(text: str | None) -> uuid.UUID | None:
    """The UUID, or ``None`` for anything else. Only the 36-character form counts."""
    try:
        return uuid.UUID(text) if text and len(text) == 36 else None
    except ValueError:
        return None


def page_of(request: HttpRequest, rows: Any, size: int = 20) -> Page[Any]:
    """The page of a list that ``?page=`` names: behind the end the last one, for the list may have become
    shorter since the link was made; 404 for what is no number."""
    number = whole_number(request.GET.get("page", "1"), 6)
    if number is None:
        raise Http404
    paginator = Paginator(rows, size)
    return paginator.page(min(max(number, 1), paginator.num_pages))


def from_here(request: HttpRequest) -> bool:
    """Whether the browser itself says that a page of this site sent this: a foreign page cannot forge it."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    here = f"{request.scheme}://{request.get_host()}"
    if origin := request.headers.get("Origin"):
        return origin == here
    return request.headers.get("Referer", "").startswith(f"{here}/")
