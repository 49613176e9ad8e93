"""The tracking file on A4. Pure: from the structure to bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from fpdf.fonts import FontFace

from mooc.lib.pages.look import spent

from ..data import TrackingSection
from .sheet import CLOTH, INK, Sheet, drawable, missing
from .tracking import TrackingFile

MOST_ROWS = 200  # a section; the CSV has all of them


class _Sheet(Sheet):
    """A4 with a footer that counts pages."""

    def __init__(self, foot: str) -> None:
        super().__init__(foot)
        self.foot = foot
        self.set_margins(16, 15, 16)
        self.set_auto_page_break(True, 18)

    def footer(self) -> None:
        """Date and page number."""
        self.set_y(-13)
        self.set_font("sc", size=8)
        self.set_text_color(*INK)
        self.cell(0, 5, f"{self.foot}   {self.page_no()} / {{nb}}", align="C")


def tracking_pdf(file: TrackingFile) -> bytes:
    """The tracking file as an A4 PDF, as many pages as it needs."""
    sheet = _Sheet(f"{drawable(file.name)}, {file.made_at}")
    sheet.add_page()
    sheet.set_text_color(*CLOTH)
    sheet.set_font("sc", size=20)
    sheet.cell(0, 11, _("Learning file"), new_x="LMARGIN", new_y="NEXT")
    sheet.set_text_color(*INK)
    sheet.set_font("sc", size=12)
    who = "，".join(part for part in (file.name, file.place, file.phone) if part)
    sheet.multi_cell(0, 7, drawable(who), new_x="LMARGIN", new_y="NEXT")
    facts = [
        (_("Lessons read"), str(file.lessons_done)),
        (_("Modules finished"), str(file.modules_done)),
        (_("Time"), spent(file.seconds)),
        (_("Right answers"), str(file.right_answers)),
    ]
    sheet.set_font("sc", size=10.5)
    sheet.multi_cell(
        0, 7, "    ".join(f"{name} {value}" for name, value in facts), new_x="LMARGIN", new_y="NEXT"
    )
    cells = (cell for section in file.sections for row in section.rows[:MOST_ROWS] for cell in row)
    if missing("".join([who, *cells])):
        sheet.set_font("sc", size=9)
        note = _("[U+…] stands for a letter this paper cannot print. The site keeps it as you wrote it.")
        sheet.multi_cell(0, 5, note, new_x="LMARGIN", new_y="NEXT")
    for section in file.sections:
        _section(sheet, section)
    return bytes(sheet.output())


def _section(sheet: _Sheet, section: TrackingSection) -> None:
    sheet.ln(4)
    sheet.set_font("sc", size=13)
    sheet.set_text_color(*CLOTH)
    sheet.cell(0, 8, section.title, new_x="LMARGIN", new_y="NEXT")
    sheet.set_text_color(*INK)
    sheet.set_font("sc", size=9.5)
    if not section.rows:
        sheet.cell(0, 6, _("Nothing here yet"), new_x="LMARGIN", new_y="NEXT")
        return
    widths = (3, *(1 for _column in section.columns[1:]))
    head = FontFace(emphasis="", fill_color=(230, 235, 246))
    with sheet.table(
        col_widths=widths, headings_style=head, line_height=5.5, borders_layout="HORIZONTAL_LINES"
    ) as table:
        _row(table, section.columns)
        for row in section.rows[:MOST_ROWS]:
            _row(table, row)
    if len(section.rows) > MOST_ROWS:
        more = _("… and %(n)s more in the table file") % {"n": len(section.rows) - MOST_ROWS}
        sheet.cell(0, 6, more, new_x="LMARGIN", new_y="NEXT")


def _row(table: Any, cells: Sequence[str]) -> None:
    row = table.row()
    for cell in cells:
        row.cell(drawable(cell))
