"""Writing an archive: in one reading of the database, with little memory, whole or not at all."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import json
import os
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from .. import registry
from . import files, tables
from .layout import MANIFEST, SECRET, BackupError, File, Manifest, Table

STAMP = "last-backup.json"  # in the data folder: what was written last, for who watches


def write_archive(out: Path, *, with_secret: bool = False) -> dict[str, Any]:
    """Write everything to ``out``, readable by its owner only; the old file or the new one, never half.

    :returns: ``file``, ``bytes``, ``tables``, ``rows``, ``files``, ``seconds``.
    :raises BackupError: when it cannot be written; no file is left behind.
    """
    begun = time.monotonic()
    manifest = Manifest(
        created=timezone.now().isoformat(),
        build=settings.BUILD_ID,
        database=connection.vendor,
        migrations=tables.applied_migrations(),
    )
    try:
        with (
            _whole_or_nothing(out) as file,
            tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar,
        ):
            with tables.one_moment():
                written = [begin() for _name, begin in registry.backing_up]
                for label, model in sorted(tables.kept_models().items()):
                    manifest.tables[label] = _add_table(tar, label, model, out.parent)
                _add_files(tar, manifest)  # inside: what the rows name is there now
            if with_secret:
                _add_bytes(tar, manifest, SECRET, settings.SECRET_KEY.encode())
            _add(tar, MANIFEST, io.BytesIO(data := manifest.as_bytes()), len(data))
    except (OSError, tarfile.TarError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise BackupError(f"The backup was not written: {why}.") from error
    summary = _summary(out, manifest, seconds=time.monotonic() - begun)
    for tell in written:
        tell()
    (Path(settings.DATA_DIR) / STAMP).write_text(json.dumps(summary | {"created": manifest.created}))
    return summary


def _summary(out: Path, manifest: Manifest, *, seconds: float) -> dict[str, Any]:
    return {
        "file": str(out),
        "bytes": out.stat().st_size,
        "tables": len(manifest.tables),
        "rows": sum(table.rows for table in manifest.tables.values()),
        "files": len(manifest.files),
        "seconds": round(seconds, 1),
    }


@contextlib.contextmanager
def _whole_or_nothing(out: Path) -> Iterator[IO[bytes]]:
    """A file for its owner only, put in its place once it is on the disk."""
    out.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.", suffix=".part")  # made with 0600
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(out)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _add_table(tar: tarfile.TarFile, label: str, model: type[models.Model], folder: Path) -> Table:
    """Pack a table beside the archive, where it takes no memory, then put it in: tar wants the size first."""
    seen, rows, size = hashlib.sha256(), 0, 0
    with tempfile.TemporaryFile(dir=folder) as spool:
        with gzip.GzipFile(fileobj=spool, mode="wb", compresslevel=5, mtime=0, filename="") as packed:
            for line in tables.lines(model):
                packed.write(line)
                seen.update(line)
                rows, size = rows + 1, size + len(line)
        length = spool.tell()
        spool.seek(0)
        _add(tar, f"tables/{label}.jsonl.gz", spool, length)
    return Table(tables.columns(model), rows, size, seen.hexdigest())


def _add_files(tar: tarfile.TarFile, manifest: Manifest) -> None:
    for member, path in files.found():
        with contextlib.suppress(FileNotFoundError), path.open("rb") as file:  # gone a moment ago
            size = os.fstat(file.fileno()).st_size
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            _add(tar, member, file, size)
            manifest.files[member] = File(size, digest)


def _add_bytes(tar: tarfile.TarFile, manifest: Manifest, member: str, data: bytes) -> None:
    _add(tar, member, io.BytesIO(data), len(data))
    manifest.files[member] = File(len(data), hashlib.sha256(data).hexdigest())


def _add(tar: tarfile.TarFile, member: str, source: IO[bytes], size: int) -> None:
    info = tarfile.TarInfo(member)
    info.size, info.mode, info.mtime = size, 0o600, int(time.time())
    tar.addfile(info, source)
