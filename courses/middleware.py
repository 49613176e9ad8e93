"""A module or lesson that was given another address is found under all it ever had."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpResponse, HttpResponseRedirect

from mooc.lib.pages.request import Request

from .publishing import addresses

_PATH = re.compile(r"^/(modules|lessons)/([-\w]+)/(.*)$")


class AddressMiddleware:
    """Looking leads on to the address of today; what is sent to an older one arrives all the same.

    The page itself is served and kept under the slug: no query while the content stands.
    """

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        match = _PATH.match(request.path_info)
        known = addresses.known() if match else None
        if match and known:
            kind, name, rest = match.groups()
            slug = known.slugs.get((kind, name), name)
            today = known.today.get((kind, slug), slug)
            if name != today and request.method in ("GET", "HEAD"):
                query = request.META.get("QUERY_STRING", "")
                return HttpResponseRedirect(f"/{kind}/{today}/{rest}{'?' if query else ''}{query}")
            if name != slug:
                request.path = request.path_info = f"/{kind}/{slug}/{rest}"
        return self.get_response(request)
