"""Counting tries in the shared cache: how often, in a window of seconds."""

from __future__ import annotations

import hashlib
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

epoch = 0.0  # where windows begin; a test begins its own, or the turn of an hour would empty a counter


def _name(key: str, seconds: int) -> str:
    """Hashed: keys hold names and numbers as people type them."""
    digest = hashlib.blake2b(key.encode(errors="replace"), digest_size=16).hexdigest()
    return f"limit:{digest}:{int((time.time() - epoch) // seconds)}"


def count(key: str, seconds: int) -> int:
    """Add one to a counter of the current window and return it."""
    name = _name(key, seconds)
    cache.add(name, 0, seconds + 5)
    try:
        return int(cache.incr(name))
    except ValueError:  # dropped between the two calls
        return 1


def counted(key: str, seconds: int) -> int:
    """How often :func:`count` was called for a key in the current window."""
    return int(cache.get(_name(key, seconds), 0))


def address(request: HttpRequest) -> str:
    """The visitor's address: behind n trusted proxies the n-th from the right."""
    proxies = settings.TRUSTED_PROXIES
    if proxies:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        if len(hops) >= proxies:
            return hops[-proxies][:45]
    return str(request.META.get("REMOTE_ADDR", ""))[:45]
