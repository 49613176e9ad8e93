"""Sign-in backend: reads the account and its learner row in one query."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import get_user_model


class LearnerBackend(AuthenticationBackend):
    """allauth's backend (name or phone with password, phone code), one query fewer a page."""

    def get_user(self, user_id: int) -> Any:
        """The account with its learner row, or ``None`` when it is gone or switched off."""
        model = get_user_model()
        try:
            user = model.objects.select_related("learner").get(pk=user_id)
        except model.DoesNotExist:
            return None
        return user if self.user_can_authenticate(user) else None
