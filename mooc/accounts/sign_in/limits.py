"""Counting tries in the shared cache: how often, in a window of seconds."""

from __future__ import annotations

import hashlib
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _
from prometheus_client import Gauge

from mooc.lib.errors import TooMany
from mooc.lib.serving import counts

# What one address may store without an account: seconds, and how often. A class of sixty is behind one.
PER_ADDRESS = {
    "texts at once": (10, 40),  # everybody of a class has a code within twenty seconds
    "text": (600, 120),
    "guest": (600, 300),  # phones that begin
    "account": (600, 120),  # new accounts
    "said": (600, 180),  # complaints, wishes, words on a lesson
    "asked": (600, 180),  # questions, three each
    "face": (600, 180),  # taps on how a course was
    "solved": (600, 180),  # "this solved it"
    "report": (600, 60),  # words against a post
    "search": (60, 240),  # searches that are written down; beyond, they are answered all the same
}
AT_ONCE = 60  # seconds: a shorter window is over before anybody has walked away
refused = Gauge(
    "mooc_refused_by_address",
    "What was refused because too much came from one address.",
    registry=counts.HERE,
    multiprocess_mode="sum",
)
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


def address_may(request: HttpRequest, what: str) -> bool:
    """Count one more of ``what`` from the visitor's address; whether it is still within what a class of sixty
    behind one address needs. What is refused is a number on ``/metrics``."""
    seconds, most = PER_ADDRESS[what]
    if count(f"{what}:{address(request)}", seconds) <= most:
        return True
    refused.inc()
    return False


def address_must(request: HttpRequest, what: str) -> None:
    """The same, as a refusal.

    :raises TooMany: past the limit.
    """
    if not address_may(request, what):
        if PER_ADDRESS[what][0] < AT_ONCE:
            raise TooMany(_("Very many ask at this moment. Wait half a minute, then tap again."))
        raise TooMany(_("Very much came from this place just now. Wait ten minutes, or call the station."))


def address(request: HttpRequest) -> str:
    """The visitor's address: behind n trusted proxies the n-th from the right."""
    proxies = settings.TRUSTED_PROXIES
    if proxies:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        if len(hops) >= proxies:
            return hops[-proxies][:45]
    return str(request.META.get("REMOTE_ADDR", ""))[:45]
