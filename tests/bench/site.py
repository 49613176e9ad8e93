"""An installation of its own for measuring: database, content, people, and its web process."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.bench import load

ROOT = Path(__file__).resolve().parent.parent.parent
TOKEN = "b" * 32  # a forgery token of our own making: cookie and form agree
CONNECTIONS = 4
CONTENT = os.environ.get("BENCH_CONTENT", "courses/content")


@dataclass(slots=True)
class Page:
    """One thing to measure."""

    name: str
    sources: list[Callable[[], Iterator[bytes]]]
    status: int = 200


def forever(data: bytes) -> Callable[[], Iterator[bytes]]:
    """The same request again and again."""
    return lambda: itertools.repeat(data)


@dataclass(slots=True)
class BenchSite:
    """Prepares, serves and forgets one installation."""

    name: str
    data: Path
    servers: dict[str, str]
    queries: dict[str, int] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    learners: int = 0
    port: int = 0
    cold_port: int = 0
    bare_port: int = 0

    @property
    def env(self) -> dict[str, str]:
        """The environment of its processes."""
        env = {k: v for k, v in os.environ.items() if not k.startswith("MOOC_") and k != "DATABASE_URL"}
        env |= {
            "MOOC_DATA_DIR": str(self.data),
            "DJANGO_SETTINGS_MODULE": "mooc.settings",
            "MOOC_LOG_LEVEL": "ERROR",
        }
        if self.servers:
            env |= {
                "MOOC_PROFILE": "server", "MOOC_SECRET_KEY": "bench-" + "x" * 50, "MOOC_HOSTS": "localhost,127.0.0.1",
                "MOOC_TRUSTED_PROXIES": "0", "MOOC_HTTPS": "0", "MOOC_STAFF_MFA": "0",
                "DATABASE_URL": self._database("mooc_bench"), "REDIS_URL": self.servers["redis"],
            }  # fmt: skip
        return env

    def _database(self, name: str) -> str:
        return urlsplit(self.servers["database"])._replace(path=f"/{name}").geturl()

    def _sql(self, statement: str) -> None:
        import psycopg2

        with contextlib.closing(psycopg2.connect(self._database("postgres"))) as connection:
            connection.autocommit = True
            connection.cursor().execute(statement)

    def manage(self, *args: str) -> str:
        """Run a management command; returns what it printed."""
        command = [sys.executable, "manage.py", *args]
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{' '.join(args)}: {done.stderr[-2000:]}")
        return done.stdout

    def prepare(self, *, learners: int) -> None:
        """Database, content, people and sessions."""
        self.learners = learners
        self.data.mkdir(parents=True, exist_ok=True)
        if self.servers:
            self._sql("DROP DATABASE IF EXISTS mooc_bench")
            self._sql("CREATE DATABASE mooc_bench")
        self.manage("migrate", "-v0")
        self.manage("collectstatic", "--noinput", "-v0")
        self.manage("load_content", CONTENT)
        self.manage("import_regions", "mooc/accounts/regions/jiangxi.csv")
        self.manage("scale_data", "--learners", str(learners))
        self.manage("evaluate", "--all")

    def look(self) -> None:
        """Ids, sessions and query counts of what is there now."""
        self.facts = json.loads(
            self.manage("shell", "-v0", "-c", "from tests.bench.inside import facts; facts()")
        )
        self.queries = self.facts["queries"]

    @contextlib.contextmanager
    def serving(self) -> Iterator[None]:
        """The site and the bare view, each one process on core 0. The yardstick stays what it was: gunicorn's
        own threads, so that ratios can be compared with those measured before the site had a worker of its own.
        """
        self.port, self.cold_port, self.bare_port = _free_ports(3)
        processes = [
            self._serve("mooc.wsgi", self.port),
            self._serve("mooc.wsgi", self.cold_port, MOOC_PAGE_CACHE_BYTES="0"),
            self._serve("tests.bench.bare:application", self.bare_port, "--worker-class", "gthread"),
        ]
        try:
            for port, path in ((self.port, "/healthz"), (self.cold_port, "/healthz"), (self.bare_port, "/")):
                _wait(f"http://127.0.0.1:{port}{path}")
            yield
        finally:
            for process in processes:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(15)

    def _serve(self, target: str, port: int, *options: str, **extra: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "gunicorn", target, "--config", "deploy/gunicorn.conf.py", "--bind",
                   f"127.0.0.1:{port}", *options]  # fmt: skip
        pin: Callable[[], None] | None = None
        if hasattr(os, "sched_setaffinity"):
            pin = lambda: os.sched_setaffinity(0, {0})  # noqa: E731  # runs in the child
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.env | extra,
            start_new_session=True,
            preexec_fn=pin,  # noqa: PLW1509  # before any thread of ours runs
        )

    def hit(self, page: Page, seconds: float) -> load.Sample:
        """One round of a page."""
        port = self.cold_port if page.name.endswith(" cold") else self.port
        return load.run(port, page.sources, seconds, page.status)

    def hit_bare(self, seconds: float) -> load.Sample:
        """One round of the bare view."""
        return load.run(self.bare_port, [forever(load.request("/"))] * CONNECTIONS, seconds, 200)

    def pages(self) -> list[Page]:
        """What is measured, in the names of the contract."""
        facts = self.facts
        guest = {"guest home": "/", "guest catalogue": "/modules/", "guest module": f"/modules/{facts['module']}/",
                 "guest lesson": f"/lessons/{facts['lesson']}/"}  # fmt: skip
        rows = [Page(name, [forever(load.request(path))] * CONNECTIONS) for name, path in guest.items()]
        rows.append(Page("guest lesson cold", [self._cold(n) for n in range(CONNECTIONS)]))
        sessions = [{"sessionid": key, "csrftoken": TOKEN} for key in facts["sessions"]]
        signed_in = [forever(load.request(f"/lessons/{facts['lesson']}/", cookies)) for cookies in sessions]
        rows.append(Page("signed-in lesson", signed_in))
        offices = [{"sessionid": key, "csrftoken": TOKEN} for key in facts["office"]]
        rows.append(
            Page("dashboard", [forever(load.request("/supervision/", cookies)) for cookies in offices])
        )
        rows.append(Page("quiz answer stored", [self._answers(cookies) for cookies in sessions], 302))
        return rows

    def _cold(self, number: int) -> Callable[[], Iterator[bytes]]:
        """Every lesson in turn, from the process that keeps no pages."""
        paths = [f"/lessons/{slug}/" for slug in self.facts["lessons"]]
        return lambda: (load.request(paths[(count + number) % len(paths)]) for count in itertools.count())

    def _answers(self, cookies: dict[str, str]) -> Callable[[], Iterator[bytes]]:
        """Right answers to quiz after quiz, each in a new try. A round goes on where the last one ended."""
        quiz, answers = self.facts["quiz"], self.facts["answers"]

        def source() -> Iterator[bytes]:
            while True:
                attempt = uuid.uuid4()
                for code in draw(answers, self.facts["length"], attempt):
                    body = f"csrfmiddlewaretoken={TOKEN}&attempt={attempt}&item={code}"
                    body += "".join(f"&choice={pk}" for pk in answers[code])
                    yield load.request(f"/quizzes/{quiz}/answer/", cookies, body)

        going_on = source()
        return lambda: going_on

    def destroy(self) -> None:
        """Drop its database."""
        if self.servers:
            self._sql("DROP DATABASE IF EXISTS mooc_bench")


def draw(answers: dict[str, list[int]], length: int, attempt: uuid.UUID) -> list[str]:
    """The items of a try, as the site draws them."""
    from assessments.scoring import draw as draw_items

    return draw_items(list(answers), length, attempt)


def _free_ports(count: int) -> list[int]:
    """Free ports, held together so that none is given twice."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _n in range(count)]
        for sock in sockets:
            sock.bind(("127.0.0.1", 0))
        return [int(sock.getsockname()[1]) for sock in sockets]


def _wait(url: str) -> None:
    for _try in range(200):
        try:
            urllib.request.urlopen(url, timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{url} does not answer")
