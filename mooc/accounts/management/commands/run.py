"""``run``: set up what is missing, then web, worker and scheduler together (embedded profile)."""

from __future__ import annotations

import hashlib
import os
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from mooc.lib.supervise import Child, Supervisor

ACCOUNTS = ("learner", "trainer", "supervisor", "operator")


class Command(BaseCommand):
    help = "Start the platform on this machine: web, worker and scheduler."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--setup-only", action="store_true", help="prepare everything, start nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.SERVER:
            raise CommandError("`run` is for one machine; on a server each process has its own command.")
        migrate_if_needed()
        collect_static_if_needed()
        load_demo_if_empty(self.stdout)
        connections.close_all()
        if options["setup_only"]:
            self.stdout.write("Ready.")
            return
        host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
        threading.Thread(target=_greet, args=(host, port), daemon=True).start()
        sys.exit(Supervisor(children(host, port)).run())


def migrate_if_needed() -> None:
    """Migrate when a migration is waiting."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0)


def collect_static_if_needed() -> None:
    """Collect and compress static files when one changed since the last time."""
    stamp = Path(settings.DATA_DIR) / "static.stamp"
    seen = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    for path in sorted((settings.BASE_DIR / "static").rglob("*")):
        if path.is_file():
            seen.update(path.read_bytes())
    if not stamp.exists() or stamp.read_text() != seen.hexdigest():
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        stamp.write_text(seen.hexdigest())


def load_demo_if_empty(out: Any) -> None:
    """The demonstration, when nobody has an account yet."""
    if "demo" in get_commands() and not get_user_model().objects.exists():
        out.write("Loading the demonstration …")
        call_command("demo")


def children(host: str, port: str) -> list[Child]:
    """The three processes of an embedded installation."""
    python = sys.executable
    web = [
        python, "-m", "gunicorn", "mooc.wsgi", "--config", "deploy/gunicorn.conf.py", "--bind", f"{host}:{port}",
    ]  # fmt: skip
    worker = [python, "-m", "celery", "-A", "mooc", "worker", "--pool", "solo", "--loglevel", "warning",
              "--without-gossip", "--without-mingle", "--without-heartbeat"]  # fmt: skip
    schedule = str(Path(settings.DATA_DIR) / "beat")
    beat = [python, "-m", "celery", "-A", "mooc", "beat", "--loglevel", "warning", "--schedule", schedule,
            "--pidfile", ""]  # fmt: skip
    return [Child("web", web), Child("worker", worker), Child("scheduler", beat)]


def _greet(host: str, port: str) -> None:
    """Print the address and the demonstration accounts once the first page answers."""
    address = f"http://{host}:{port}/"
    for _try in range(300):
        try:
            with urllib.request.urlopen(address, timeout=2):  # our own address
                break
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    print(
        f"\n  {address}\n  Accounts: {', '.join(ACCOUNTS)}   Password: rural-2026\n  Ctrl-C stops it.\n",
        flush=True,
    )
