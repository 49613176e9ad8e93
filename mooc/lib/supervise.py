"""Run a few child processes together: start, restart the one that dies, stop them all.

Standard library only; knows nothing of Django.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

GRACE = 10.0  # seconds a child has to end by itself
STEADY = 10.0  # a child that lived so long starts again at once; else with a pause
LONGEST_PAUSE = 30.0


@dataclass(slots=True)
class Child:
    """One process that should always be there."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 1.0
    not_before: float = 0.0

    def start(self) -> None:
        """Start in a session of its own, so that Ctrl-C reaches it only through us."""
        self.process = subprocess.Popen(self.command, start_new_session=True)  # noqa: S603  # our own commands
        self.started = time.monotonic()

    def look(self, now: float) -> None:
        """Restart when it died: at once after a steady life, later and later otherwise."""
        if self.process is not None and self.process.poll() is not None:
            sys.stderr.write(f"{self.name} ended ({self.process.returncode}), starting it again\n")
            self.pause = 1.0 if now - self.started > STEADY else min(self.pause * 2, LONGEST_PAUSE)
            self.not_before, self.process = now + self.pause, None
        if self.process is None and now >= self.not_before:
            self.start()


@dataclass(slots=True)
class Supervisor:
    """Keeps children running until told to stop."""

    children: list[Child]
    stopping: bool = field(default=False)

    def run(self) -> int:
        """Start all, watch them, stop all. Returns 0 after an asked-for end."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask_to_stop)
        try:
            while not self.stopping:
                now = time.monotonic()
                for child in self.children:
                    child.look(now)
                time.sleep(0.2)
        finally:
            self.stop()
        return 0

    def _ask_to_stop(self, *_args: object) -> None:
        self.stopping = True

    def stop(self) -> None:
        """Ask every child's group to end, wait, then make the rest end."""
        running = [child.process for child in self.children if child.process and child.process.poll() is None]
        for process in running:
            _signal_group(process, signal.SIGTERM)
        end = time.monotonic() + GRACE
        for process in running:
            try:
                process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal_group(process, signal.SIGKILL)
                process.wait()


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
