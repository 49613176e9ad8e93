"""Sessions in the database, with a short-lived copy in the shared cache."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.cached_db import SessionStore as CachedStore
from django.core.cache import caches

from .cache import COPY_SECONDS


class SessionStore(CachedStore):
    """A copy lives ``COPY_SECONDS`` at most: should the cache miss a sign-out, the database puts it right."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self._cache: Any = _ShortLived(caches[settings.SESSION_CACHE_ALIAS])


class _ShortLived:
    """A cache whose entries end soon, whatever is asked for."""

    def __init__(self, cache: Any) -> None:
        self._cache = cache

    def set(self, key: str, value: Any, timeout: int) -> None:
        """Keep for at most ``COPY_SECONDS``."""
        self._cache.set(key, value, min(timeout, COPY_SECONDS))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cache, name)

    def __contains__(self, key: str) -> bool:
        return key in self._cache
