"""What every template may use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.html import escape
from django.utils.http import urlencode

from . import kept
from .request import ours


def site(request: HttpRequest) -> dict[str, Any]:
    """Names, phone and switches of the page frame."""
    language = ours(request).LANGUAGE_CODE
    return {
        "site_name": settings.SITE_NAME.get(language, settings.SITE_NAME["zh-hans"]),
        "station_phone": settings.STATION_PHONE,
        "icp_number": settings.ICP_NUMBER,
        "worker": settings.OFFLINE,
        "elder": ours(request).elder,
        "html_lang": "en" if language == "en" else "zh-Hans",
        "other_lang": "zh-hans" if language == "en" else "en",
        "here": _Address(request, kept.again, "next"),
        "back": _Address(request, kept.form_again),
    }


class _Address:
    """An address of :mod:`mooc.lib.pages.kept`, worked out when it is printed: on the answer to a POST that stores
    what was typed, and only then the view has said all it has to say."""

    def __init__(self, request: HttpRequest, find: Callable[[HttpRequest], str], parameter: str = "") -> None:
        self.request, self.find, self.parameter = request, find, parameter

    def __html__(self) -> str:
        found = self.find(self.request)
        return escape(urlencode({self.parameter: found}) if self.parameter else found)

    __str__ = __html__
