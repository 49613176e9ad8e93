"""What an archive holds: names, the manifest, and the errors a person may read."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath
from typing import Any

FORMAT = 1
KIND = "mooc-backup"
MANIFEST, SECRET = "manifest.json", "secret_key"
TABLE_NAME = re.compile(r"^tables/([a-z0-9_]+\.[a-z0-9_]+)\.jsonl\.gz$")
FILE_PREFIX = "files/"
LONGEST_MANIFEST = 64 * 1024 * 1024
LONGEST_ROW = 16 * 1024 * 1024  # letters
CHUNK = 256 * 1024


class BackupError(Exception):
    """Why a backup or a restore was not done, in one sentence. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table: columns in the order of each row's list; size and checksum of the unpacked lines."""

    columns: list[str]
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class File:
    """One file as it is."""

    size: int
    sha256: str


@dataclass(slots=True)
class Manifest:
    """What is in the archive, and which version of the software made it."""

    created: str
    build: str
    database: str
    migrations: dict[str, list[str]]
    tables: dict[str, Table] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)

    def as_bytes(self) -> bytes:
        """The member ``manifest.json``."""
        return json.dumps(
            {"kind": KIND, "format": FORMAT} | asdict(self), ensure_ascii=False, indent=1
        ).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Manifest:
        """Read ``manifest.json``.

        :raises BackupError: when it is not one of ours, or of a later format.
        """
        try:
            manifest: dict[str, Any] = json.loads(data)
            if manifest["kind"] != KIND:
                raise BackupError("This is not a backup of this platform.")
            if manifest["format"] != FORMAT:
                raise BackupError(
                    f"The archive has format {manifest['format']}; this version reads {FORMAT}."
                )
            return cls(
                created=str(manifest["created"]),
                build=str(manifest["build"]),
                database=str(manifest["database"]),
                migrations={
                    str(app): sorted(map(str, names)) for app, names in manifest["migrations"].items()
                },
                tables={str(name): Table(**values) for name, values in manifest["tables"].items()},
                files={str(name): File(**values) for name, values in manifest["files"].items()},
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise BackupError("The archive's manifest cannot be read.") from error


def is_safe(name: str) -> bool:
    """Whether a member's name stays inside the folder it is put into."""
    path = PurePosixPath(name)
    return (
        bool(name)
        and len(name) < 1000
        and not path.is_absolute()
        and str(path) == name
        and all(part not in ("", ".", "..") and len(part) < 256 for part in path.parts)
        and not any(ch in name for ch in "\\:\0\n\r")
    )
