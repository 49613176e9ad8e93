"""Django's checks of a new password, made on the form it is compared in: full-width digits are digits, and what
nobody sees makes no password longer."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import password_validation as django

from mooc.lib.text import names


class LongEnough(django.MinimumLengthValidator):
    """Eight characters that count."""

    def validate(self, password: str, user: Any = None) -> None:
        super().validate(names.password(password), user)


class NotCommon(django.CommonPasswordValidator):
    """None of the passwords everybody takes."""

    def validate(self, password: str, user: Any = None) -> None:
        super().validate(names.password(password), user)


class NotOnlyDigits(django.NumericPasswordValidator):
    """More than digits."""

    def validate(self, password: str, user: Any = None) -> None:
        super().validate(names.password(password), user)
