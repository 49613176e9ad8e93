"""Codes and notices never wait behind heavy work: a queue and a process of their own, in both sizes."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from pathlib import Path
from typing import Any

import yaml
from celery import current_app
from django.conf import settings

from mooc.accounts.management.commands.run import plan
from mooc.lib import jobrow
from tests.conftest import ON_POSTGRES, TEST_REDIS_URL, WORKER, redis_number
from tests.jobs.test_jobs import MANY_CLASSES
from tests.phones import Phone
from tests.serving import Site

URGENT = {"mooc.accounts.tasks.send_text"}


def tasks() -> set[str]:
    current_app.loader.import_default_modules()
    return {name for name in current_app.tasks if not name.startswith("celery.")}


def queue_of(name: str) -> str:
    return str(current_app.amqp.router.route({}, name)["queue"].name)


def test_what_somebody_waits_for_is_urgent_and_all_else_is_not() -> None:
    assert tasks() >= URGENT
    assert {name for name in tasks() if queue_of(name) == "urgent"} == URGENT
    assert {queue_of(name) for name in tasks() - URGENT} == {"heavy"}


def test_each_queue_is_swept_in_its_own_and_codes_and_notices_are_urgent() -> None:
    entries = [
        entry for entry in settings.CELERY_BEAT_SCHEDULE.values() if entry["task"] == "mooc.jobs.tasks.sweep"
    ]
    swept = {entry["args"]: entry["options"]["queue"] for entry in entries}
    assert swept == {("urgent",): "urgent", ("heavy",): "heavy"}
    assert {kind.model._meta.label: kind.queue for _name, kind in jobrow.swept} == {
        "accounts.TextMessage": "urgent", "feedback.Notice": "urgent",
        "jobs.Job": "heavy", "feedback.TrainingRun": "heavy",
    }  # fmt: skip


def test_every_name_in_routes_and_schedule_is_a_task() -> None:
    assert set(settings.CELERY_TASK_ROUTES) <= tasks()
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= tasks()


def queues_of(command: list[str]) -> list[str]:
    return command[command.index("-Q") + 1].split(",") if "worker" in command else []


def test_each_queue_has_one_worker_of_its_own_in_both_sizes() -> None:
    wanted = sorted(queue.name for queue in settings.CELERY_TASK_QUEUES)
    embedded = plan("127.0.0.1", 8000)["children"].values()
    compose: dict[str, Any] = yaml.safe_load(Path("docker-compose.yml").read_text())["services"]
    server = [service.get("command") or [] for service in compose.values()]
    for commands in (embedded, server):
        assert sorted(name for command in commands for name in queues_of(command)) == wanted
        assert all(len(queues_of(command)) <= 1 for command in commands)


def stop_between_writes(site: Site, name: str) -> None:
    """Stop a process for as long as we like, at a moment when it does not hold SQLite's one lock for writing:
    a worker that runs gives it back by itself, a stopped one never."""
    for _try in range(200):
        os.killpg(site.processes[name].pid, signal.SIGSTOP)
        if site.server_url:
            return
        database = sqlite3.connect(site.data_dir / "mooc.sqlite3", timeout=0, isolation_level=None)
        try:
            database.execute("BEGIN IMMEDIATE")
            return
        except sqlite3.OperationalError:
            os.killpg(site.processes[name].pid, signal.SIGCONT)
            time.sleep(0.02)
        finally:
            database.close()
    raise AssertionError(f"{name} writes without a pause")


def test_a_code_is_sent_while_heavy_work_is_under_way(site: Site) -> None:
    if ON_POSTGRES and TEST_REDIS_URL:
        site.env["REDIS_URL"] = redis_number(TEST_REDIS_URL, WORKER)
    site.start()
    site.start_worker("urgent")
    site.start_worker("heavy")
    site.manage("shell", "-v", "0", "-c", MANY_CLASSES)
    site.wait_for("SELECT state FROM jobs_job", "running")
    stop_between_writes(site, "heavy")
    phone = Phone(site)
    phone.ask("/accounts/login/")
    assert phone.send("/accounts/code/send/", {"phone": "13800000001"})[0] == 302
    site.wait_for("SELECT state FROM accounts_textmessage", "done")
    assert site.rows("SELECT state FROM jobs_job") == [("running",)]
    assert site.rows("SELECT text FROM accounts_textmessage") == [("",)]
