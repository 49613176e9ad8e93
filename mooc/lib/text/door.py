"""What comes in is made plain at the door: nobody types control characters or halves of characters.

A NUL ends in an error of PostgreSQL, a lone surrogate in one of every encoder, and either could hide in any
field. They are taken out once, here, of paths, parameters, form fields and cookies; JSON is made plain where
it is read (:class:`mooc.lib.rest.PlainJSONParser`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse

from ..pages.request import fixed
from .cleaning import CONTROL, without_controls

if TYPE_CHECKING:
    from django.http.request import _ImmutableQueryDict

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class DoorMiddleware:
    """Before anything reads the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if CONTROL.search(request.path):
            request.path = CONTROL.sub("\ufffd", request.path)
            request.path_info = CONTROL.sub("\ufffd", request.path_info)
        if request.META.get("QUERY_STRING"):
            request.GET = plain(request.GET)
        if CONTROL.search(
            request.META.get("HTTP_AUTHORIZATION", "")
        ):  # looked up in the database as it comes
            del request.META["HTTP_AUTHORIZATION"]
        cookies = request.META.get("HTTP_COOKIE", "")
        if "\\" in cookies or CONTROL.search(cookies):  # a quoted cookie may hold anything as \\000
            request.COOKIES = {
                name: value for name, value in request.COOKIES.items() if not CONTROL.search(name + value)
            }
        if request.method == "POST" and request.content_type in FORMS:
            request.POST = plain(request.POST)
        return self.get_response(request)


def plain(data: _ImmutableQueryDict) -> _ImmutableQueryDict:
    """The same when nobody could have typed anything else; else a copy without control characters."""
    if not any(CONTROL.search(text) for name, values in data.lists() for text in (name, *values)):
        return data
    clean = ((without_controls(name), [without_controls(v) for v in values]) for name, values in data.lists())
    return fixed(clean, data.encoding)
