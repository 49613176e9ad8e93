"""``run``: set up what is missing, then web, worker and scheduler together (embedded profile).

``run --reload`` is for whoever changes the code (``make dev``): the web process starts anew when a file
changes, and one worker hears both queues.

The setting up needs Django; the watching over does not: this process turns into the small
``mooc/lib/serving/supervise.py`` once everything is ready.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from mooc.lib.serving import supervise

ACCOUNTS = "learner, trainer, supervisor, operator"
THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
UNUSED_STATIC = ["redoc", "rest_framework", "*.map.txt"]  # pages of packages that are not shown
# Memory: pools of freed blocks are given back; every thread need not have its own.
LEAN = {"MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": "65536", "CELERY_SKIP_CHECKS": "1"}


class Command(BaseCommand):
    help = "Start the platform on this machine: web, worker and scheduler."
    requires_system_checks: list[str] = []  # `make check` does; a start should be quick

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--setup-only", action="store_true", help="prepare everything, start nothing")
        parser.add_argument("--reload", action="store_true", help="a web process that reloads changed code")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.SERVER:
            raise CommandError("`run` is for one machine; on a server each process has its own command.")
        host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
        if not options["setup_only"] and taken(host, port):
            raise CommandError(f"Port {port} is in use. Another one: PORT={port + 1} make run")
        migrate_if_needed()
        if not settings.DEBUG:  # else they are served from where they lie
            collect_static_if_needed()
        load_demo_if_empty(self.stdout)
        close_published_password(host, self.stdout)
        connections.close_all()
        if options["setup_only"]:
            self.stdout.write("Ready.")
            return
        os.environ.update(LEAN)
        sys.stdout.flush()
        command = [sys.executable, supervise.__file__, json.dumps(plan(host, port, reload=options["reload"]))]
        os.execv(sys.executable, command)  # noqa: S606  # our own program


def taken(host: str, port: int) -> bool:
    """Whether something listens there already."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def migrate_if_needed() -> None:
    """Migrate when a migration is waiting."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0)


def collect_static_if_needed() -> None:
    """Collect and compress static files when one changed since the last time."""
    stamp = Path(settings.DATA_DIR) / "static.stamp"
    seen = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    for finder in get_finders():
        for name, storage in finder.list(UNUSED_STATIC):
            if not storage.path(name).startswith(sys.prefix):  # packages are told by requirements.txt
                seen.update(name.encode() + Path(storage.path(name)).read_bytes())
    if not stamp.exists() or stamp.read_text() != seen.hexdigest():
        call_command(
            "collectstatic", interactive=False, verbosity=0, clear=True, ignore_patterns=UNUSED_STATIC
        )
        stamp.write_text(seen.hexdigest())


def load_demo_if_empty(out: Any) -> None:
    """The demonstration, when nobody has an account yet."""
    if "demo" in get_commands() and not get_user_model().objects.exists():
        out.write("Loading the demonstration …")
        out.flush()
        call_command("demo", verbosity=0)


def close_published_password(host: str, out: Any) -> None:
    """Where others can open the site, no account keeps the password that stands in every copy of it."""
    if host not in THIS_MACHINE and "demo" in get_commands():
        call_command("demo", new_passwords=True, stdout=out)


def plan(host: str, port: int, *, reload: bool = False) -> dict[str, Any]:
    """What the supervisor shall do: the processes of an embedded installation.

    :param reload: Django's own server in place of gunicorn, for whoever changes the code.
    """
    python = sys.executable
    address = f"http://{host}:{port}/"
    password = "rural-2026" if host in THIS_MACHINE else "as printed above, or when it was made"
    if reload:
        web = [python, "manage.py", "runserver", f"[{host}]:{port}" if ":" in host else f"{host}:{port}"]
        work = {"web": web, "worker": worker("urgent,heavy")}
        end = "What you change is served at once; the worker reads it when this starts again.\n  "
    else:
        web = [python, "-m", "gunicorn", "mooc.wsgi", "--config", "deploy/gunicorn.conf.py"]
        work = {"web": web, "urgent": worker("urgent"), "worker": worker("heavy")}
        end = ""
    return {
        "children": work | {"scheduler": scheduler()},
        "address": [{"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port],  # noqa: S104  # asked for
        "greeting": f"\n  {address}\n  Accounts: {ACCOUNTS}   Password: {password}\n  {end}Ctrl-C stops it.\n",
    }


def celery(*arguments: str) -> list[str]:
    """The command of a Celery process that speaks only when something is wrong."""
    quiet = ["-W", "ignore:You're running the worker", "-m", "celery", "-q", "-A", "mooc"]
    return [sys.executable, *quiet, *arguments, "--loglevel", "warning"]


def worker(queues: str) -> list[str]:
    """A worker of these queues, alone on its machine: it has no other to talk to."""
    alone = ["--pool", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    return celery("worker", "-Q", queues, *alone)


def scheduler() -> list[str]:
    """What starts the tasks of the timetable."""
    return celery("beat", "--schedule", str(Path(settings.DATA_DIR) / "beat"), "--pidfile", "")
