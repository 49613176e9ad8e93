"""Sessions in the database, with a copy in the cache that stands in for it while the disk is full.

With Redis a copy lives ``COPY_SECONDS`` at most: should the cache miss a sign-out, the database puts it right.
Without it there is one web process, and the copy is in its own memory.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.cached_db import SessionStore as CachedStore
from django.core.cache import caches
from django.db import OperationalError

from .cache import COPY_SECONDS

logger = logging.getLogger(__name__)
UNWRITTEN = "unwritten"
UNWRITTEN_SECONDS = 6 * 3600  # what only the cache knows: until a disk has room again, and no longer


if TYPE_CHECKING:

    class _Store(CachedStore):
        """What Django's has and its types leave out."""

        def _get_session(self, no_load: bool = False) -> dict[str, Any]: ...
else:
    _Store = CachedStore


class SessionStore(_Store):
    """Signing in and out need no room on the disk."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self._plain: Any = caches[settings.SESSION_CACHE_ALIAS]
        if settings.REDIS_URL:
            self._cache: Any = _ShortLived(self._plain)
        self._unwritten = False

    def save(self, must_create: bool = False) -> None:
        """Keep it; where the database cannot write, the cache alone has it for some hours."""
        try:
            super().save(must_create)
        except (OperationalError, UpdateError) as error:
            if isinstance(error, OperationalError) or isinstance(error.__context__, OperationalError):
                logger.error("session not written: %s", error.__context__ or error)
                self._unwritten = True
                kept = self._get_session(no_load=must_create) | {UNWRITTEN: True}
                self._plain.set(self.cache_key, kept, UNWRITTEN_SECONDS)
            elif self.pop(UNWRITTEN, False) or self._unwritten:  # there is room again
                super().save(must_create=True)
            else:
                raise

    def delete(self, session_key: str | None = None) -> None:
        """Forget it; where the database cannot, the cache says that nobody is signed in by it."""
        try:
            super().delete(session_key)
        except OperationalError as error:
            logger.error("session not ended: %s", error)
            key = session_key or self.session_key
            self._plain.set(f"{self.cache_key_prefix}{key}", {}, UNWRITTEN_SECONDS)


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
