"""Small rules that a change could turn round without any other test noticing. Each has been tried so."""

from __future__ import annotations

import datetime as dt
import json
import logging
from typing import Any

import pytest
from django.db import transaction
from django.dispatch import Signal
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from assessments.evaluation.data import JobKind
from mooc.accounts import services
from mooc.accounts.management.commands.run import close_published_password, plan
from mooc.accounts.sign_in import limits
from mooc.jobs import services as jobs
from mooc.jobs.models import Job
from mooc.lib import events
from mooc.lib.jobrow import JobState, Stopped
from mooc.lib.serving import logs
from mooc.lib.serving.watching import WatchMiddleware


@pytest.mark.django_db
def test_of_two_living_workers_only_the_one_of_the_latest_turn_writes() -> None:
    """The first was thought dead and is not; the second is still at work."""
    job = jobs.ask_for(kind=JobKind.EVALUATE, key="tree", as_of=timezone.now(), by=None)[0]
    pulses: list[jobs.Pulse] = []

    def first(job: Job, pulse: jobs.Pulse) -> None:
        pulses.append(pulse)
        Job.objects.filter(pk=job.pk).update(seen_at=timezone.now() - dt.timedelta(minutes=10))
        jobs.run(job.pk, second)

    def second(job: Job, pulse: jobs.Pulse) -> None:
        pulse(1, 4)
        with pytest.raises(Stopped):
            pulses[0](3, 4)
        assert not pulses[0].end(JobState.FAILED, "from the first")
        row = Job.objects.get(pk=job.pk)
        assert (row.state, row.percent, row.tries, row.error) == (JobState.RUNNING, 25, 2, "")
        assert pulse.end(JobState.DONE)

    jobs.run(job.pk, first)
    job.refresh_from_db()
    assert (job.state, job.tries, job.error) == (JobState.DONE, 2, "")


@pytest.mark.parametrize(
    ("proxies", "found"), [(0, "9.9.9.9"), (1, "3.3.3.3"), (2, "2.2.2.2"), (3, "1.1.1.1"), (4, "9.9.9.9")]
)
def test_behind_n_proxies_the_visitor_is_the_nth_hop_from_the_right(
    settings: Any, proxies: int, found: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get(
        "/", headers={"X-Forwarded-For": "1.1.1.1, 2.2.2.2 ,3.3.3.3"}, REMOTE_ADDR="9.9.9.9"
    )
    assert limits.address(request) == found


@pytest.mark.django_db(transaction=True)
def test_a_fact_is_told_after_commit_and_never_of_what_was_rolled_back() -> None:
    signal, heard = Signal(), []

    def hear(fact: str, **_kwargs: Any) -> None:
        heard.append((fact, transaction.get_connection().in_atomic_block))

    signal.connect(hear)
    with transaction.atomic():
        events.emit(signal, "kept")
        assert heard == []
    assert heard == [("kept", False)]
    with transaction.atomic():
        events.emit(signal, "lost")
        transaction.set_rollback(True)
    assert heard == [("kept", False)]


# --- log lines -----------------------------------------------------------------------------------------


def line(form: str, message: str, *args: object) -> str:
    record = logging.LogRecord("mooc", logging.WARNING, "x", 1, message, args, None)
    return logs.FORMATS[form]().format(record)


FORGED = [
    "\n",
    "\r",
    "\r\n",
    "\x1b[2K\x1b[31m",
    "\u2028",
    "\u2029",
    "\x85",
    "\x0b",
    "\x0c",
    "\x00",
    "\u202e",
    "\ud800",
]


@pytest.mark.parametrize("sign", FORGED)
@pytest.mark.parametrize("form", ["line", "json"])
def test_nobody_can_write_a_line_of_the_log(form: str, sign: str) -> None:
    said = line(form, "refused %s", f"/a{sign}2026-11-30 00:00:00,000 INFO mooc all is well")
    assert len(said.splitlines()) == 1
    assert not logs._BREAKS.search(said)
    said.encode()
    if form == "json":
        assert "all is well" in json.loads(said)["message"]


def test_an_error_with_lines_of_its_own_stays_indented() -> None:
    try:
        raise ValueError("bad\n2026-11-30 00:00:00,000 INFO mooc all is well")
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("mooc", logging.ERROR, "x", 1, "failed", (), info)
    _first, *rest = logs.LineFormatter().format(record).split("\n")
    assert rest
    assert all(text.startswith("    ") for text in rest)


def test_what_a_thread_writes_after_a_request_is_not_of_its_visitor() -> None:
    inside: list[dict[str, Any]] = []

    def view(request: Any) -> HttpResponse:
        inside.append(logs.about_request())
        return HttpResponse("ok")

    request = RequestFactory().get("/lessons/one/")
    WatchMiddleware(view)(request)
    assert inside[0]["path"] == "/lessons/one/"
    assert logs.about_request() == {}  # though the request still lives

    def fails(request: Any) -> HttpResponse:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        WatchMiddleware(fails)(request)
    assert logs.about_request() == {}


# --- passwords -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_where_others_reach_the_site_nobody_has_the_published_password(make_user: Any, capsys: Any) -> None:
    import io

    user, own = make_user("trainer", password="rural-2026"), make_user("somebody", password="rural-2026")
    out = io.StringIO()
    close_published_password("127.0.0.1", out)
    user.refresh_from_db()
    assert user.check_password("rural-2026")
    close_published_password("0.0.0.0", out)  # noqa: S104  # what is tested
    user.refresh_from_db()
    own.refresh_from_db()
    assert not user.check_password("rural-2026")
    assert user.check_password(out.getvalue().split("trainer\t")[1].split("\n")[0])
    assert own.check_password("rural-2026")  # not one of the demonstration
    assert "rural-2026" not in plan("0.0.0.0", 8000)["greeting"]  # noqa: S104  # as above
    assert "rural-2026" in plan("127.0.0.1", 8000)["greeting"]


@pytest.mark.django_db
def test_lockouts_count_by_account_whatever_the_spelling(make_user: Any) -> None:
    user = make_user("Wang Guixiang", phone="13800000001")
    spelt = ["Wang Guixiang", "wang guixiang", "WANG GUIXIANG", "Ｗａｎｇ Ｇｕｉｘｉａｎｇ"]
    keys = {services.lockout_key(name=name, number=None) for name in spelt}
    keys.add(services.lockout_key(name="13800000001", number="13800000001"))
    assert keys == {f"#{user.pk}"}
    assert services.lockout_key(name="nobody", number=None) == services.lockout_key(
        name="ＮＯＢＯＤＹ", number=None
    )
