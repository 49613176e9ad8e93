"""A file to download: a sheet to print and write on, a table for the phone or computer."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from ..grammar.blocks import BlockText, SourceError
from .base import FileFacts, Kind, Stored

MOST_KB = 60  # of a file that ships with the content
WORDS = {"pdf": _("PDF, can be printed"), "xlsx": _("Excel table, adds up by itself"), "csv": _("table, CSV")}
_FILE = re.compile(r"^!file\[(?P<heading>[^\]]+)\]\((?P<file>[\w.-]+)\)\s*$")


class File(Kind):
    """``!file[name](file.pdf)``; a line below, if any, says what to do with it. A language may have its own file."""

    code, name = "file", _("file to download")
    mark = "!file["
    files = {
        "pdf": "application/pdf",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "csv": "text/csv",
    }
    upload, upload_words = "document", _("PDF, XLSX or CSV, 2 MB at most")
    a_file_each = True
    saved = True

    def parse(self, chunk: list[str], line: int) -> BlockText:
        match = _FILE.match(chunk[0])
        if not match:
            raise SourceError(line, "a file to download is written !file[name](file.pdf)")
        return BlockText(
            kind=self.code, heading=match["heading"], body="\n".join(chunk[1:]), file=match["file"], line=line
        )

    def write(self, block: BlockText) -> str:
        return "\n".join(filter(None, [f"!file[{block.heading}]({block.file})", block.body]))

    def file_faults(self, name: str, data: bytes) -> Iterator[str]:
        yield from super().file_faults(name, data)
        if len(data) > MOST_KB * 1024:
            yield f"larger than {MOST_KB} KB"
        if not _is_what_it_says(name, data):
            yield "the file is not what its ending says"

    def file_facts(self, block: BlockText, data: bytes) -> FileFacts:
        facts = super().file_facts(block, data)
        return FileFacts(
            mime=facts.mime, extension=facts.extension, label=block.heading
        )  # it is saved under its name

    def context(self, block: Stored) -> dict[str, Any]:
        ending = block.file.file.name.rsplit(".", 1)[-1] if block.file else ""
        return {"what": WORDS.get(ending, ""), "save_as": f"{block.heading}.{ending}"}

    def facts(self, block: Stored) -> dict[str, Any]:
        return {"type": block.file.mime, "bytes": block.file.bytes} if block.file else {}


def _is_what_it_says(name: str, data: bytes) -> bool:
    if name.endswith(".pdf"):
        return data.startswith(b"%PDF-")
    if name.endswith(".xlsx"):
        return zipfile.is_zipfile(io.BytesIO(data))
    try:
        return bool(data.decode("utf-8"))
    except UnicodeDecodeError:
        return False


FILE = File()
