"""What is read of the content and kept in this process while the content stands.

The content version goes up with whatever changes what pages say (``services.bump_content``): publishing, an
edited quiz, a renamed address. What was read under one version is right until there is another, and is thrown
away then. Threads share what is kept, so it must be frozen (``mooc.lib.frozen``).
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Hashable
from typing import Any, Generic, ParamSpec, TypeVar

from django.conf import settings

from mooc.lib.frozen import frozen

from .models import ContentState

P = ParamSpec("P")
V = TypeVar("V")
MOST = 500  # values of one function


class _Version:
    """The content version as this process knows it, and when it asked."""

    text = ""
    asked_at = 0.0


def content_version() -> str:
    """The content version, asked from the database at most once a second in this process."""
    now = time.monotonic()
    if not _Version.text or now - _Version.asked_at >= settings.CONTENT_VERSION_SECONDS:
        version = ContentState.objects.filter(pk=1).values_list("version", flat=True).first()
        _Version.text, _Version.asked_at = str(version or 0), now
    return _Version.text


def while_content_stands(read: Callable[P, V]) -> Standing[P, V]:
    """Keep what a function reads, by its arguments, until the content version is another.

    No query while the content stands. Refusals (exceptions) are not kept.
    """
    return Standing(read)


class Standing(Generic[P, V]):
    """A function with what it has read under the newest content version."""

    every: list[Standing[Any, Any]] = []

    def __init__(self, read: Callable[P, V]) -> None:
        functools.update_wrapper(self, read)
        self._read = read
        self._kept: tuple[str, dict[Hashable, V]] = "", {}  # one pair: threads see both of it or neither
        self.every.append(self)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> V:
        version, key = content_version(), (*args, *kwargs.items())
        known, kept = self._kept
        if version != known or len(kept) >= MOST:
            known, kept = self._kept = version, {}
        if key not in kept:
            kept[key] = frozen(self._read(*args, **kwargs))
        return kept[key]

    def forget(self) -> None:
        """Read anew, whatever the content version."""
        self._kept = "", {}


def forget() -> None:
    """Ask the database for the content version at the next page, and read everything anew."""
    _Version.text = ""
    for function in Standing.every:
        function.forget()
