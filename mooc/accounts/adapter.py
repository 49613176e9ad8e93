"""Our rules where allauth asks for them."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by our own sign-up only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """allauth's own sign-up pages stay shut."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No flash messages: the page one comes to says enough, and it may be one all people share."""


class MfaAdapter(DefaultMFAAdapter):
    """The name an authenticator app shows."""

    def get_totp_issuer(self) -> str:
        """The site's name."""
        return settings.SITE_NAME["en"]
