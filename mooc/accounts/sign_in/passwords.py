"""Django's checks of a new password, made on the form it is compared in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import password_validation as django

from mooc.lib.text import names


class _Plain:
    def validate(self, password: str, user: Any = None) -> None:
        """Full-width digits are digits, and what nobody sees makes no password longer."""
        super().validate(names.password(password), user)  # type: ignore[misc]  # a mixin of validators


class LongEnough(_Plain, django.MinimumLengthValidator):
    """Eight characters that count."""


class NotCommon(_Plain, django.CommonPasswordValidator):
    """None of the passwords everybody takes."""


class NotOnlyDigits(_Plain, django.NumericPasswordValidator):
    """More than digits."""
