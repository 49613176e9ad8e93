"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.html import escape
from django.utils.http import urlencode


def site(request: HttpRequest) -> dict[str, Any]:
    """Names, phone and switches of the page frame."""
    language = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
    elder = getattr(request, "elder", "")
    return {
        "site_name": settings.SITE_NAME.get(language, settings.SITE_NAME["zh-hans"]),
        "station_phone": settings.STATION_PHONE,
        "icp_number": settings.ICP_NUMBER,
        "worker": settings.OFFLINE,
        "elder": elder,
        "html_lang": "en" if language == "en" else "zh-Hans",
        "other_lang": "zh-hans" if language == "en" else "en",
        "here": escape(urlencode({"next": getattr(request, "known_path", request.get_full_path())})),
    }
