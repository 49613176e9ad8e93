"""A sign-in that is under way: a short-lived cookie of this browser stands for the number.

The number travels in no address, so neither the browser's history nor a log holds it, and going back
after signing out leads nowhere.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from mooc.lib.errors import DomainError

from .. import services

COOKIE = "signin"
PATH = "/accounts/"
MINUTES = 30


def remember(response: HttpResponse, phone: str, purpose: str) -> HttpResponse:
    """Let this browser go on with ``phone`` for half an hour."""
    response.set_cookie(
        COOKIE,
        services.sign_phone(phone, purpose),
        max_age=MINUTES * 60,
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def phone_of(request: HttpRequest, purpose: str) -> str | None:
    """The number this browser is signing in with, at this step; ``None`` when there is none."""
    try:
        return services.unsign_phone(request.COOKIES.get(COOKIE, ""), purpose, minutes=MINUTES)
    except DomainError:
        return None


def forget(response: HttpResponse) -> HttpResponse:
    """The sign-in is over, one way or the other."""
    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")
    return response
