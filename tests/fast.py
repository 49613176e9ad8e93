"""``--fast``: what can be run while a change is being made. ``--note-slow`` writes down what is too slow for that."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

#: One test a line. Written by ``--note-slow``, which measures what it runs and leaves the other lines.
SLOW = Path(__file__).resolve().parent / "slow.txt"
TOO_LONG = 0.5  # seconds on a machine with nothing else to do
#: Fixtures that start a browser, a server, or a site in processes of its own.
HEAVY = frozenset({"chromium", "live_server", "site_template", "new_site"})


def add_options(parser: pytest.Parser) -> None:
    """Both options."""
    group = parser.getgroup("mooc")
    group.addoption("--fast", action="store_true", help="leave out browsers, servers and tests/slow.txt")
    group.addoption("--note-slow", action="store_true", help="measure, and write tests/slow.txt; not with -n")


def slow_ones() -> set[str]:
    """The lines of ``slow.txt``."""
    return set(SLOW.read_text().splitlines()) if SLOW.exists() else set()


def leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take from ``items`` what these options do not ask for."""
    if not (config.getoption("--fast") or config.getoption("--note-slow")):
        return
    slow = slow_ones() if config.getoption("--fast") else set()
    out = [item for item in items if HEAVY & set(getattr(item, "fixturenames", ())) or item.nodeid in slow]
    config.hook.pytest_deselected(items=out)
    items[:] = [item for item in items if item not in set(out)]


def moment() -> float:
    """Seconds of a clock that stands still while this thread waits for a processor, where the system tells."""
    waited = 0
    with suppress(OSError):
        waited = int(Path("/proc/thread-self/schedstat").read_text().split()[1])
    return time.perf_counter() - waited / 1e9


class Notes:
    """How long each test took, without what is set up once for all."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.shared = 0.0

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Setup, call and teardown of one test."""
        self.shared, began = 0.0, moment()
        result: Any = yield
        self.seconds[item.nodeid] = moment() - began - self.shared
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        """What serves the whole run is nobody's own."""
        began = moment()
        result: Any = yield
        if fixturedef.scope == "session":
            self.shared += moment() - began
        return result

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write them down; what was not run keeps its line."""
        lines = {line for line in slow_ones() if line not in self.seconds}
        lines |= {name for name, seconds in self.seconds.items() if seconds > TOO_LONG}
        SLOW.write_text("".join(f"{line}\n" for line in sorted(lines)))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """What it came to."""
        fast = [seconds for seconds in self.seconds.values() if seconds <= TOO_LONG]
        terminalreporter.write_line(
            f"{len(self.seconds)} tests took {sum(self.seconds.values()):.0f} s, "
            f"{len(fast)} of them under {TOO_LONG} s each and {sum(fast):.0f} s together"
        )
