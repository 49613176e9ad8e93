"""Redis is gone for a while: pages answer, what people do is stored, jobs wait, nothing is lost."""

from __future__ import annotations

import http.server
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.phones import Phone
from tests.serving import Redis, Site, free_port

pytestmark = [pytest.mark.postgres, pytest.mark.redis]
PASSWORD = "rural-2026"
LESSON = "/lessons/borrow-the-window/"
PATIENCE = 10.0  # a wait on Redis would be longer; a busy machine is not meant: seconds a page may take while Redis is away
MAKE = """
from mooc.accounts.models import User
for name in ("wang", "li"):
    User.objects.create_user(name, password="rural-2026", display_name=name.title())
"""
STATE = """
import json
from django.contrib.sessions.models import Session
from feedback.models import Question
from mooc.accounts.models import TextMessage
print(json.dumps({
    "classed": [q.theme_source for q in Question.objects.order_by("pk")],
    "messages": [m.state for m in TextMessage.objects.order_by("pk")],
}))
"""
LATER = """
import datetime as dt
from django.db.models import F
from feedback.models import Question
from mooc.accounts.models import TextMessage
earlier = F("created_at") - dt.timedelta(minutes=2)
Question.objects.update(created_at=earlier)
from feedback.tasks import sweep
from mooc.jobs.tasks import sweep as sweep_rows
sweep.delay()
sweep_rows.apply_async(("urgent",), queue="urgent")
"""


class Gateway:
    """Takes text messages, as a carrier's gateway does."""

    def __init__(self) -> None:
        self.taken: list[dict[str, str]] = []
        taken = self.taken

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", free_port()), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/"


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    made = Gateway()
    yield made
    made.server.shutdown()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    made = Redis(tmp_path / "redis")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def server(site: Site, redis: Redis, gateway: Gateway) -> Site:
    """Two web processes and a worker in the server profile."""
    site.as_server(
        redis.url, WEB_CONCURRENCY="2", MOOC_SMS_GATEWAY_URL=gateway.url, MOOC_SMS_GATEWAY_TOKEN="x",
    )  # fmt: skip
    site.manage("shell", "-v0", "-c", MAKE)
    site.start()
    site.start_worker()
    return site


def in_time(phone: Phone, path: str, form: dict[str, str] | None = None) -> tuple[int, dict[str, str], str]:
    """One request, which does not take long."""
    begun = time.monotonic()
    answer = phone.send(path, form) if form is not None else phone.ask(path)
    assert time.monotonic() - begun < PATIENCE, path
    return answer


def state(site: Site) -> dict[str, list[str]]:
    return dict(json.loads(site.manage("shell", "-v0", "-c", STATE)))


def wait_for_work(site: Site, messages: list[str]) -> None:
    """Until every question has a theme or waits for a person, and the messages are as said."""
    end = time.monotonic() + 60
    while "" in (found := state(site))["classed"] or found["messages"] != messages:
        assert time.monotonic() < end, found
        time.sleep(1)


def ask_question(phone: Phone, text: str) -> int:
    """Through the page, past what it offers."""
    return in_time(phone, "/questions/ask/", {"text": text, "none": "1"})[0]


def test_a_minute_without_redis(server: Site, redis: Redis, gateway: Gateway) -> None:
    guest, wang, li, other_li = (Phone(server) for _n in range(4))
    assert [
        phone.sign_in(name, PASSWORD) for phone, name in ((wang, "wang"), (li, "li"), (other_li, "li"))
    ] == [302] * 3
    assert [phone.ask("/me/file.json")[0] for phone in (wang, li, other_li)] == [200] * 3

    redis.stop()
    for path in ("/", LESSON, "/modules/", "/search/?" + urlencode({"q": "窗户"}), "/accounts/login/"):
        assert in_time(guest, path)[0] == 200
    assert in_time(wang, LESSON)[0] == 200
    assert in_time(wang, "/me/file.json")[0] == 200  # still signed in
    begun = time.monotonic()
    guest.answer_one()
    wang.answer_one()
    assert time.monotonic() - begun < 4 * PATIENCE
    assert ask_question(wang, "直播间没有人怎么办？") == 302
    assert ask_question(guest, "快递怎么发最便宜？") == 302
    newcomer = Phone(server)
    newcomer.ask("/accounts/login/")
    assert in_time(newcomer, "/accounts/code/send/", {"phone": "13911112222"})[0] == 302
    assert Phone(server).sign_in("wang", PASSWORD) == 302  # one can sign in
    session = dict(li.cookies)
    assert in_time(li, "/accounts/logout/", {})[0] == 200  # and out
    li.cookies = dict(session)  # somebody kept the cookie
    assert in_time(li, "/me/file.json")[0] == 404
    assert in_time(guest, "/api/v1/modules/")[0] == 200  # throttles count
    assert guest.ask("/healthz")[0] == 200
    status, _headers, said = guest.ask("/readyz")
    assert status == 503
    assert json.loads(said)["checks"]["database"] == "ok"
    assert json.loads(said)["checks"]["cache"] != "ok"
    assert state(server) == {"classed": ["", ""], "messages": ["queued"]}

    redis.start()
    time.sleep(4)  # the web processes look again after three seconds
    li.cookies = dict(session)
    assert [phone.ask("/me/file.json")[0] for phone in (wang, li, other_li)] == [200, 404, 200]
    assert len(guest.answers()) == len(guest.acknowledged) == 1
    server.manage("shell", "-v0", "-c", LATER)  # the sweepers, as the scheduler sends them each minute
    wait_for_work(server, ["done"])
    assert [message["phone"] for message in gateway.taken] == ["13911112222"]
    assert guest.ask("/readyz")[0] == 200
    server.manage("rebuild_progress", "--check")


def test_wrong_passwords_are_still_counted_without_redis(server: Site, redis: Redis) -> None:
    """Each process counts alone: with two processes a limit of ten is twenty, not endless."""
    server.kill("web")
    server.env["WEB_CONCURRENCY"] = "1"
    server.start()
    redis.stop()
    stranger = Phone(server)
    assert [stranger.sign_in("wang", f"wrong-{n}") for n in range(10)] == [400] * 10
    assert Phone(server).sign_in("wang", PASSWORD) == 400


def test_a_worker_waits_for_redis_and_goes_on(server: Site, redis: Redis) -> None:
    """What was queued before is done after, by the worker that was there all along."""
    server.kill("worker")
    asker = Phone(server)
    assert ask_question(asker, "怎么打包鸡蛋？") == 302
    redis.stop()
    server.start_worker()
    time.sleep(3)
    redis.start()
    wait_for_work(server, [])
    assert server.processes["worker"].poll() is None
