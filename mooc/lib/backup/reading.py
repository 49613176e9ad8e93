"""Reading an archive somebody hands in: nothing in it is believed before it was checked."""

from __future__ import annotations

import gzip
import hashlib
import json
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Any

from .layout import (
    CHUNK,
    FILE_PREFIX,
    LONGEST_MANIFEST,
    LONGEST_ROW,
    MANIFEST,
    SECRET,
    TABLE_NAME,
    BackupError,
    Manifest,
    is_safe,
)


class Archive:
    """A checked archive. Use :func:`open_archive`."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self.tar = tar
        self.members = _members(tar)
        if MANIFEST not in self.members:
            raise BackupError("The archive is not whole: it ends before its manifest.")
        if self.members[MANIFEST].size > LONGEST_MANIFEST:
            raise BackupError("The archive's manifest cannot be read.")
        with self._opened(MANIFEST) as file:
            self.manifest = Manifest.from_bytes(file.read())
        listed = {f"tables/{label}.jsonl.gz" for label in self.manifest.tables} | set(self.manifest.files)
        if strange := sorted(listed ^ (self.members.keys() - {MANIFEST})):
            raise BackupError(f"The archive and its manifest do not agree about {strange[0]}.")

    def verify(self) -> None:
        """Read everything once: sizes, numbers of rows and checksums are what the manifest says.

        :raises BackupError: at the first that is not.
        """
        for label, table in self.manifest.tables.items():
            seen, rows, size = hashlib.sha256(), 0, 0
            for line in self._lines(label, table.size):
                seen.update(line)
                rows, size = rows + 1, size + len(line)
            if (rows, size, seen.hexdigest()) != (table.rows, table.size, table.sha256):
                raise BackupError(f"The archive is damaged: table {label} is not as it was written.")
        for name, entry in self.manifest.files.items():
            with self._opened(name) as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            if (self.members[name].size, digest) != (entry.size, entry.sha256):
                raise BackupError(f"The archive is damaged: {name} is not as it was written.")

    def rows(self, label: str) -> Iterator[list[Any]]:
        """The rows of a table, one after another."""
        width = len(self.manifest.tables[label].columns)
        for line in self._lines(label, self.manifest.tables[label].size):
            row = json.loads(line)
            if not isinstance(row, list) or len(row) != width:
                raise BackupError(f"The archive is damaged: a row of {label} has another form.")
            yield row

    def copy(self, name: str, target: Path) -> None:
        """Write one file of the archive to ``target``, for its owner only."""
        with self._opened(name) as file, target.open("xb") as out:
            target.chmod(0o600)
            while part := file.read(CHUNK):
                out.write(part)

    def _lines(self, label: str, size: int) -> Iterator[bytes]:
        """Lines of a table, at most a little more than the ``size`` that was promised."""
        with self._opened(f"tables/{label}.jsonl.gz") as packed, gzip.GzipFile(fileobj=packed) as file:
            read = 0
            while line := file.readline(LONGEST_ROW):
                read += len(line)
                if read > size or not line.endswith(b"\n"):
                    raise BackupError(f"The archive is damaged: table {label} is not as it was written.")
                yield line

    @contextmanager
    def _opened(self, name: str) -> Iterator[BufferedReader]:
        file = self.tar.extractfile(self.members[name])
        if not isinstance(file, BufferedReader):
            raise BackupError(f"The archive cannot be read at {name}.")
        with file:
            yield file


def _members(tar: tarfile.TarFile) -> dict[str, tarfile.TarInfo]:
    """Members by name: plain files with harmless names only, each once."""
    found: dict[str, tarfile.TarInfo] = {}
    for member in tar:
        name = member.name
        known = name in (MANIFEST, SECRET) or TABLE_NAME.match(name) or name.startswith(FILE_PREFIX)
        plain = member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and not member.sparse
        if not (known and plain and is_safe(name)) or name in found:
            raise BackupError(f"The archive holds something that does not belong there: {name[:80]!r}.")
        found[name] = member
    return found


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """An archive for reading.

    :raises BackupError: when it cannot be read, here or at any later step.
    """
    try:
        with tarfile.open(path, "r:") as tar:
            yield Archive(tar)
    except tarfile.ReadError as error:
        raise BackupError("This is not a whole tar archive.") from error
    except FileNotFoundError as error:
        raise BackupError(f"There is no file {path}.") from error
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, UnicodeError) as error:
        raise BackupError("The archive is damaged and cannot be read.") from error
