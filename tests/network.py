"""A network between a browser and a site that can be taken away: the only truthful one for a worker's requests."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Error

PORTAL = b"<!doctype html><title>Wi-Fi</title><p>Please accept our terms."
STATES = ("up", "down", "hole", "portal", "stopped", "slow")


class Network:
    """Carries connections to a site.

    ``up``; ``down``: every connection breaks; ``hole``: taken, and never answered; ``portal``: a page of
    somebody else's to every request; ``stopped``: the proxy in front of the site says 502; ``slow``:
    every answer waits for ``seconds``.
    """

    def __init__(self, site: str) -> None:
        self.target = ("127.0.0.1", urlsplit(site).port or 80)
        self.state, self.seconds = "up", 3.0
        self.without = ""  # requests for this path break, the others are carried
        self.asked: list[str] = []  # first lines of the requests that came
        self._open: set[socket.socket] = set()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def turn(self, state: str) -> None:
        """Change the network; what is under way breaks, unless it only becomes slow."""
        assert state in STATES
        self.state = state
        if state != "slow":
            for one in list(self._open):
                self._break(one)

    def close(self) -> None:
        """End it."""
        self.turn("down")
        self._door.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _address = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _break(self, one: socket.socket) -> None:
        self._open.discard(one)
        with contextlib.suppress(OSError):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            one.shutdown(socket.SHUT_RDWR)
        one.close()

    def _carry(self, client: socket.socket) -> None:
        self._open.add(client)
        if self.state == "down":
            self._break(client)
        elif self.state in ("portal", "stopped"):
            self._say(client, self.state)
        elif self.state != "hole":
            self._connect(client)

    def _say(self, client: socket.socket, state: str) -> None:
        line = b"200 OK" if state == "portal" else b"502 Bad Gateway"
        head = b"HTTP/1.1 %s\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
        with contextlib.suppress(OSError):
            self._note(client.recv(65536))
            client.sendall(head % (line, len(PORTAL)) + PORTAL)
            client.shutdown(socket.SHUT_WR)

    def _connect(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self.target, timeout=10)
        except OSError:
            self._break(client)
            return
        server.settimeout(None)
        self._open.add(server)
        answers = threading.Thread(target=self._pump, args=(server, client, True), daemon=True)
        answers.start()
        self._pump(client, server, False)
        answers.join(60)
        for one in (client, server):
            self._open.discard(one)
            one.close()

    def _pump(self, source: socket.socket, sink: socket.socket, answering: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if not answering:
                    self._note(data)
                    if self.without and self.without in data.split(b"\r\n", 1)[0].decode("latin-1"):
                        self._break(source)
                        break
                elif self.state == "slow":
                    time.sleep(self.seconds)
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)  # the other way may still carry something

    def _note(self, data: bytes) -> None:
        first = data.split(b"\r\n", 1)[0]
        if first.endswith(b"HTTP/1.1"):
            self.asked.append(first.decode().rsplit(" ", 1)[0])


STORE = """(name) => new Promise((yes) => {
  const asked = indexedDB.open('mooc', 1);
  asked.onupgradeneeded = () => asked.transaction.abort();
  asked.onerror = () => yes([]);
  asked.onsuccess = () => {
    const all = asked.result.transaction(name).objectStore(name).getAll();
    all.onsuccess = () => { asked.result.close(); yes(all.result); };
  };
})"""
CACHED = """async (name) => {
  const cache = await caches.open(name), texts = {};
  for (const one of await cache.keys()) texts[one.url] = await (await cache.match(one, {ignoreVary: true})).text();
  return texts;
}"""


def stored(page: Any, name: str = "acts") -> list[dict[str, Any]]:
    """What lies in a store of this phone; ``acts`` is what waits."""
    rows: list[dict[str, Any]] = page.evaluate(STORE, name)
    return rows


def until(page: Any, found: Any, seconds: float = 40) -> None:
    """Wait until ``found()`` holds. The page's policy forbids ``wait_for_function``."""
    end = time.monotonic() + seconds
    while not _holds(found):
        assert time.monotonic() < end, stored(page)
        page.wait_for_timeout(100)


def _holds(found: Any) -> bool:
    """A page that is just being left answers later."""
    try:
        return bool(found())
    except Error as error:
        if "context was destroyed" not in str(error):
            raise
        return False


def until_sent(page: Any) -> None:
    """Wait until nothing waits on this phone."""
    until(page, lambda: not stored(page))


def with_worker(page: Any, url: str, *paths: str) -> None:
    """Open pages until the worker is there and has kept the last of them."""
    for path in paths:
        page.goto(f"{url}{path}")
    until(page, lambda: page.evaluate("() => !!navigator.serviceWorker.controller"))
    until(page, lambda: any(paths[-1] in key for key in page.evaluate(CACHED, "kept")))
