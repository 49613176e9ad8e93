"""Lists as files: CSV with a byte-order mark, XLSX with real numbers and dates; no cell is a formula."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from mooc.lib.text.cells import fitting, harmless

from ..data import Percent
from ..words.presentation import percent

SHEET_NAME = "list"


def cell_text(cell: Any) -> str:
    """A cell in words, as page and CSV show it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return _("yes") if cell else _("no")
    if isinstance(cell, dt.datetime):
        return f"{timezone.localtime(cell):%Y-%m-%d %H:%M}"
    if isinstance(cell, dt.date):
        return f"{cell:%Y-%m-%d}"
    if isinstance(cell, Percent):
        return f"{percent(round(cell, 4))}%"
    if isinstance(cell, float):
        return f"{cell:g}"
    return str(cell)


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The table line by line."""
    out = io.StringIO()
    writer = csv.writer(out)
    out.write("\ufeff")
    writer.writerow([harmless(cell) for cell in columns])
    yield out.getvalue()
    for row in rows:
        out.seek(0)
        out.truncate()
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell_text(cell) for cell in row])
        yield out.getvalue()


def xlsx_file(columns: Sequence[str], rows: Iterable[Sequence[Any]], made: dt.datetime) -> IO[bytes]:
    """The table as a workbook in a temporary file, written row by row: memory stays flat.

    :param made: goes into the file's properties, so that the same table gives the same bytes.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115  # handed to the caller, who closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"created": timezone.make_naive(made)})
        head, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        percent = book.add_format({"num_format": "0%"})
        sheet = book.add_worksheet(SHEET_NAME)
        sheet.set_column(0, len(columns) - 1, 22)
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.write_string(0, place, fitting(column), head)
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                _write(sheet, number, place, cell, percent if isinstance(cell, Percent) else day)
    file.seek(0)
    return file


def _write(sheet: Any, number: int, place: int, cell: Any, look: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, Percent):
        sheet.write_number(number, place, round(cell, 4), look)
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        sheet.write_number(number, place, cell)
    elif isinstance(cell, dt.datetime):
        sheet.write_datetime(number, place, timezone.make_naive(cell), look)
    else:
        sheet.write_string(number, place, fitting(cell_text(cell)))
