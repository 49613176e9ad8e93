"""The build has the same name wherever its commit lies, and another as soon as a page may be another."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from mooc.lib.serving import build
from tests.conftest import ROOT


def git(folder: Path, *arguments: str) -> str:
    given = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    done = subprocess.run(
        ["git", *who, *arguments],
        cwd=folder,
        env=os.environ | given,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A small project with one commit."""
    folder = tmp_path / "copy"
    (folder / "templates" / "deep").mkdir(parents=True)
    (folder / "docs").mkdir()
    (folder / "templates" / "deep" / "home.html").write_text("one")
    (folder / "docs" / "read.md").write_text("one")
    git(tmp_path, "init", "-q", str(folder))
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "one")
    return folder


def test_a_commit_names_the_build_whenever_its_files_were_written(copy: Path, tmp_path: Path) -> None:
    commit = git(copy, "rev-parse", "--short=12", "HEAD")
    assert build.build_id(copy) == commit
    os.utime(copy / "templates" / "deep" / "home.html", (1, 1))
    assert build.build_id(copy) == commit
    git(tmp_path, "clone", "-q", str(copy), "other")
    assert build.build_id(tmp_path / "other") == commit
    git(copy, "worktree", "add", "-q", str(tmp_path / "tree"))
    assert build.build_id(tmp_path / "tree") == commit


def test_what_differs_from_the_commit_has_a_name_of_its_own(copy: Path) -> None:
    page = copy / "templates" / "deep" / "home.html"
    commit = build.build_id(copy)
    names = {commit}
    for text in ("two", "six"):  # of one length, at one moment
        page.write_text(text)
        os.utime(page, (1, 1))
        names.add(build.build_id(copy))
    page.write_text("one")
    assert build.build_id(copy) == commit
    (copy / "templates" / "new.html").write_text("new")
    names.add(build.build_id(copy))
    (copy / "templates" / "new.html").unlink()
    page.unlink()
    names.add(build.build_id(copy))
    assert len(names) == 5
    assert all(name.startswith(commit) for name in names)


def test_what_makes_no_page_changes_no_name(copy: Path) -> None:
    commit = build.build_id(copy)
    (copy / "docs" / "read.md").write_text("two")
    assert build.build_id(copy) == commit


def test_without_git_the_contents_name_it(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    first = build.build_id(copy)
    assert first == build.contents(copy)
    (copy / ".git").rename(copy / "gone")
    assert build.build_id(copy) == first
    (copy / "templates" / "deep" / "home.html").write_text("two")
    assert build.build_id(copy) != first


def test_an_image_says_what_its_build_wrote(copy: Path) -> None:
    (copy / build.WRITTEN).write_text("0123456789ab\n")
    assert build.build_id(copy) == "0123456789ab"


@pytest.mark.parametrize("commit", ["", "0123456789ab"])
def test_the_build_of_an_image_writes_it(commit: str) -> None:
    """As the Dockerfile does: with the commit when it is named, else with the contents."""
    assert 'RUN python -m mooc.lib.serving.build "$COMMIT" > build_id' in (ROOT / "Dockerfile").read_text()
    done = subprocess.run(
        [sys.executable, "-m", "mooc.lib.serving.build", commit],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == (commit or build.contents(ROOT))


def test_the_settings_ask_here() -> None:
    assert settings.BUILD_ID.startswith(build.build_id(ROOT)[:12])
