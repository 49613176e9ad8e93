"""Run a few child processes together: start, restart the one that dies, stop them all.

Standard library only, knows nothing of Django and is small in memory, because it stays:
``python supervise.py PLAN``, where the plan is JSON: children by name, an address to wait for and a
text to print once it answers.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

GRACE = 10.0  # seconds a child has to end by itself
STEADY = 10.0  # a child that lived so long starts again at once; else with a pause
LONGEST_PAUSE = 30.0
GREET_WITHIN = 60.0
PR_SET_PDEATHSIG = 1


class Child:
    """One process that should always be there."""

    def __init__(self, name: str, command: Sequence[str]) -> None:
        self.name, self.command = name, command
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.pause = 0.5
        self.not_before = 0.0

    def start(self) -> None:
        """Start in a session of its own, so that Ctrl-C reaches it only through us."""
        prepare = _end_with(os.getpid())
        self.process = subprocess.Popen(self.command, start_new_session=True, preexec_fn=prepare)  # noqa: S603, PLW1509  # our own commands, no threads
        self.started = time.monotonic()

    def look(self, now: float) -> None:
        """Restart when it died: soon after a steady life, later and later otherwise."""
        if self.process is not None and self.process.poll() is not None:
            self.pause = 0.5 if now - self.started > STEADY else min(self.pause * 2, LONGEST_PAUSE)
            _say(f"{self.name} ended ({self.process.returncode}), starting it again in {self.pause:.0f} s")
            _signal_group(self.process, signal.SIGKILL)  # what it may have left behind
            self.not_before, self.process = now + self.pause, None
        if self.process is None and now >= self.not_before:
            self.start()


class Supervisor:
    """Keeps children running until told to stop."""

    def __init__(
        self, children: list[Child], address: tuple[str, int] | None = None, greeting: str = ""
    ) -> None:
        self.children, self.address, self.greeting = children, address, greeting
        self.stopping = False

    def run(self) -> int:
        """Start all, watch them, stop all. Returns 0 after an asked-for end."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        begun = time.monotonic()
        try:
            while not self.stopping:
                now = time.monotonic()
                for child in self.children:
                    child.look(now)
                if self.address and now - begun < GREET_WITHIN and answers(*self.address):
                    self.address = None
                    _say(self.greeting)
                time.sleep(0.1)
        finally:
            self.stop()
        return 0

    def _ask_to_stop(self, *_args: object) -> None:
        self.stopping = True

    def stop(self) -> None:
        """Ask every child's group to end, wait, then make the rest end."""
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            _signal_group(process, signal.SIGTERM)
        end = time.monotonic() + GRACE
        for process in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, end - time.monotonic()))
            _signal_group(process, signal.SIGKILL)
            process.wait()


def answers(host: str, port: int) -> bool:
    """Whether the front page comes back whole: the address works for people now."""
    try:
        with socket.create_connection((host, port), timeout=5) as connection:
            connection.sendall(b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return connection.recv(64).split(b" ")[1:2] == [b"200"]
    except OSError:
        return False


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  # the console is where an embedded installation speaks


def _end_with(parent: int) -> Callable[[], None] | None:
    """For the child before it starts: end when the supervisor is gone, even when that was killed."""
    try:
        prctl = ctypes.CDLL(None).prctl
    except (AttributeError, OSError, TypeError):
        return None  # not Linux

    def prepare() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def main(plan: str) -> int:
    """Run what the plan says."""
    read = json.loads(plan)
    children = [Child(name, command) for name, command in read["children"].items()]
    host, port = read["address"]
    return Supervisor(children, (host, port), read["greeting"]).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
