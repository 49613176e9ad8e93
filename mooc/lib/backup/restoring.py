"""Putting an archive into a database: all of it, or nothing."""

from __future__ import annotations

import contextlib
import logging
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import Error, transaction

from .. import registry
from . import files, tables
from .layout import SECRET, BackupError, Manifest
from .reading import Archive, open_archive

logger = logging.getLogger(__name__)


def restore_archive(path: Path, *, replace: bool = False, with_secret: bool = False) -> dict[str, Any]:
    """Check the whole archive, then write its rows in one transaction, then put its files in place.

    Files are laid out beside their places before the first row is written: what may fail for want of
    room fails then. After the rows only renaming is left.

    :param replace: empty a database that is in use first, in the same transaction.
    :param with_secret: also take over the secret key, when the archive holds it.
    :raises BackupError: with the reason; database and files are as before.
    """
    begun = time.monotonic()
    with open_archive(path) as archive:
        _same_version(archive.manifest)
        targets = _targets(archive.manifest, with_secret)
        archive.verify()
        with _laid_out(archive, targets) as laid:
            rows = _write_rows(archive, replace)
            for staged, target in laid:
                target.parent.mkdir(parents=True, exist_ok=True)
                staged.replace(target)
    _forget_copies()
    return {
        "file": str(path),
        "created": archive.manifest.created,
        "tables": len(archive.manifest.tables),
        "rows": rows,
        "files": len(targets),
        "seconds": round(time.monotonic() - begun, 1),
    }


def _same_version(manifest: Manifest) -> None:
    """:raises BackupError: when the archive's tables are not exactly ours."""
    here, there = tables.applied_migrations(), manifest.migrations
    for app in sorted(here.keys() | there.keys()):
        only_there = sorted(set(there.get(app, [])) - set(here.get(app, [])))
        only_here = sorted(set(here.get(app, [])) - set(there.get(app, [])))
        if only_there:
            raise BackupError(
                f"The archive is of a newer version: it has {app} {only_there[-1]}, this database has not. "
                "Install that version, run migrate, then restore."
            )
        if only_here:
            raise BackupError(
                f"The archive is of an older version: this database has {app} {only_here[0]}, the archive has "
                "not. Restore with the version that made it, then upgrade."
            )
    models = tables.kept_models()
    wrong = models.keys() ^ manifest.tables.keys()
    wrong |= {
        label
        for label in models.keys() - wrong
        if sorted(tables.columns(models[label])) != sorted(manifest.tables[label].columns)
    }
    if wrong:
        raise BackupError(f"The archive is of another version: table {min(wrong)} differs.")


def _targets(manifest: Manifest, with_secret: bool) -> dict[str, Path]:
    """Where each file of the archive goes."""
    targets = {}
    for name in manifest.files:
        if name == SECRET:
            if with_secret:
                targets[name] = Path(settings.DATA_DIR) / SECRET
            continue
        place = files.place_of(name)
        if place is None:
            raise BackupError(f"The archive holds something that does not belong there: {name[:80]!r}.")
        targets[name] = place
    if with_secret and SECRET not in targets:
        raise BackupError("The archive holds no secret key. It was made without --with-secret.")
    return targets


@contextlib.contextmanager
def _laid_out(archive: Archive, targets: dict[str, Path]) -> Iterator[list[tuple[Path, Path]]]:
    """Copies of the files on the disk where each will live (folders may be volumes of their own)."""
    with contextlib.ExitStack() as stack:
        folders: dict[Path, Path] = {}
        laid = []
        try:
            for number, (name, target) in enumerate(targets.items()):
                home = files.home_of(name)
                if home not in folders:
                    home.mkdir(parents=True, exist_ok=True)
                    made = tempfile.mkdtemp(prefix=files.STAGING, dir=home)
                    stack.callback(shutil.rmtree, made, ignore_errors=True)
                    folders[home] = Path(made)
                staged = folders[home] / str(number)
                archive.copy(name, staged)
                laid.append((staged, target))
            yield laid
        except OSError as error:
            raise BackupError(f"The files could not be written: {error.strerror or error}.") from error


def _write_rows(archive: Archive, replace: bool) -> int:
    models, total = tables.kept_models(), 0
    try:
        with transaction.atomic(durable=True):
            if not replace and not tables.is_empty():
                raise BackupError(
                    "People are in this database already. Restore into an empty one (migrate, nothing else), "
                    "or say --replace to lose what is there."
                )
            tables.empty_all()
            for label, table in archive.manifest.tables.items():
                total += tables.insert(models[label], table.columns, archive.rows(label))
            tables.finish()
            for _name, renew in registry.restored:
                renew()
    except (Error, ValidationError, ValueError, TypeError, OverflowError, RecursionError) as error:
        logger.warning("restore given up", exc_info=True)
        raise BackupError(
            f"The rows do not fit together ({type(error).__name__}); nothing was changed."
        ) from error
    return total


def _forget_copies() -> None:
    """Pages, sessions and waiting tasks in the shared cache are of the database that was."""
    try:
        cache.clear()
    except Exception:  # the rows are in: a cache that is away only means old pages for some minutes
        logger.warning("the cache was not emptied", exc_info=True)
