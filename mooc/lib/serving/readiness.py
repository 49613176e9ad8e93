"""Whether this installation is fit to serve: each check answers "" or what is wrong."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from celery import current_app
from django.apps import apps
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

_migrated: list[bool] = []  # once true, true for the life of the process
LEAST_DISK = 200 * 1024 * 1024


def checks() -> dict[str, str]:
    """All checks by name. A check that fails says the kind of error only: the page is public."""
    return {
        name: _result(check)
        for name, check in (
            ("database", _database),
            ("cache", _cache),
            ("broker", _broker),
            ("disk", _disk),
            ("migrations", _migrations),
        )
    }


def _result(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:  # noqa: BLE001  # readiness reports whatever is wrong
        return type(error).__name__


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _cache() -> str:
    cache = caches[settings.SESSION_CACHE_ALIAS]  # the one that does not go on beside a lost Redis
    cache.set("readyz", "1", 5)
    return "" if cache.touch("readyz", 5) else "does not keep"


def _broker() -> str:
    with current_app.connection_for_write(connect_timeout=2) as broker:
        broker.ensure_connection(max_retries=1, timeout=2)
    return ""


def _disk() -> str:
    return "" if shutil.disk_usage(settings.DATA_DIR).free > LEAST_DISK else "nearly full"


def _migrations() -> str:
    """Whether the tables are those of this version: by file names, without loading what they hold."""
    if not _migrated:
        applied = MigrationRecorder(connection).applied_migrations()
        for app in apps.get_app_configs():
            if app.name in settings.OUR_APPS:
                names = {path.stem for path in (Path(app.path) / "migrations").glob("[0-9]*.py")}
                if any((app.label, name) not in applied for name in names):
                    return "waiting: run migrate"
        _migrated.append(True)
    return ""
