"""The machinery itself: real processes survive, the supervisor leaves nothing behind."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.serving import ROOT, Site

CHILD = "import time; open({mark!r}, 'a').write('x'); time.sleep({life})"


def supervise(*lives: tuple[Path, float]) -> subprocess.Popen[bytes]:
    """A supervisor in a process of its own, over children that note each start."""
    children = ", ".join(
        f"Child('c{n}', [sys.executable, '-c', {CHILD.format(mark=str(mark), life=life)!r}])"
        for n, (mark, life) in enumerate(lives)
    )
    program = (
        "import sys\nfrom mooc.lib.serving.supervise import Child, Supervisor\n"
        f"sys.exit(Supervisor([{children}]).run())"
    )
    return subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stderr=subprocess.PIPE)


def wait_for(mark: Path, times: int) -> None:
    """Until a child has started so often."""
    end = time.monotonic() + 15
    while not mark.exists() or len(mark.read_text()) < times:
        assert time.monotonic() < end, f"{mark.name} has not started {times} times"
        time.sleep(0.05)


def running_with(word: str) -> list[str]:
    """Command lines of processes that name ``word``."""
    lines = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            lines.append(file.read_text(errors="replace").replace("\0", " "))
    return [line for line in lines if word in line]


@pytest.mark.skipif(not Path("/proc").exists(), reason="no /proc on this system")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_supervisor_stops_all_it_started(tmp_path: Path, number: signal.Signals) -> None:
    steady, other = tmp_path / "steady", tmp_path / "other"
    process = supervise((steady, 600), (other, 600))
    wait_for(steady, 1)
    wait_for(other, 1)
    process.send_signal(number)
    assert process.wait(15) == 0
    assert running_with(str(tmp_path)) == []


def test_supervisor_starts_a_dead_child_again_and_leaves_the_other(tmp_path: Path) -> None:
    steady, dying = tmp_path / "steady", tmp_path / "dying"
    process = supervise((steady, 600), (dying, 0))
    try:
        wait_for(dying, 2)
        assert steady.read_text() == "x"
    finally:
        process.terminate()
        process.wait(15)


def test_a_killed_site_comes_back_with_its_pages(site: Site) -> None:
    site.start()
    site.kill()
    site.start()
    with urllib.request.urlopen(f"{site.url}/modules/") as answer:
        assert answer.status == 200


@pytest.mark.browser
def test_home_opens_in_a_browser(live_server: Any, curriculum: None, phone: Any) -> None:
    page = phone()
    problems: list[str] = []
    page.on("console", lambda message: message.type == "error" and problems.append(message.text))
    page.goto(f"{live_server.url}/")
    assert page.locator("h1").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert problems == []
