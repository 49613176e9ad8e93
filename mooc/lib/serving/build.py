"""Which build this is: part of the key of every cached page and of the name of a phone's store of files.

The commit, because it is the same on every machine and in every copy, whenever its files were written there.
What differs from the commit, and a copy without Git, is told by what the files say. An image has neither Git
nor history: its build writes the file ``build_id`` (see ``Dockerfile``). Knows nothing of Django: the settings
import it.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

WRITTEN = "build_id"
#: What pages are made of, as patterns below the root.
MADE_OF = (
    *("templates/**/*", "static/**/*", "locale/**/*.mo"),
    *(f"{app}/**/*.py" for app in ("mooc", "courses", "learners", "feedback", "assessments")),
)


def build_id(root: Path) -> str:
    """The build in ``root``: as written there, else the commit, else a digest of the files' contents."""
    written = root / WRITTEN
    if written.is_file():
        return written.read_text().strip()
    commit = _git(root, "rev-parse", "--short=12", "HEAD") if (root / ".git").exists() else ""
    if not commit:
        return contents(root)
    folders = sorted({pattern.split("/")[0] for pattern in MADE_OF})
    changed = _git(root, "status", "--porcelain", "--", *folders)
    return commit if changed == "" else f"{commit}-{contents(root)}"


def contents(root: Path) -> str:
    """A digest of names and contents: the same in every copy, another after any edit."""
    seen = hashlib.blake2b(digest_size=6)
    for path in sorted({path for pattern in MADE_OF for path in root.glob(pattern) if path.is_file()}):
        text = path.read_bytes()
        seen.update(f"{path.relative_to(root).as_posix()} {len(text)} ".encode() + text)
    return seen.hexdigest()


def _git(root: Path, *arguments: str) -> str | None:
    """What Git says; ``None`` where there is no Git, or it will not speak of this folder."""
    try:
        command = ["git", "--no-optional-locks", *arguments]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True, timeout=10)  # noqa: S603  # our own arguments
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


if __name__ == "__main__":  # ``python -m … [COMMIT]``: what the build of an image writes down
    sys.stdout.write("".join(sys.argv[1:]) or contents(Path(__file__).resolve().parents[3]))
