"""Files that belong to the data: uploaded media, and what apps registered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from mooc.lib import registry

from .layout import FILE_PREFIX, is_safe

STAGING = ".restore-"  # folders of a restore under way


def folders() -> dict[str, tuple[Path, str]]:
    """Folder and pattern by the name they have in an archive."""
    return {"media": (Path(settings.MEDIA_ROOT), "**/*")} | {
        name: provider() for name, provider in registry.data_files
    }


def found() -> Iterator[tuple[str, Path]]:
    """Every file with its name in the archive. Links and half-written files are left out."""
    for name, (folder, pattern) in sorted(folders().items()):
        for path in sorted(folder.glob(pattern)) if folder.is_dir() else ():
            member = f"{FILE_PREFIX}{name}/{path.relative_to(folder).as_posix()}"
            if STAGING in member:
                continue
            if path.is_file() and not path.is_symlink() and path.suffix != ".part" and is_safe(member):
                yield member, path


def place_of(member: str) -> Path | None:
    """Where a file of an archive goes; ``None`` when no folder of this installation takes it."""
    name, _, rest = member.removeprefix(FILE_PREFIX).partition("/")
    known = folders().get(name)
    return known[0] / rest if known and rest else None


def home_of(member: str) -> Path:
    """The folder under which a file of an archive will live."""
    known = folders().get(member.removeprefix(FILE_PREFIX).partition("/")[0])
    return known[0] if known else Path(settings.DATA_DIR)
