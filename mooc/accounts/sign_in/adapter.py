"""Our rules where allauth asks for them."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest

from mooc.lib.pages import links


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by our own sign-up only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """allauth's own sign-up pages stay shut."""
        return False

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Nothing about signing in and out: the page one comes to says enough."""
        template = args[0] if args else kwargs.get("message_template")
        if not (template or "").startswith("account/messages/logged_"):
            super().add_message(request, level, *args, **kwargs)

    def is_safe_url(self, url: str | None) -> bool:
        """What cannot be read as an address leads nowhere."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to one's own page."""
        return links.address("privacy")


class MfaAdapter(DefaultMFAAdapter):
    """The name an authenticator app shows."""

    def get_totp_issuer(self) -> str:
        """The site's name."""
        return str(settings.SITE_NAME["en"])
