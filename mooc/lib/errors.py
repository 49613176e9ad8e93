"""Errors a person may read. Each carries one clear sentence in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise


class DomainError(Exception):
    """A rule was broken by what was asked. ``str(error)`` is safe to show.

    :param message: the sentence to show, usually lazily translated.
    :param code: a stable short name for programs (``id_conflict``, ``too_long`` …).
    :param field: the form field it belongs to, if any.
    """

    code = "invalid"

    def __init__(self, message: str | Promise, *, code: str = "", field: str = "") -> None:
        super().__init__(message)
        self.message: Any = message  # str or lazy; forms name a private type for the latter
        self.code = code or self.code
        self.field = field

    def __str__(self) -> str:
        return str(self.message)


class Conflict(DomainError):
    """The same identifier already stands for something else."""

    code = "id_conflict"


class TooMany(DomainError):
    """A limit on repetition was reached; trying again later helps."""

    code = "too_many"
