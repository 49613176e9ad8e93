"""The machinery itself: real processes survive, the supervisor leaves nothing behind."""

from __future__ import annotations

import ast
import contextlib
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests import fast
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


def of_this_folder(folder: Path) -> dict[int, str]:
    """Processes whose data are in ``folder``: their number and command line."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"MOOC_DATA_DIR={folder}\0" in (process / "environ").read_text(errors="replace"):
                command = (process / "cmdline").read_text(errors="replace")
                found[int(process.name)] = command.replace("\0", " ")
    return found


@pytest.mark.skipif(not Path("/proc").exists(), reason="no /proc on this system")
def test_make_dev_serves_with_a_worker_and_leaves_nothing_behind(site: Site) -> None:
    """What ``make dev`` starts, on an installation that somebody has begun to use."""
    site.env |= {"MOOC_DEBUG": "1", "DJANGO_SUPERUSER_PASSWORD": "rural-2026"}
    site.manage("createsuperuser", "--noinput", "--username", "boss")
    command = [sys.executable, "manage.py", "run", "--reload"]
    process = subprocess.Popen(command, cwd=ROOT, env=site.env, stdout=subprocess.PIPE, text=True)
    try:
        said = []
        while "Ctrl-C stops it." not in (line := process.stdout.readline()):  # type: ignore[union-attr]
            assert process.poll() is None, said
            said.append(line)
        with urllib.request.urlopen(f"{site.url}/modules/") as answer:
            assert answer.status == 200
        running = of_this_folder(site.data_dir).values()
        assert any("worker -Q urgent,heavy" in command for command in running)
        assert any(" beat " in command for command in running)
        assert sum("runserver" in command for command in running if "supervise" not in command) == 2
    finally:
        process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    assert of_this_folder(site.data_dir) == {}


MISSING_GETTEXT = "xgettext", "msguniq", "msgmerge", "msgattrib", "msgfmt"


def without_gettext(folder: Path) -> Path:
    """A folder for PATH with all programs of this machine but gettext's."""
    folder.mkdir()
    for place in ("/bin", "/usr/bin"):
        for program in Path(place).iterdir():
            link = folder / program.name
            if program.name not in MISSING_GETTEXT and not link.is_symlink():
                link.symlink_to(program)
    return folder


def test_check_says_what_to_install_when_gettext_is_missing(tmp_path: Path) -> None:
    """The other gates stand in for themselves: only this one is asked."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("ruff", "djlint", "mypy", "lint-imports", "docker-compose"):
        (tools / name).symlink_to("/bin/true")
    python = tools / "python"
    python.write_text(f'#!/bin/sh\n[ "$1" != deploy/check_messages.py ] || exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    environment = {"PATH": str(without_gettext(tmp_path / "path")), "PY": str(python)}
    done = subprocess.run(
        ["/bin/sh", "deploy/run_checks.sh"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "apt install gettext" in done.stdout
    assert done.stdout.rstrip().endswith("Failed: translations")
    assert "FAIL  translations" in done.stdout
    assert done.stdout.count("ok    ") == 9


def test_every_line_of_the_slow_list_is_a_test() -> None:
    known: dict[str, set[str]] = {}
    for line in sorted(fast.slow_ones()):
        file, _, name = line.partition("[")[0].partition("::")
        if file not in known:
            tree = ast.parse((ROOT / file).read_text())
            known[file] = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert name in known[file], f"{line} is gone: note the slow ones again, see docs/contributing.md"


def test_most_tests_are_fast() -> None:
    command = [sys.executable, "-m", "pytest", "--fast", "--collect-only"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+)/(\d+) tests collected", said)
    assert found, said[-500:]
    assert int(found[1]) >= 0.75 * int(found[2])


@pytest.mark.browser
def test_home_opens_in_a_browser(live_server: Any, curriculum: None, phone: Any) -> None:
    page = phone()
    problems: list[str] = []
    page.on("console", lambda message: message.type == "error" and problems.append(message.text))
    page.goto(f"{live_server.url}/")
    assert page.locator("h1").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert problems == []
