"""Staff need a second step where the settings say so."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect

from mooc.lib.pages.request import Request


class SecondStepMiddleware:
    """With ``MOOC_STAFF_MFA`` on, staff without an authenticator set one up before anything else."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        if settings.STAFF_MFA and settings.SESSION_COOKIE_NAME in request.COOKIES and self._missing(request):
            return redirect("mfa_activate_totp")
        return self.get_response(request)

    @staticmethod
    def _missing(request: Request) -> bool:
        if request.path.startswith(("/accounts/", "/prefs/", "/static/", "/healthz", "/readyz")):
            return False
        user = request.user
        return (
            user.is_authenticated and user.is_staff and not Authenticator.objects.filter(user=user).exists()
        )
