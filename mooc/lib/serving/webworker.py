"""The web worker: requests are read whole, and answers sent, outside of the threads that work.

gunicorn keeps the process; waitress moves the bytes. One loop reads every connection into memory or a
temporary file, and a thread is taken only when a request is complete; it is free again as soon as the
answer is made. Slow phones, and whoever pretends to be one, hold a connection, never a thread.

Read from the file by ``deploy/gunicorn.conf.py``: importing the package would load Celery.
"""

from __future__ import annotations

import logging
import os
import resource
import tempfile
import time
from collections import Counter
from typing import Any

from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

HEAD_BYTES = 16 * 1024
BODY_BYTES = 25 * 1024 * 1024  # as in deploy/Caddyfile; what a form may hold is for Django to say
HEAD_SECONDS = 20  # from the first byte to the end of the headers
BODY_SECONDS = 600  # to the end of the body: a picture of 3 MB at 5 KB/s
STALL_SECONDS = 60  # without a byte in or out
CONNECTIONS = 1000
WAITING_BYTES = 128 * 1024 * 1024  # of all unfinished requests together
logger = logging.getLogger("mooc.web")


class Request(HTTPRequestParser):
    """A request that is being read, and since when."""

    def __init__(self, adj: Adjustments) -> None:
        super().__init__(adj)
        self.began = time.time()


class Channel(HTTPChannel):
    """One connection."""

    parser_class = Request

    @property
    def served(self) -> bool:
        """Whether a thread has, or will have, something to do for it."""
        return bool(self.requests)

    @property
    def since(self) -> float:
        """When the unfinished request began, or when anything last happened."""
        return float(self.request.began if self.request is not None else self.last_activity)

    @property
    def waiting_bytes(self) -> int:
        """What is held of an unfinished request."""
        return self.request.body_bytes_received if self.request is not None else 0

    def is_late(self, now: float, keepalive: float) -> bool:
        """Whether it has had its time."""
        if self.served:
            return False
        if self.request is None and not self.total_outbufs_len:
            return bool(now - self.last_activity > keepalive)
        if now - self.last_activity > STALL_SECONDS:
            return True
        if self.request is None:
            return False
        return now - self.since > (BODY_SECONDS if self.request.headers_finished else HEAD_SECONDS)


class Server(TcpWSGIServer):
    """One listening address."""

    channel_class = Channel
    most = CONNECTIONS

    def maintenance(self, now: float) -> None:
        """Once a second: close who has had its time, and the oldest while too much is held."""
        for channel in list(self.active_channels.values()):
            if channel.is_late(now, self.adj.channel_timeout):
                channel.will_close = True
        while sum(channel.waiting_bytes for channel in self.active_channels.values()) > WAITING_BYTES:
            if not self.make_room([c for c in self.active_channels.values() if c.waiting_bytes]):
                break

    def handle_accept(self) -> None:
        """Take a connection; when there are too many, another one goes for it."""
        if len(self.active_channels) >= self.most:
            self.make_room(list(self.active_channels.values()))
        super().handle_accept()

    def make_room(self, channels: list[Channel]) -> bool:
        """Close the oldest unfinished connection of the address that has most of them, if there is one."""
        free = [channel for channel in channels if not channel.served]
        if not free:
            return False
        address, count = Counter(channel.addr[0] for channel in free).most_common(1)[0]
        oldest = min((c for c in free if c.addr[0] == address), key=lambda channel: channel.since)
        logger.warning("too many unfinished requests, %s of one address: the oldest is closed", count)
        oldest.handle_close()
        return True


def _hold_bodies_on_disk() -> None:
    """Large bodies wait in files without a name beside the data: ``/tmp`` is memory in a container."""
    data = os.environ.get("MOOC_DATA_DIR")
    if data and os.access(data, os.W_OK):
        tempfile.tempdir = os.path.abspath(data)


class WebWorker(Worker):
    """What gunicorn starts."""

    alive: bool

    def run(self) -> None:
        """Serve until told to stop, then let what is under way end."""
        _hold_bodies_on_disk()
        connections: dict[int, Any] = {}
        dispatcher = ThreadedTaskDispatcher()
        dispatcher.set_thread_count(self.cfg.threads)
        servers = [self._server(listener.sock, connections, dispatcher) for listener in self.sockets]
        while self.alive:
            self._turn(connections)
            if os.getppid() != self.ppid:
                self.alive = False
        for server in servers:
            server.accepting = False
        end = time.monotonic() + self.cfg.graceful_timeout
        while time.monotonic() < end and any(
            c.served or c.request is not None or c.total_outbufs_len
            for server in servers
            for c in server.active_channels.values()
        ):
            self._turn(connections)
        dispatcher.shutdown(timeout=1)

    def _turn(self, connections: dict[int, Any], seconds: float = 0.5) -> None:
        """Move bytes for half a second, or until something happened that may end us."""
        self.notify()
        end = time.monotonic() + seconds
        while self.alive and time.monotonic() < end:
            wasyncore.loop(timeout=seconds, use_poll=True, map=connections, count=1)
        if not self.alive:
            wasyncore.loop(timeout=0.05, use_poll=True, map=connections, count=1)

    def _server(self, listener: Any, connections: dict[int, Any], dispatcher: Any) -> Server:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = 3 * CONNECTIONS  # a connection, what it sent, what it gets
        if soft < wanted:
            soft = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        adj = Adjustments(
            threads=self.cfg.threads,
            ident="",
            sockets=[listener],
            channel_timeout=self.cfg.keepalive,
            cleanup_interval=1,
            connection_limit=CONNECTIONS * 2,
            asyncore_use_poll=True,
            max_request_header_size=HEAD_BYTES,
            max_request_body_size=BODY_BYTES,
            inbuf_overflow=64 * 1024,
            log_socket_errors=False,
            clear_untrusted_proxy_headers=False,  # mooc.accounts.sign_in.limits and Django know how many to trust
        )
        sockinfo = (listener.family, listener.type, listener.proto, listener.getsockname())
        server = Server(self.wsgi, connections, True, listener, dispatcher, adj, sockinfo, bind_socket=False)
        server.most = min(CONNECTIONS, max(50, soft // 3))
        return server
