"""An installation in real processes, for tests of crashes and of background work."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Redis:
    """A Redis of a test's own, which the test may take away and bring back."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def start(self) -> None:
        """Start, with what it had kept on disk, and wait until it answers."""
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        self.process = subprocess.Popen(
            [*command, "--appendonly", "yes", "--save", ""], stdout=subprocess.DEVNULL
        )
        for _try in range(100):
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                    connection.sendall(b"PING\r\n")
                    if connection.recv(5) == b"+PONG":
                        return
            except OSError:
                pass
            time.sleep(0.1)
        raise AssertionError("Redis does not answer")

    def stop(self) -> None:
        """Take it away."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(15)
            self.process = None


class Site:
    """Web and worker processes over one data directory and one database.

    :param server_url: a PostgreSQL address on which the database is made; empty for SQLite.
    """

    def __init__(self, data_dir: Path, server_url: str = "", redis_url: str = "") -> None:
        self.data_dir, self.server_url = data_dir, server_url
        self.name = f"test_site_{uuid.uuid4().hex[:10]}"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.env = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DATABASE_URL", "REDIS_URL", "PYTEST_CURRENT_TEST")
        } | {
            "MOOC_DATA_DIR": str(data_dir),
            "PORT": str(self.port),
            "HOST": "127.0.0.1",
            "PYTHONPATH": str(ROOT),
        }
        if server_url:
            self.env["DATABASE_URL"] = urlsplit(server_url)._replace(path=f"/{self.name}").geturl()
        if redis_url:
            self.env["REDIS_URL"] = redis_url

    def as_server(self, redis_url: str, **more: str) -> None:
        """Run in the server profile from now on, as behind a proxy that is not there."""
        self.env |= {
            "MOOC_PROFILE": "server", "MOOC_HOSTS": "localhost,127.0.0.1", "MOOC_TRUSTED_PROXIES": "0",
            "MOOC_HTTPS": "0", "MOOC_STAFF_MFA": "0", "REDIS_URL": redis_url, **more,
        }  # fmt: skip

    def create(self, template: Site | None = None) -> None:
        """Make the data directory and the database, as a copy of ``template`` when given."""
        if template is not None:
            shutil.copytree(template.data_dir, self.data_dir, dirs_exist_ok=True)
        self.data_dir.mkdir(parents=True, exist_ok=True)
        if self.server_url:
            copied = f' TEMPLATE "{template.name}"' if template else ""
            self._on_server(f'CREATE DATABASE "{self.name}"{copied}')

    def destroy(self) -> None:
        """Stop everything and drop the database."""
        for name in list(self.processes):
            self.kill(name)
        if self.server_url:
            self._on_server(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def manage(self, *arguments: str) -> str:
        """Run a management command on this installation; returns what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        if done.returncode:
            raise AssertionError(f"manage.py {' '.join(arguments)}\n{done.stdout}{done.stderr}")
        return done.stdout

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Ask the database directly: quick enough to watch a worker."""
        if self.server_url:
            import psycopg2

            connection = psycopg2.connect(self.env["DATABASE_URL"])
        else:
            connection = sqlite3.connect(self.data_dir / "mooc.sqlite3", timeout=20)
        try:
            cursor = connection.cursor()
            cursor.execute(statement)
            found = list(cursor.fetchall()) if cursor.description else []
            connection.commit()
            return found
        finally:
            connection.close()

    def wait_for(self, statement: str, wanted: Any, seconds: float = 60) -> None:
        """Until a worker has made the first cell of ``statement`` what is wanted."""
        end = time.monotonic() + seconds
        while (found := self.rows(statement)) == [] or found[0][0] != wanted:
            assert time.monotonic() < end, f"{statement}: {found}, not {wanted}"
            time.sleep(0.1)

    def start(self) -> None:
        """Start the web process and wait until it answers."""
        self._spawn("web", "gunicorn", "mooc.wsgi", "--config", "deploy/gunicorn.conf.py")
        for _try in range(300):
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise AssertionError("the web process does not answer")

    def start_worker(self, queues: str = "urgent,heavy") -> None:
        """Start a Celery worker on this installation's broker; its name is that of its queues."""
        name = "worker" if "," in queues else queues
        self._spawn(name, "celery", "-A", "mooc", "worker", "-Q", queues, "--pool", "solo", "-l", "warning")

    def stop(self, name: str = "web") -> None:
        """End a process as it likes to be ended."""
        process = self.processes.pop(name)
        process.terminate()
        process.wait(30)

    def kill(self, name: str = "web") -> None:
        """End a process and its children at once, as a power cut does."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _spawn(self, name: str, *command: str) -> None:
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=self.env, start_new_session=True
        )

    def _on_server(self, statement: str) -> None:
        import psycopg2

        connection = psycopg2.connect(urlsplit(self.server_url)._replace(path="/postgres").geturl())
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
        finally:
            connection.close()
