"""A report as tables, for a spreadsheet: XLSX and CSV of the same rows. Pure.

Numbers are numbers, with all their digits; words that a spreadsheet could take for a formula are made
harmless.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from mooc.lib.text.cells import fitting, harmless, sheet_name
from mooc.lib.text.digits import whole_number

from ..data import Unit
from ..words.presentation import FigureText
from . import reconciling
from .reporting import Report, before_title, data_date, full_title, place_cells, place_name

Cell = str | int | float | None
CODE_LENGTH = 8  # of hexadecimal signs: enough to notice another table, few enough to compare by eye


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet of the workbook, a part of the CSV."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[int, ...]


def tables_of(report: Report) -> tuple[Table, ...]:
    """What the report says, as tables: all figures, reach by place, who may need help, what words mean."""
    facts = report.facts
    about: list[tuple[Cell, ...]] = [
        (_("Evaluation report"), report.heading),
        (_("Number"), facts.number),
        (_("Data up to"), data_date(facts.snapshot.as_of)),
        (_("Scope"), str(facts.snapshot.scope)),
        (_("Evaluation model"), facts.snapshot.model),
        (_("In one sentence"), report.headline),
        (_("Targets"), report.judgement),
        *((_("Do next"), line.text) for line in report.next),
        *([(_("New"), report.new)] if report.new else []),
        *((_("Reconciled"), line) for line in report.reconciled),
        *((_("Meaning"), line) for line in report.definitions),
    ]
    return (
        Table(
            _("Figures"),
            _figure_columns(report),
            tuple(_figure(row) for row in report.figures),
            (26, 40, 12, 14),
        ),
        *_reconciled(report),
        Table(_("Reach by place"), (_("Short name"), *place_columns()), tuple(_places(report)), (16, 34)),
        Table(
            _("Who may need help"),
            (_("How much"), _("People")),
            tuple((line.name, _number(line.cells[0])) for line in report.help),
            (40,),
        ),
        Table(_("About"), (_("What"), _("Says")), tuple(about), (22, 100)),
    )


def _reconciled(report: Report) -> Iterator[Table]:
    """What parts the figures from those of the month before, where both are closed."""
    closing = report.facts.closing
    if closing and closing.sealed and closing.before is not None:
        rows = tuple(reconciling.table(closing, report.figures, report.facts.before))
        yield Table(_("Reconciliation"), reconciling.columns(closing), rows, (26, 40))


def place_columns() -> tuple[str, ...]:
    """The heads of reach by place."""
    return _("Place"), _("Enrolled"), _("Finished at least one module"), _("Share")


def as_csv(report: Report) -> bytes:
    """All tables under each other, with a byte-order mark, as spreadsheet programs here expect."""
    out = io.StringIO()
    writer = csv.writer(out)
    for table in tables_of(report):
        for row in ((table.title,), table.columns, *table.rows, ()):
            writer.writerow([_safe(cell) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def check_code(report: Report) -> str:
    """The code a paper is known by: how the SHA-256 of its tables as CSV begins. The paper's own cannot
    stand on it; whoever has the CSV can compare."""
    return hashlib.sha256(as_csv(report)).hexdigest()[:CODE_LENGTH]


def as_xlsx(report: Report) -> bytes:
    """A workbook with a sheet for each table. The same figures give the same bytes."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    made = timezone.localtime(report.facts.snapshot.as_of).replace(tzinfo=None)
    book.set_properties({"title": report.heading, "author": report.facts.site, "created": made})
    head, wrap = (
        book.add_format({"bold": True, "bottom": 1}),
        book.add_format({"text_wrap": True, "valign": "top"}),
    )
    for table in tables_of(report):
        sheet = book.add_worksheet(sheet_name(table.title))
        sheet.freeze_panes(1, 0)
        for number, width in enumerate(table.widths):
            sheet.set_column(number, number, width, wrap)
        for at, row in enumerate((table.columns, *table.rows)):
            for number, cell in enumerate(row):
                look = [head] if at == 0 else []
                if isinstance(cell, str):
                    sheet.write_string(at, number, fitting(cell), *look)
                else:
                    sheet.write(at, number, cell, *look)
    book.close()
    return out.getvalue()


def _safe(cell: Cell) -> Cell:
    return harmless(cell) if isinstance(cell, str) else cell


def _number(text: str) -> Cell:
    number = whole_number(text)
    return text if number is None else number


def _figure_columns(report: Report) -> tuple[str, ...]:
    return (
        _("Short name"),
        _("Figure"),
        _("Unit"),
        _("As shown"),
        _("Value"),
        _("Part"),
        _("Whole"),
        _("Likely from"),
        _("Likely to"),
        _("Target"),
        _("Judgement"),
        before_title(report.facts),
    )


def _figure(row: FigureText) -> tuple[Cell, ...]:
    figure = row.figure
    return (
        figure.code,
        full_title(row),
        str(Unit(figure.unit).label),
        row.value,
        figure.value,
        figure.numerator,
        figure.denominator,
        figure.low,
        figure.high,
        row.target,
        row.verdict if row.target else "",
        row.before,
    )


def _places(report: Report) -> Iterator[tuple[Cell, ...]]:
    hidden = any(row.hidden for row in report.facts.places)
    for row in report.facts.places:
        words = place_cells(row)
        numbers: tuple[Cell, ...] = words if row.hidden else (row.enrolled, row.completed, row.share)
        yield (row.code, place_name(row, hidden), *numbers)
