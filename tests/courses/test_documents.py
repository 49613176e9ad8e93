"""Sheets and tables that trainers send: known by content, bounded, looked through."""

from __future__ import annotations

import io
import zipfile
import zlib
from contextlib import suppress

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from fpdf import FPDF
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from courses.media import documents
from courses.media.documents import BadDocument, store_document
from courses.models import Media

pytestmark = pytest.mark.django_db


def pdf() -> bytes:
    sheet = FPDF()
    sheet.add_page()
    return bytes(sheet.output())


def packed(what: bytes) -> bytes:
    """A PDF that hides objects in a packed stream."""
    body = zlib.compress(what)
    stream = b"9 0 obj\n<< /Type /ObjStm /Filter /FlateDecode /Length %d >>\nstream\n" % len(body)
    return pdf().replace(b"%%EOF", stream + body + b"\nendstream\nendobj\n%%EOF")


def xlsx() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.add_worksheet().write_formula("A1", "=SUM(B1:B9)")
    book.close()
    return out.getvalue()


def with_member(name: str, data: bytes = b"x") -> bytes:
    out = io.BytesIO(xlsx())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return out.getvalue()


def send(data: bytes, name: str = "a.pdf", label: str = "七列账本") -> Media:
    return store_document(upload=SimpleUploadedFile(name, data), label=label)


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (9, 9)).save(out, "PNG")
    return out.getvalue()


def stored(media: Media) -> bytes:
    with media.file.open("rb") as file:
        return bytes(file.read())


@pytest.mark.parametrize(
    ("data", "name", "mime"),
    [(pdf(), "well.doc", "application/pdf"), (xlsx(), "book.xlsx", documents.XLSX), (b"a,b\n1,-2\n", "t.CSV", "text/csv")],
)  # fmt: skip
def test_a_sheet_is_known_by_what_it_is_and_kept_under_its_name(data: bytes, name: str, mime: str) -> None:
    media = send(data, name)
    assert (media.mime, media.label, media.bytes) == (mime, "七列账本", len(stored(media)))


def test_a_table_from_an_old_computer_is_written_so_that_every_program_reads_it() -> None:
    assert stored(send("日期,进\n".encode("gb18030"), "a.csv")) == b"\xef\xbb\xbf" + "日期,进\n".encode()


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (png(), "a.png", "This is a picture"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "a.xls", "old kind"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "a.doc", "Word"),
        (b"MZ" + bytes(600), "a.pdf", "no sheet we can use"),
        (pdf()[:400], "a.pdf", "damaged"),
        (xlsx()[:-300], "a.xlsx", "damaged"),
        (pdf() + bytes(documents.MAX_BYTES), "a.pdf", "over 2 MB"),
        (b"a\x00b", "a.csv", "damaged"),
        (b'a,"=cmd|x"\n', "a.csv", "Send it as .xlsx"),
        (b"a,@SUM(1)\n", "a.csv", "Send it as .xlsx"),
        (b"a" * 200_000, "a.csv", "damaged"),
    ],
)
def test_what_is_no_sheet_is_refused_with_what_to_do(data: bytes, name: str, words: str) -> None:
    with translation.override("en"), pytest.raises(BadDocument, match=words):
        send(data, name)
    assert not Media.objects.exists()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (pdf().replace(b"/Root", b"/S /JavaScript /Root"), "a.pdf"),
        (pdf().replace(b"/Root", b"/S /J#61vaScript /Root"), "a.pdf"),
        (packed(b"1 0 << /S /Launch /F (x) >>"), "a.pdf"),
        (with_member("xl/vbaProject.bin"), "a.xlsx"),
        (with_member("xl/externalLinks/externalLink1.xml"), "a.xlsx"),
    ],
    ids=["script", "script with another spelling", "packed", "macro", "fetches"],
)
def test_what_could_run_by_itself_is_refused(data: bytes, name: str) -> None:
    with translation.override("en"), pytest.raises(BadDocument, match="could run"):
        send(data, name)
    assert not Media.objects.exists()


def test_a_locked_sheet_is_refused() -> None:
    with translation.override("en"), pytest.raises(BadDocument, match="password"):
        send(pdf().replace(b"/Root", b"/Encrypt 9 0 R /Root"))


def test_a_packed_pdf_without_anything_that_runs_is_kept() -> None:
    assert send(packed(b"1 0 << /Type /Page >>")).mime == "application/pdf"


@pytest.mark.parametrize("data", [packed(bytes(30_000_000)), with_member("xl/big.xml", bytes(30_000_000))])
def test_a_file_that_unpacks_to_something_enormous_is_refused(data: bytes) -> None:
    with pytest.raises(BadDocument):
        send(data, "a.xlsx")


@settings(max_examples=60)
@given(
    st.sampled_from([pdf(), xlsx(), packed(b"1 0 x"), b"a,b\n"]), st.integers(0, 5000), st.binary(max_size=6)
)
def test_any_file_is_kept_or_refused(data: bytes, at: int, change: bytes) -> None:
    at %= len(data)
    for name in ("a.pdf", "a.xlsx", "a.csv"):
        with suppress(BadDocument):
            send(data[:at] + change + data[at + len(change) :], name)
