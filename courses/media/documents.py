"""Uploaded sheets and tables: known by content, bounded, looked through, and only ever given out to be saved.

A picture is written anew, a document cannot be; so what could run in one, or reach out of it, is refused.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from pathlib import PurePath

import filetype
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from mooc.lib.errors import DomainError

from ..models import Media
from .services import store_media

MAX_BYTES = 2 * 1024 * 1024
MAX_UNPACKED = 20 * 1024 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What else people choose, and what to do about it.
ADVICE = {
    "application/msword": _("This is a Word file. In Word or WPS choose “Save as”, then PDF, and send that."),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": _(
        "This is a Word file. In Word or WPS choose “Save as”, then PDF, and send that."
    ),
    "application/vnd.ms-excel": _(
        "This is a table of the old kind (.xls). Choose “Save as”, then .xlsx, and send that."
    ),
}
NO_DOCUMENT = _("This is no sheet we can use. Choose one that ends in .pdf, .xlsx or .csv.")
PICTURE = _("This is a picture. Choose the kind “picture” for it, or save it as PDF.")
DAMAGED = _("The file is damaged, or has a password. Save it once more without one, and send that.")
RUNS = _("Something in this file could run by itself. Save it as a plain PDF or table, and send that.")
_STREAM = re.compile(rb"\bstream\r?\n")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_PDF_RUNS = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData)\b")
_XLSX_RUNS = re.compile(r"vbaproject|externallinks/|embeddings/|activex|connections\.xml|macrosheets/")
_CELL_RUNS = re.compile(r"^\s*(?:[=@]|[+-](?![\d.\s]))")


class BadDocument(DomainError):
    """The file is no sheet we can use."""

    code = "bad_document"


def store_document(*, upload: UploadedFile, label: str = "") -> Media:
    """Keep a PDF, an XLSX or a CSV under ``label``.

    :raises BadDocument: too large, of another type, not whole, or with something in it that could run;
        nothing is kept.
    """
    if (upload.size or 0) > MAX_BYTES:
        raise BadDocument(_("The file is over 2 MB. Keep the sheet without photos, or cut it in two."))
    data = upload.read(MAX_BYTES + 1)
    extension, mime = _type_of(data, str(upload.name))
    if extension == "pdf":
        _look_through_pdf(data)
    elif extension == "xlsx":
        _look_through_xlsx(data)
    else:
        data = _plain_csv(data)
    name = label.removesuffix(f".{extension}")
    return store_media(data=data, mime=mime, extension=extension, label=name)


def _type_of(data: bytes, name: str) -> tuple[str, str]:
    """Ending and MIME type, by content. A CSV has no mark of its own: there the name says it."""
    if data.startswith(b"%PDF-"):
        return "pdf", "application/pdf"
    kind = filetype.guess(data)
    mime = kind.mime if kind else ""
    if mime == XLSX or (mime == "application/zip" and PurePath(name).suffix.lower() == ".xlsx"):
        return "xlsx", XLSX
    if not mime and PurePath(name).suffix.lower() == ".csv":
        return "csv", "text/csv"
    if data.startswith(b"\xd0\xcf\x11\xe0"):  # all of the old office programs
        mime = "application/vnd.ms-excel" if name.lower().endswith(".xls") else "application/msword"
    raise BadDocument(PICTURE if mime.startswith("image/") else ADVICE.get(mime, NO_DOCUMENT))


def _look_through_pdf(data: bytes) -> None:
    """Refuse what is cut off, locked, or holds an action. Objects may be packed: those are unpacked to look."""
    if b"%%EOF" not in data[-2048:]:
        raise BadDocument(DAMAGED)
    seen, left = [data], MAX_UNPACKED
    for start in _STREAM.finditer(data):
        if b"/ObjStm" in data[max(0, start.start() - 400) : start.start()]:
            seen.append(_inflate(data[start.end() :], left))
            left -= len(seen[-1])
    for text in seen:
        plain = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), text)
        if b"/Encrypt" in plain:
            raise BadDocument(DAMAGED)
        if _PDF_RUNS.search(plain):
            raise BadDocument(RUNS)


def _inflate(body: bytes, most: int) -> bytes:
    unpack = zlib.decompressobj()
    try:
        unpacked = unpack.decompress(body, max(1, most))
    except zlib.error as error:
        raise BadDocument(DAMAGED) from error
    if not unpack.eof:
        raise BadDocument(NO_DOCUMENT)
    return unpacked


def _look_through_xlsx(data: bytes) -> None:
    """Refuse macros, and what fetches from elsewhere."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > MAX_UNPACKED:
                raise BadDocument(NO_DOCUMENT)
            names = {member.filename.lower() for member in members}
            if "xl/workbook.xml" not in names or archive.testzip():
                raise BadDocument(DAMAGED)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, EOFError) as error:
        raise BadDocument(DAMAGED) from error
    if any(_XLSX_RUNS.search(name) for name in names):
        raise BadDocument(RUNS)


def _plain_csv(data: bytes) -> bytes:
    """The same in UTF-8 with its mark, by which Excel and WPS know it."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise BadDocument(DAMAGED)
    if re.search(r"[\x00-\x08\x0b-\x1f]", text.replace("\r\n", "\n")):
        raise BadDocument(DAMAGED)
    try:
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    except csv.Error as error:
        raise BadDocument(DAMAGED) from error
    if any(map(_CELL_RUNS.match, cells)):
        raise BadDocument(_("A cell starts with “=” or “@” and would be worked out. Send it as .xlsx."))
    return text.encode("utf-8-sig")
