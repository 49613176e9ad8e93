"""The shared cache, when Redis may go away for a while.

A page must not fail because a copy of something cannot be had. While Redis is away:

* what was kept is missed: pages are rendered anew, sessions come from the database;
* counters of tries live in this process's memory: limits neither vanish nor lock people out, they are
  looser by the number of processes;
* somebody may sign out, and Redis still holds the old session when it is back. So copies of sessions
  live two minutes, and for two minutes after Redis is back this process does not believe them.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import exceptions
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)
PAUSE = (
    3.0  # seconds before a lost Redis is asked again: a network that swallows packets costs a second a try
)
COPY_SECONDS = 120
IN_TIME = {"socket_connect_timeout": 1.0, "socket_timeout": 2.0}


@dataclass(slots=True)
class Line:
    """What this process knows about its way to one Redis; shared by all threads."""

    away_until: float = 0.0
    believed_from: float = 0.0

    def lost(self, error: Exception) -> None:
        """Redis does not answer, or refuses: leave it alone for a moment."""
        if not self.away_until:
            logger.warning("Redis is away: %s", type(error).__name__)
        self.away_until = time.monotonic() + PAUSE

    def back(self) -> None:
        """It answers again."""
        self.away_until, self.believed_from = 0.0, time.monotonic() + COPY_SECONDS
        logger.warning("Redis is back")


_lines: dict[str, Line] = {}


class CountingClient(RedisCacheClient):
    """Django's client that goes on in this process's memory while Redis is away."""

    beside: BaseCache = LocMemCache("redis-away", {"OPTIONS": {"MAX_ENTRIES": 5000}})

    def __init__(self, servers: list[str], **options: Any) -> None:
        super().__init__(servers, **IN_TIME | {"retry": Retry(NoBackoff(), 0)} | options)
        self.line = _lines.setdefault(servers[0], Line())

    def ask(self, name: str, *args: Any) -> Any:
        """Do ``name`` in Redis, or beside it."""
        line = self.line
        if not line.away_until or time.monotonic() >= line.away_until:
            try:
                answer = getattr(super(), name)(*args)
            except exceptions.RedisError as error:
                line.lost(error)
            else:
                if line.away_until:
                    line.back()
                return answer
        return getattr(self.beside, name)(*args)


class CopiesClient(CountingClient):
    """The same without a memory of its own: what must never differ between processes is missed."""

    beside = DummyCache("", {})

    def ask(self, name: str, *args: Any) -> Any:
        """Do ``name`` in Redis; believe what is read only where nothing older can be left."""
        answer = super().ask(name, *args)
        doubtful = name == "get" and self.line.believed_from and time.monotonic() < self.line.believed_from
        return args[1] if doubtful else answer


def _asking(name: str) -> Callable[..., Any]:
    def method(self: CountingClient, *args: Any) -> Any:
        return self.ask(name, *args)

    method.__name__ = name
    return method


for _name in (
    "add",
    "get",
    "set",
    "touch",
    "delete",
    "get_many",
    "has_key",
    "incr",
    "set_many",
    "delete_many",
    "clear",
):
    setattr(CountingClient, _name, _asking(_name))


class CountingRedisCache(RedisCache):
    """For pages and counters of tries."""

    client: type[CountingClient] = CountingClient

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = self.client


class CopiesRedisCache(CountingRedisCache):
    """For sessions."""

    client = CopiesClient
