"""What an operator can see: metrics, readiness, and log lines that give nobody away."""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import re
import signal
import time
import urllib.request
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any
from weakref import ref

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from feedback.models import Question
from learners.people.guests import learner_of
from mooc.accounts.models import TextMessage
from mooc.accounts.services import send_code
from mooc.lib import registry
from mooc.lib.backup.writing import STAMP
from mooc.lib.serving import logs, readiness
from tests.conftest import PASSWORD
from tests.serving import Site

pytestmark = [pytest.mark.django_db]
PHONE = "13812345678"


def numbers(client: Client, **headers: str) -> dict[str, float]:
    """The plain gauges of ``/metrics``, and counters with their labels."""
    response = client.get("/metrics", headers=headers)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = [line for line in response.content.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


@pytest.fixture
def operator(people: dict[str, Any]) -> Client:
    client = Client()
    client.force_login(people["operator"])
    return client


def test_what_waits_is_counted(operator: Client, people: dict[str, Any]) -> None:
    before = numbers(operator)
    send_code(phone=PHONE)
    Question.objects.create(learner=learner_of(people["learner"]), text="怎么发货？")
    after = numbers(operator)
    grown = {name for name in after if after[name] == before.get(name, 0) + 1 and name.startswith("mooc_")}
    assert {"mooc_sms_waiting", "mooc_questions_waiting"} <= grown
    assert (
        after["mooc_sms_overdue"] == after["mooc_questions_overdue"] == after["mooc_questions_unclassed"] == 0
    )
    assert after["mooc_database_bytes"] > 100_000
    assert after["mooc_disk_free_bytes"] > 0


def test_what_is_late_is_counted(operator: Client, people: dict[str, Any]) -> None:
    send_code(phone=PHONE)
    Question.objects.create(learner=learner_of(people["learner"]), text="怎么发货？")
    earlier = timezone.now() - dt.timedelta(days=2)
    TextMessage.objects.update(created_at=earlier)
    Question.objects.update(created_at=earlier, due_at=earlier)
    found = numbers(operator)
    late = ("mooc_sms_overdue", "mooc_questions_overdue", "mooc_questions_unclassed")
    assert [found[name] for name in late] == [1, 1, 1]


def test_requests_are_counted_by_how_they_ended(operator: Client) -> None:
    def of(found: dict[str, float], part: str) -> float:
        return sum(value for name, value in found.items() if part in name)

    before = numbers(operator)
    Client().get("/healthz")
    Client().get("/nothing/")
    after = numbers(operator)
    assert of(after, 'status="4xx"') == of(before, 'status="4xx"') + 1
    assert of(after, 'status="2xx"') == of(before, 'status="2xx"') + 2  # the page, and the reading before
    assert of(after, 'le="+Inf"') == of(after, "mooc_request_seconds_count") == of(before, 'le="+Inf"') + 3
    assert of(after, "mooc_process_resident_bytes") > 10_000_000


def test_what_is_counted_has_the_names_it_always_had(operator: Client) -> None:
    """Dashboards and alarms of who watches name them."""
    text = operator.get("/metrics").content.decode()
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    assert {name for name, kind in kinds.items() if kind == "gauge"} == {
        "mooc_database_bytes", "mooc_disk_free_bytes", "mooc_last_backup_age_seconds", "mooc_tasks_queued",
        "mooc_tasks_queued_urgent", "mooc_process_resident_bytes", "mooc_sms_waiting", "mooc_sms_overdue",
        "mooc_sms_failed", "mooc_sms_today", "mooc_refused_by_address", "mooc_places_wrong",
        "mooc_questions_waiting", "mooc_questions_overdue", "mooc_questions_unclassed", "mooc_mails_waiting",
        "mooc_jobs_failed", "mooc_jobs_overdue", "mooc_last_evaluation_age_seconds",
    }  # fmt: skip
    assert kinds["mooc_requests_total"] == "counter"
    assert kinds["mooc_request_seconds"] == "histogram"
    helped = re.findall(r"^# HELP (\S+) \S.*\.$", text, re.MULTILINE)
    assert sorted(helped) == sorted(kinds)
    assert len(kinds) == 21
    bounds = re.findall(r'mooc_request_seconds_bucket{le="([^"]+)"}', text)
    assert bounds == [
        "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "5.0", "10.0", "+Inf",
    ]  # fmt: skip
    assert "_created" not in text


def asked(site: Site) -> tuple[float, str]:
    """Requests that ended well, as told by whichever web process is met; and which one that was."""
    request = urllib.request.Request(f"{site.url}/metrics", headers={"Authorization": "Bearer watcher"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        text = answer.read().decode()
    well = re.search(r'^mooc_requests_total{status="2xx"} (\S+)$', text, re.MULTILINE)
    pid = re.search(r'^mooc_process_resident_bytes{pid="(\d+)"}', text, re.MULTILINE)
    assert well
    assert pid
    return float(well[1]), pid[1]


def met_both(site: Site, besides: str = "") -> list[tuple[float, str]]:
    """Ask until two processes other than ``besides`` have answered."""
    told = []
    end = time.monotonic() + 60
    while len({pid for _, pid in told} - {besides}) < 2:
        assert time.monotonic() < end, told
        told.append(asked(site))
    return told


def test_whichever_of_several_web_processes_is_asked_tells_of_all(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "counts"
    folder.mkdir()
    site.env |= {"WEB_CONCURRENCY": "2", "MOOC_METRICS_TOKEN": "watcher", "TMPDIR": str(folder)}
    site.start()
    told = met_both(site)
    first = told[0][0]
    assert [count for count, _ in told] == [first + n for n in range(len(told))]
    gone = told[-1][1]
    os.kill(int(gone), signal.SIGKILL)
    again = met_both(site, besides=gone)
    assert again[0][0] == told[-1][0] + 1  # what the dead one had counted stays
    assert [count for count, _ in again] == [again[0][0] + n for n in range(len(again))]
    site.stop()
    assert list(folder.iterdir()) == []


def test_the_age_of_the_last_backup_is_told(operator: Client, settings: Any) -> None:
    stamp = Path(settings.DATA_DIR) / STAMP
    stamp.unlink(missing_ok=True)
    assert str(numbers(operator)["mooc_last_backup_age_seconds"]) == "nan"
    stamp.write_text("{}")
    assert 0 <= numbers(operator)["mooc_last_backup_age_seconds"] < 60


def test_a_broken_gauge_hides_no_other(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> float:
        raise OSError("13812345678")

    monkeypatch.setitem(registry.gauge.providers, "mooc_broken", broken)
    found = numbers(operator)
    assert str(found["mooc_broken"]) == "nan"
    assert found["mooc_sms_waiting"] == 0


def test_the_token_opens_metrics_and_nothing_else(settings: Any) -> None:
    settings.METRICS_TOKEN = "a long token"
    assert numbers(Client(), Authorization="Bearer a long token")["mooc_sms_waiting"] == 0
    for wrong in ("Bearer a long tokem", "Bearer ", "Basic a long token", "a long token"):
        response = Client().get("/metrics", headers={"Authorization": wrong})
        assert response.status_code == 302
        assert b"mooc_" not in response.content
    assert Client().get("/admin/", headers={"Authorization": "Bearer a long token"}).status_code == 302


def test_no_token_is_set_and_an_empty_one_opens_nothing() -> None:
    assert Client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 302


def test_ready_says_which_part_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Client().get("/readyz").json() == {
        "ready": True, "checks": dict.fromkeys(["database", "cache", "broker", "disk", "migrations"], "ok"),
    }  # fmt: skip
    monkeypatch.setattr(readiness, "_migrated", [])
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'feedback' AND name LIKE '0003%'")
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["migrations"] == "waiting: run migrate"


# --- log lines ------------------------------------------------------------------------------------------


@pytest.fixture(params=["line", "json"])
def written(request: pytest.FixtureRequest) -> Iterator[StringIO]:
    """What the root logger writes, in either form."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.FORMATS[request.param]())
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


SECRETS = [
    PHONE, "138 1234 5678", "138-1234-5678", "+8613812345678", "１３８１２３４５６７８", "wang@example.org",
    "a.b+c@mail.test.cn", "11010519491231002X", "110105194912310021", "6222021234567890123",
]  # fmt: skip


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "around", ["{}", "电话{}。", "phone={}", "Key (phone)=({}) already exists", "tel:{},"]
)
def test_numbers_and_addresses_are_hidden(secret: str, around: str) -> None:
    hidden = logs.hide(around.format(secret))
    assert secret not in hidden
    assert len(re.findall(r"\d", hidden)) < 5
    assert logs.hide(hidden) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-25 10:44:46,021 WARNING",
        "user=12 path=/questions/123456/",
        "127.0.0.1:8000",
        "Why? no=1",
        "took 0.123456789012 s",
    ],
)
def test_what_is_nobodys_stays(text: str) -> None:
    assert logs.hide(text) == text


def test_what_follows_an_address_is_hidden() -> None:
    assert logs.hide("GET /search/?q=%E7%94%B5&x=1 HTTP") == "GET /search/?*** HTTP"


def test_signing_in_by_phone_leaves_no_number(written: StringIO, people: dict[str, Any]) -> None:
    client = Client(raise_request_exception=False)
    client.post(
        f"/accounts/code/send/?phone={PHONE}", {"phone": PHONE}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    client.post("/accounts/code/", {"code": "000000"})
    client.post("/accounts/login/", {"login": PHONE, "password": "wrong"})
    client.post("/accounts/login/", {"login": "wang@example.org", "password": "wrong"})
    client.get(f"/nothing/{PHONE}/?phone={PHONE}")
    client.post("/accounts/login/", {"login": "learner", "password": PASSWORD})
    logging.getLogger("mooc").info("end")
    said = written.getvalue()
    assert "end" in said
    assert "/accounts/login/" in said
    for secret in (PHONE, "wang@example.org", "phone=", PASSWORD, "000000"):
        assert secret not in said


def test_an_exception_with_a_number_in_it(
    written: StringIO, people: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise ValueError(f"no such person: {PHONE}, wang@example.org, 11010519491231002X")

    monkeypatch.setattr("courses.catalogue.pages.home_context", fail)
    client = Client(raise_request_exception=False)
    client.force_login(people["learner"])
    assert client.get("/").status_code == 500
    said = written.getvalue()
    assert "ValueError: no such person: ***, ***, ***" in said
    assert PHONE not in said


def test_a_json_line_says_who_and_where(people: dict[str, Any]) -> None:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonFormatter())
    logging.getLogger("mooc.access").addHandler(handler)
    client = Client()
    client.force_login(people["learner"])
    try:
        client.get("/metrics?token=x", headers={"X-Request-ID": "from-the-proxy-1"})
        logging.getLogger("mooc.access").warning("outside of a request")
    finally:
        logging.getLogger("mooc.access").removeHandler(handler)
    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert first.pop("time").endswith("+00:00")
    assert first == {
        "level": "WARNING", "logger": "mooc.access", "request": "from-the-proxy-1", "user": people["learner"].pk,
        "path": "/metrics", "message": f"refused user={people['learner'].pk} path=/metrics",
    }  # fmt: skip
    assert second["message"] == "outside of a request"


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "<script>"])
def test_a_strange_request_id_is_not_taken_over(given: str, rf: Any) -> None:
    request = rf.get("/", headers={"X-Request-ID": given})
    logs.current.set(ref(request))
    assert re.fullmatch(r"[0-9a-f]{12}", logs.about_request()["request"])
    del request
    assert logs.about_request() == {}
