"""A small HTTP client that keeps connections open and sends prepared requests."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Sample:
    """What one round measured."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    bytes: int = 0
    bad: int = 0

    @property
    def rps(self) -> float:
        """Requests a second."""
        return len(self.times) / self.seconds if self.seconds else 0.0


def request(
    path: str, cookies: dict[str, str] | None = None, body: str | None = None, tag: str = ""
) -> bytes:
    """The bytes of one request; with ``body`` a form post from our own page."""
    lines = [
        f"{'POST' if body is not None else 'GET'} {path} HTTP/1.1",
        "Host: localhost",
        "Accept-Encoding: gzip",
    ]
    lines.append("Accept-Language: zh-CN")
    if cookies:
        lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in cookies.items()))
    if body is not None:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}",
                  "Sec-Fetch-Site: same-origin"]  # fmt: skip
    return ("\r\n".join(lines) + "\r\n\r\n" + (body or "")).encode()


def run(port: int, sources: list[Callable[[], Iterator[bytes]]], seconds: float, wanted: int) -> Sample:
    """Send requests for some seconds, one connection a source. ``wanted`` is the status that counts."""
    total, lock = Sample(), threading.Lock()
    end = time.perf_counter() + seconds

    def connection(source: Callable[[], Iterator[bytes]]) -> None:
        mine = Sample()
        with socket.create_connection(("127.0.0.1", port), timeout=20) as sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            requests = source()
            while (started := time.perf_counter()) < end:
                sock.sendall(next(requests))
                status, size, keep = _read(sock)
                mine.times.append(time.perf_counter() - started)
                mine.bytes = size
                mine.bad += status != wanted
                if not keep:
                    break
        with lock:
            total.times += mine.times
            total.bad += mine.bad
            total.bytes = max(total.bytes, mine.bytes)

    started = time.perf_counter()
    threads = [threading.Thread(target=connection, args=(source,)) for source in sources]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total.seconds = time.perf_counter() - started
    return total


def _read(sock: socket.socket) -> tuple[int, int, bool]:
    """Status, size of the body, and whether the connection stays open."""
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = sock.recv(65536)
        if not chunk:
            return 0, 0, False
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    lower = head.lower()
    status = int(head.split(b" ", 2)[1])
    length = (
        int(lower.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]) if b"content-length:" in lower else 0
    )
    got = len(body)
    while got < length:
        chunk = sock.recv(min(65536, length - got))
        if not chunk:
            return status, got, False
        got += len(chunk)
    return status, length, b"connection: close" not in lower
