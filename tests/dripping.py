"""Visitors who send, or read, a byte at a time: on purpose, or from the end of the valley."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
import time
from types import TracebackType


class Drippers:
    """Connections that each send one byte every half second, for some seconds at most.

    :param opening: what each sends first, all at once: half a request.
    """

    def __init__(self, port: int, count: int, opening: bytes, seconds: float = 30) -> None:
        self.sockets = [socket.create_connection(("127.0.0.1", port), timeout=20) for _n in range(count)]
        for connection in self.sockets:
            connection.sendall(opening)
            connection.setblocking(False)
        self.closed: set[socket.socket] = set()
        self._stop = threading.Event()
        self._end = time.monotonic() + seconds
        self._thread = threading.Thread(target=self._drip, daemon=True)

    def _drip(self) -> None:
        with selectors.DefaultSelector() as selector:
            for connection in self.sockets:
                selector.register(connection, selectors.EVENT_READ)
            while time.monotonic() < self._end and not self._stop.wait(0.5):
                for key, _events in selector.select(0):  # an answer, or the end
                    selector.unregister(key.fileobj)
                    self.closed.add(key.fileobj)  # type: ignore[arg-type]
                for connection in self.sockets:
                    if connection not in self.closed:
                        with contextlib.suppress(OSError):
                            connection.send(b"x")

    def __enter__(self) -> Drippers:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(10)
        for connection in self.sockets:
            connection.close()


def head(path: str, length: int) -> bytes:
    """The beginning of a post whose body is still to come."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {length}\r\n\r\ntext="
    ).encode()
