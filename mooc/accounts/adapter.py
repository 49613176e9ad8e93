"""Our rules where allauth asks for them."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by our own sign-up only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """allauth's own sign-up pages stay shut."""
        return False


class MfaAdapter(DefaultMFAAdapter):
    """The name an authenticator app shows."""

    def get_totp_issuer(self) -> str:
        """The site's name."""
        return settings.SITE_NAME["en"]
