"""The worker dies in the middle of a report: it is made after the restart, once."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.conftest import ON_POSTGRES, TEST_REDIS_URL, WORKER, redis_number
from tests.serving import Site

ASK = """
from assessments.evaluation.reports import making
from mooc.jobs import tasks as job_tasks
from assessments.evaluation.data import Scope
from mooc.accounts.models import Region
region = Region.objects.create(code="36", level=1, name_zh="江西省", name_en="Jiangxi")
for number in range(8):
    report, new = making.ask_for_report(
        scope=Scope("region", "36"), region=region, language="zh-hans", by=None, month=f"2026-0{number + 1}")
    job_tasks.run_job.delay(report.job_id)
"""
WEEKS_LATER = """
import datetime as dt
from django.utils import timezone
from mooc.jobs import tasks as job_tasks
from mooc.jobs.models import Job
Job.objects.filter(state="running").update(seen_at=timezone.now() - dt.timedelta(minutes=4))
job_tasks.sweep.delay("heavy")
"""


def rows_of(site: Site, statement: str) -> list[tuple[Any, ...]]:
    """Look into the installation's own database from outside."""
    if site.server_url:
        import psycopg2

        connection: Any = psycopg2.connect(urlsplit(site.server_url)._replace(path=f"/{site.name}").geturl())
    else:
        connection = sqlite3.connect(Path(site.data_dir) / "mooc.sqlite3", timeout=20)
    try:
        cursor = connection.cursor()
        cursor.execute(statement)
        return list(cursor.fetchall())
    finally:
        connection.close()


def until(found: Callable[[], bool], seconds: int = 60) -> None:
    """Wait for it."""
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.005)


def states(site: Site) -> list[str]:
    return [state for (state,) in rows_of(site, "SELECT state FROM jobs_job ORDER BY id")]


def test_a_worker_killed_in_a_report_finishes_it_after_restart_once(site: Site) -> None:
    if ON_POSTGRES and TEST_REDIS_URL:
        site.env["REDIS_URL"] = redis_number(TEST_REDIS_URL, WORKER)
    site.start_worker()
    site.manage("shell", "-v", "0", "-c", ASK)
    until(lambda: "running" in states(site))
    site.kill("worker")
    left = states(site)
    assert "running" in left, "the worker was not killed in the middle of one"
    running = left.index("running")
    assert rows_of(site, "SELECT count(*) FROM evaluation_reportfile")[0][0] == 3 * left.count("done")
    site.manage("shell", "-v", "0", "-c", WEEKS_LATER)
    site.start_worker()
    until(lambda: set(states(site)) == {"done"})
    time.sleep(0.5)  # whatever would come a second time
    files = rows_of(site, "SELECT report_id, format FROM evaluation_reportfile ORDER BY 1, 2")
    assert len(files) == len(set(files)) == 24
    tries = [tries for (tries,) in rows_of(site, "SELECT tries FROM jobs_job ORDER BY id")]
    assert tries[running] == 2
    assert tries.count(1) == 7
