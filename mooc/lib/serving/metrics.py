"""Numbers for whoever watches, in Prometheus's text form.

Memory is of the process that answers (label ``pid``), requests are of all web processes of the machine
(:mod:`.counts`); all else is of the installation.
Apps register their own gauges in ``mooc.lib.registry.gauge``.
"""

from __future__ import annotations

import hmac
import logging
import math
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from .. import registry
from ..backup.writing import STAMP
from . import counts

logger = logging.getLogger(__name__)
CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


def token_fits(request: HttpRequest) -> bool | None:
    """Whether it is the token of the settings; ``None`` where none is brought or none is set."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if settings.METRICS_TOKEN and kind == "Bearer":
        return hmac.compare_digest(token.encode(), settings.METRICS_TOKEN.encode())
    return None


class Numbers(Collector):
    """All numbers. One that cannot be had is ``NaN``: the others are wanted all the more then."""

    def collect(self) -> Iterator[Metric]:
        yield from counts.collected()
        memory = GaugeMetricFamily("mooc_process_resident_bytes", "Memory of this process.", labels=["pid"])
        memory.add_metric([str(os.getpid())], _value("memory", resident_bytes))
        yield memory
        for name, provider in (*_OWN.items(), *registry.gauge):
            about = (provider.__doc__ or name).split("\n")[0].rstrip(".")
            yield GaugeMetricFamily(name, f"{about}.", _value(name, provider))


def render() -> bytes:
    """All numbers as text."""
    return generate_latest(Numbers())


def _value(name: str, provider: Callable[[], float]) -> float:
    try:
        return float(provider())
    except Exception:  # a broken gauge must not hide the others
        logger.warning("no number for %s", name, exc_info=True)
        return math.nan


def resident_bytes() -> float:
    """Memory of this process in RAM, bytes; NaN where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return math.nan
    return pages * os.sysconf("SC_PAGE_SIZE")


def database_bytes() -> float:
    """Size of the database in bytes."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        return float(cursor.fetchone()[0])


def backup_age() -> float:
    """Seconds since the last backup of this data folder; NaN when there was none."""
    try:
        return time.time() - (Path(settings.DATA_DIR) / STAMP).stat().st_mtime
    except FileNotFoundError:
        return math.nan


def disk_free() -> float:
    """Free bytes where the data folder is."""
    return shutil.disk_usage(settings.DATA_DIR).free


def _held(queue: str) -> float:
    with current_app.connection_for_read() as broker:
        return float(broker.default_channel.queue_declare(queue).message_count)


def tasks_queued() -> float:
    """Tasks the broker holds for the worker of heavy work."""
    return _held("heavy")


def urgent_queued() -> float:
    """Codes and notices the broker holds for their own worker."""
    return _held("urgent")


_OWN: dict[str, Callable[[], float]] = {
    "mooc_database_bytes": database_bytes,
    "mooc_disk_free_bytes": disk_free,
    "mooc_last_backup_age_seconds": backup_age,
    "mooc_tasks_queued": tasks_queued,
    "mooc_tasks_queued_urgent": urgent_queued,
}
