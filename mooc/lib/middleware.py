"""Language and elder mode, forgery protection for guests, and error pages instead of 403."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode

from .errors import DomainError
from .marks import marked
from .pages import kept
from .pages.http import from_here
from .pages.request import ours

logger = logging.getLogger("mooc.access")
ELDER = ("", "1", "xl")
ELDER_COOKIE = "elder"
Next = Callable[[HttpRequest], HttpResponse]


def pick_language(request: HttpRequest) -> str:
    """The cookie, else the first of our languages in ``Accept-Language``, else the default."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    if chosen in ("zh-hans", "en"):
        return chosen
    for part in request.headers.get("Accept-Language", "")[:200].lower().split(","):
        code = part.split(";")[0].strip()
        if code.startswith("zh"):
            return "zh-hans"
        if code.startswith("en"):
            return "en"
    return settings.LANGUAGE_CODE


class PreferencesMiddleware:
    """Sets ``request.LANGUAGE_CODE`` and ``request.elder`` from what the phone remembers."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = pick_language(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        elder = request.COOKIES.get(ELDER_COOKIE, "")
        ours(request).elder = elder if elder in ELDER else ""
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", "zh-Hans" if language == "zh-hans" else "en")
        if "immutable" not in response.get("Cache-Control", ""):  # a picture is the same for everybody
            patch_vary_headers(response, ("Cookie", "Accept-Language"))
        return response


def guest_post(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view whose POST a guest may send from a cached page, which carries no token."""
    return marked(guest_post=True)(view)  # read by GuestCsrfMiddleware


if TYPE_CHECKING:

    class _Check(CsrfViewMiddleware):
        """Django's own way to say yes and no, which its types leave out."""

        def _accept(self, request: HttpRequest) -> None: ...
        def _reject(self, request: HttpRequest, reason: str) -> HttpResponse: ...
else:
    _Check = CsrfViewMiddleware


class GuestCsrfMiddleware(_Check):
    """Django's check, except for guests on views marked ``guest_post``.

    Guest pages come from a cache that all share, so they hold no token. A guest has no session to
    misuse; what is left is held off by the browser's own word for where the request comes from
    (``Sec-Fetch-Site``, ``Origin``, ``Referer``), which a foreign page cannot forge, and by the
    SameSite cookie. Whoever has a session gets Django's full check.
    """

    def process_view(self, request: HttpRequest, callback: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        if (
            request.method == "POST"
            and getattr(callback, "guest_post", False)
            and settings.SESSION_COOKIE_NAME not in request.COOKIES
        ):
            if from_here(request):
                return self._accept(request)
            return self._reject(request, "guest request from another origin")
        return super().process_view(request, callback, args, kwargs)


class ErrorPagesMiddleware:
    """Pages never answer 403: signed out goes to sign-in, signed in without the right gets 404."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """The answer to a form, looked at again in another language or size."""
        return kept.shown_again(request) if kept.NAME in request.GET else None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn refusals into pages; everything else goes on to Django."""
        from mooc.lib.pages import again
        from mooc.lib.pages.responses import not_found, sorry

        if request.path.startswith("/api/"):
            return None
        if isinstance(error, PermissionDenied):
            user = getattr(request, "user", None)
            if user is None or not user.is_authenticated:
                if again.can_stand(request):  # the session ended while somebody wrote
                    return again.page(request, signed_out=True)
                return redirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}")
            logger.warning("refused user=%s path=%s", user.pk, request.path)
            return not_found(request)
        if isinstance(error, Http404):
            return not_found(request)
        if isinstance(error, DomainError):
            return sorry(request, error.message)
        return None
