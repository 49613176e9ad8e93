"""Whether this installation is fit to serve: each check answers "" or what is wrong."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import connection

LEAST_DISK = 200 * 1024 * 1024


def checks() -> dict[str, str]:
    """All checks by name. A check that fails says the kind of error only: the page is public."""
    return {
        name: _said(check)
        for name, check in (("database", _database), ("cache", _cache), ("broker", _broker), ("disk", _disk))
    }


def _said(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:  # noqa: BLE001  # readiness reports whatever is wrong
        return type(error).__name__


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _cache() -> str:
    cache.set("readyz", "1", 5)
    return "" if cache.get("readyz") == "1" else "does not keep"


def _broker() -> str:
    with current_app.connection_for_write(connect_timeout=2) as broker:
        broker.ensure_connection(max_retries=1, timeout=2)
    return ""


def _disk() -> str:
    return "" if shutil.disk_usage(settings.DATA_DIR).free > LEAST_DISK else "nearly full"
