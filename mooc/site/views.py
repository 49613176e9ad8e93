"""Home, health, error and offline pages: what belongs to no room."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from courses.catalogue import pages
from mooc.accounts.rights import Right
from mooc.accounts.staff.forms import typed
from mooc.lib.middleware import ELDER, ELDER_COOKIE
from mooc.lib.pages import again, kept
from mooc.lib.pages.http import safe_next
from mooc.lib.pages.request import Request
from mooc.lib.pages.responses import not_found, sorry
from mooc.lib.pages.scripts import lean
from mooc.lib.pages.slots import cached_page
from mooc.lib.privacy import personal
from mooc.lib.serving import metrics, readiness

YEAR = 365 * 24 * 3600


@require_safe
@cached_page()
def home(request: Request) -> HttpResponse:
    """The front page."""
    return render(request, "home.html", pages.home_context() | {"nav": "home"})


@require_safe
def preferences(request: Request) -> HttpResponse:
    """Remember language and text size on this phone, and go back."""
    response = redirect(safe_next(request))
    options = {"max_age": YEAR, "samesite": "Lax", "secure": settings.SESSION_COOKIE_SECURE}
    if request.GET.get("lang") in ("zh-hans", "en"):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, request.GET["lang"], **options)
    if "elder" in request.GET and request.GET["elder"] in ELDER:
        response.set_cookie(ELDER_COOKIE, request.GET["elder"], **options)
    return response


@require_safe
@cached_page()
def offline(request: Request) -> HttpResponse:
    """What waits on this phone. The worker makes its own words of it when there is no network."""
    return render(request, "offline.html")


@require_safe
@cached_page()
def privacy(request: Request) -> HttpResponse:
    """What is kept about people, in plain words."""
    context = {"promised": personal.promised(), "days": settings.BACKUP_DAYS}
    return render(request, "privacy.html", context)


@require_safe
@cached_page()
def help_page(request: Request) -> HttpResponse:
    """Who helps, and answers to what people ask about this site."""
    return render(request, "help.html", {"hours": settings.STATION_HOURS, "source_url": settings.SOURCE_URL})


def service_worker(request: Request) -> HttpResponse:
    """The offline script, at the root so that it covers the whole site; switched off, one that puts it away."""
    name = "sw.js" if settings.OFFLINE else "sw_off.js"
    script = render_to_string(name, {"build": settings.BUILD_ID}, request)
    response = HttpResponse(lean(script), content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response


def healthz(request: Request) -> HttpResponse:
    """Alive."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: Request) -> HttpResponse:
    """Fit to serve: database, cache, broker and disk, as JSON."""
    checks = readiness.checks()
    bad = {name: fault for name, fault in checks.items() if fault}
    states = {name: fault or "ok" for name, fault in checks.items()}
    return JsonResponse({"ready": not bad, "checks": states}, status=503 if bad else 200)


@require_safe
def numbers(request: Request) -> HttpResponse:
    """``/metrics``: for operators and for who brings the token."""
    fits = metrics.token_fits(request)
    if fits is None:
        fits = request.user.is_authenticated and request.user.may(Right.RUN_SITE)
    if not fits:
        raise PermissionDenied
    return HttpResponse(metrics.render(), content_type=metrics.CONTENT_TYPE)


def page_not_found(request: Request, exception: Exception | None = None) -> HttpResponse:
    """404, also for what a person may not see."""
    return not_found(request)


def bad_request(request: Request, exception: Exception | None = None) -> HttpResponse:
    """400: the request could not be read."""
    return sorry(request, "")


def csrf_failure(request: Request, reason: str = "") -> HttpResponse:
    """The form was open too long, or somebody signed in or out meanwhile: what was typed stands again, on the
    desk behind the signing in."""
    if kept_for_later := typed.refused(request):
        return kept_for_later
    if again.can_stand(request) and not request.path.startswith("/api/"):
        return again.page(request)
    return kept.answer(request, "errors/stale.html", {}, status=400)


def server_error(request: Request) -> HttpResponse:
    """500, drawn without a database."""
    return render(request, "errors/500.html", status=500)
