"""Slow phones hold a connection, never the site: bodies, headers, answers, and doing nothing at all."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlencode

import pytest

from mooc.lib.serving import webworker
from tests.dripping import Drippers, head
from tests.serving import ROOT, Site, free_port

MANY = 200
POST = head("/feedback/complaint/", 500)


@pytest.fixture(scope="module")
def running(site_template: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One web process for all of these."""
    site = Site(tmp_path_factory.mktemp("slow") / "data", site_template.server_url)
    site.create(template=site_template)
    site.start()
    page(site)
    yield site
    site.destroy()


def page(site: Site, path: str = "/", port: int = 0) -> float:
    """Seconds until a page is here whole."""
    begun = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port or site.port, timeout=20)
    connection.request("GET", path, headers={"Host": "localhost"})
    answer = connection.getresponse()
    assert (answer.status, b"</html>" in answer.read()) == (200, True)
    connection.close()
    return time.monotonic() - begun


@pytest.mark.parametrize(
    "opening",
    [
        POST,
        POST.replace(b"Content-Length: 500", b"Transfer-Encoding: chunked").replace(
            b"text=", b"1f4\r\ntext="
        ),
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
        b"",
    ],
    ids=["body", "chunked body", "headers", "nothing"],
)
def test_a_page_answers_while_two_hundred_connections_drip(running: Site, opening: bytes) -> None:
    with Drippers(running.port, MANY, opening, seconds=40) as drippers:
        time.sleep(1)  # all of them are in the middle of it
        times = sorted(page(running) for _n in range(8))
        still = MANY - len(drippers.closed)
    assert times[4] < 1, times
    assert times[-1] < 5, times  # the drippers go on for forty seconds
    assert still >= (MANY if opening else 0)


@pytest.mark.skipif(not shutil.which("caddy"), reason="no Caddy here: apt install caddy")
def test_the_same_through_the_proxy(running: Site, tmp_path: Path) -> None:
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "CADDY_ADMIN": f"127.0.0.1:{free_port()}",
        "MOOC_HOSTS": f"http://:{port}", "MOOC_WEB": f"127.0.0.1:{running.port}",
    }  # fmt: skip
    command = ["caddy", "run", "--config", "deploy/Caddyfile", "--adapter", "caddyfile"]
    with (tmp_path / "proxy.log").open("wb") as log:
        proxy = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log, stdout=log)
    try:
        for _try in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.1)
        with Drippers(port, MANY, POST, seconds=40) as drippers:
            time.sleep(1)
            times = sorted(page(running, port=port) for _n in range(8))
            assert len(drippers.closed) == 0
        assert times[4] < 1, times
        assert times[-1] < 5, times
    finally:
        proxy.terminate()
        proxy.wait(20)


def test_a_page_answers_while_many_do_not_read_their_answers(running: Site) -> None:
    """A picture or a file is on its way to a slow phone as long as it takes; no thread waits for it."""
    folder = running.data_dir / "media" / "m"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{'0' * 24}.mp4"
    (folder / name).write_bytes(b"\0" * 12_000_000)
    page(running)
    readers = []
    for _n in range(12):
        reader = socket.socket()
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.connect(("127.0.0.1", running.port))
        reader.sendall(f"GET /media/m/{name} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        readers.append(reader)
    try:
        time.sleep(0.5)
        assert sorted(page(running) for _n in range(4))[2] < 1
        slow = readers[0].makefile("rb")  # and who does read gets all of it
        assert b"200" in slow.readline()
        while slow.readline() != b"\r\n":
            pass
        assert len(slow.read(12_000_000)) == 12_000_000
    finally:
        for reader in readers:
            reader.close()


def test_a_slow_body_arrives_whole_in_the_end(running: Site) -> None:
    text = "慢" * 400
    body = urlencode({"text": text}).encode()
    opening = head("/feedback/complaint/", len(body)).replace(
        b"\r\n\r\n", b"\r\nSec-Fetch-Site: same-origin\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", running.port), timeout=20) as slow:
        slow.sendall(opening)
        for start in range(len(b"text="), len(body), 500):
            time.sleep(0.05)
            slow.sendall(body[start : start + 500])
        assert slow.recv(100).split(b" ")[1] in (b"200", b"302", b"303")
    assert running.rows("SELECT text FROM feedback_contentreport WHERE kind = 'complaint'") == [(text,)]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (head("/feedback/complaint/", webworker.BODY_BYTES + 1), b"413"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"a" * webworker.HEAD_BYTES, b"431"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5, 6\r\n\r\n", b"400"),
    ],
    ids=["body", "headers", "two lengths"],
)
def test_what_is_too_much_is_refused_before_it_has_come(running: Site, sent: bytes, status: bytes) -> None:
    with socket.create_connection(("127.0.0.1", running.port), timeout=20) as connection:
        connection.sendall(sent)
        assert connection.recv(100).split(b" ")[1] == status
    page(running)


class Fake:
    """A connection without a socket."""

    def __init__(self, address: str, began: float, *, headers: bool = True, body: int = 0) -> None:
        self.addr, self.requests, self.total_outbufs_len = (address, 1), [], 0
        self.request: Any = mock.Mock(began=began, headers_finished=headers, body_bytes_received=body)
        self.last_activity, self.is_closed = 1000.0, False

    served = webworker.Channel.served
    since = webworker.Channel.since
    waiting_bytes = webworker.Channel.waiting_bytes
    is_late = webworker.Channel.is_late

    def handle_close(self) -> None:
        self.is_closed = True


def test_a_request_has_its_time_and_no_more() -> None:
    assert not Fake("a", began=1000 - webworker.HEAD_SECONDS + 1, headers=False).is_late(1000, 15)
    assert Fake("a", began=1000 - webworker.HEAD_SECONDS - 1, headers=False).is_late(1000, 15)
    assert not Fake("a", began=1000 - webworker.BODY_SECONDS + 1).is_late(1000, 15)
    assert Fake("a", began=1000 - webworker.BODY_SECONDS - 1).is_late(1000, 15)
    silent = Fake("a", began=1000)
    assert silent.is_late(1000 + webworker.STALL_SECONDS + 1, 15)
    silent.requests = [object()]
    assert not silent.is_late(1000 + webworker.STALL_SECONDS + 1, 15)  # a thread is at work on it
    idle = Fake("a", began=0)
    idle.request = None
    assert (idle.is_late(1014, 15), idle.is_late(1016, 15)) == (False, True)


def test_when_there_are_too_many_the_oldest_of_the_greediest_address_goes() -> None:
    class_behind_one_address = [Fake("school", began=900 + n) for n in range(3)]
    greedy = [Fake("greedy", began=990 + n) for n in range(5)]
    greedy[0].requests = [object()]  # complete: a thread answers it
    assert webworker.Server.make_room(mock.Mock(), [*class_behind_one_address, *greedy])  # type: ignore[list-item]
    assert [c.is_closed for c in (*class_behind_one_address, *greedy)] == [False] * 4 + [True] + [False] * 3
    assert not webworker.Server.make_room(mock.Mock(), [greedy[0]])  # type: ignore[list-item]
