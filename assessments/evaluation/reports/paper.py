"""A report on one A4 page, to be signed and filed. Pure: from the report to bytes.

Everything is said in words and shapes, so that a grey copy loses nothing. What grows with the place
(its townships, its subjects) gets the room that is left; the tables have all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.utils.translation import gettext as _
from fpdf.enums import WrapMode

from learners.file.sheet import INK, Sheet, drawable

from ..data import Unit
from ..words.presentation import FigureText, funnel_title
from .reporting import Line, Report, before_title, places_in, subjects_in, themes_in
from .tables import check_code

LEFT, TOP, BOTTOM, WIDTH, GAP = 14, 12, 286, 182, 7  # mm
HALF = (WIDTH - GAP) / 2
ROW, HEAD = 5.1, 12.5  # mm: a row of a small table; a section's title and the heads of its columns
BODY, SMALL, SMALLEST = 8.5, 7.5, 5.5  # points; smaller, and a word is cut
TRACK, RANGE = (221, 221, 221), (130, 130, 130)
WEIGHT = (96, 96, 96)
THEMES = 5
LIGHTS = {  # mm: columns of the targets; what is short in one language is long in the other
    True: (29, 13, 31, 17, 19, 11, 20, 42),
    False: (39, 12, 33, 17, 17, 11, 20, 33),
}


class _Page(Sheet):
    """One page with a few strokes of its own. Places are in mm from the upper left corner."""

    def __init__(self, report: Report) -> None:
        super().__init__(drawable(report.heading))
        self.chinese = report.facts.language != "en"
        self.set_creation_date(report.facts.snapshot.as_of)  # the same figures are the same bytes
        self.set_lang("zh-Hans" if self.chinese else "en")
        self.set_author(drawable(report.facts.site))
        self.set_auto_page_break(False)
        self.set_margins(LEFT, TOP, LEFT)
        self.c_margin = 0
        self.add_page()
        self.set_text_color(*INK)
        self.set_draw_color(*INK)

    def words(
        self,
        x: float,
        y: float,
        width: float,
        text: str,
        *,
        size: float = BODY,
        bold: bool = False,
        align: str = "L",
    ) -> None:
        """A line of text, set smaller until it fits, then cut: the tables have it whole."""
        text = drawable(text)
        self.set_font("sc", size=size)
        while size > SMALLEST and self.get_string_width(text) > width:
            size -= 0.5
            self.set_font("sc", size=size)
        while len(text) > 1 and self.get_string_width(text) > width:
            text = text[:-2] + "…"
        lower = 0.3 * max(0, BODY - size) / self.k  # small words stand on the line of their neighbours
        with self._weight(bold):
            self.set_xy(x, y + lower)
            self.cell(width, ROW, text, align=align)

    def paragraph(self, y: float, text: str, *, size: float, height: float, bold: bool = False) -> float:
        """A paragraph over the whole width; returns where it ends."""
        self.set_font("sc", size=size)
        with self._weight(bold):
            self.set_xy(LEFT, y)
            self.multi_cell(WIDTH, height, drawable(text), align="L", wrapmode=self.wrapping)
        return y + self.height_of(text, size=size, height=height)

    def height_of(self, text: str, *, size: float, height: float) -> float:
        """How high a paragraph will be."""
        self.set_font("sc", size=size)
        lines: Any = self.multi_cell(
            WIDTH, height, drawable(text), align="L", wrapmode=self.wrapping, dry_run=True, output="LINES"
        )
        return height * len(lines)

    @property
    def wrapping(self) -> WrapMode:
        """Chinese breaks between any two characters."""
        return WrapMode.CHAR if self.chinese else WrapMode.WORD

    def rule(self, x: float, y: float, width: float, thick: float) -> None:
        """A line from left to right."""
        self.set_line_width(thick)
        self.line(x, y, x + width, y)

    def section(self, x: float, y: float, width: float, title: str) -> None:
        """The title of a block with its line."""
        self.words(x, y, width, title, size=10, bold=True)
        self.rule(x, y + 5.6, width, 0.5)

    def small_table(
        self, x: float, y: float, widths: Sequence[float], head: Sequence[str], rows: Sequence[Sequence[str]]
    ) -> float:
        """A small table, its first column to the left, the others to the right; returns where it ends."""
        for at, row in enumerate((head, *rows)):
            left = x
            for number, (cell, width) in enumerate(zip(row, widths, strict=True)):
                align = "L" if number == 0 else "R"
                self.words(
                    left, y, width - 1.5 * (number == 0), cell, size=SMALL if at == 0 else BODY, align=align
                )
                left += width
            y += ROW
            if at < len(rows):
                self.rule(x, y, sum(widths), 0.3 if at == 0 else 0.1)
        return y

    def beam(self, x: float, y: float, width: float, row: FigureText) -> None:
        """The steelyard: track, likely range, target as an upright line, the weight at the value."""
        if row.position is None:
            return
        self.set_fill_color(*TRACK)
        self.rect(x, y, width, 1.5, "F")
        if row.low is not None and row.high is not None:
            self.set_fill_color(*RANGE)
            self.rect(x + width * row.low / 100, y, width * (row.high - row.low) / 100, 1.5, "F")
        at = x + width * row.position / 100
        self.set_fill_color(*WEIGHT)
        self.polygon(
            [(at - 0.8, y + 0.6), (at + 0.8, y + 0.6), (at + 1.4, y + 3.2), (at - 1.4, y + 3.2)], style="F"
        )
        if row.mark is not None:  # over the weight: near its target a figure must not hide it
            self.set_line_width(0.6)
            self.line(x + width * row.mark / 100, y - 1.2, x + width * row.mark / 100, y + 3.6)

    def _weight(self, bold: bool) -> AbstractContextManager[Any]:
        """The one font is regular: bold is its outline drawn too."""
        return self.local_context(text_mode="FILL_STROKE", line_width=0.13) if bold else nullcontext()


def as_pdf(report: Report) -> bytes:
    """The report on one A4 page."""
    page = _Page(report)
    y = _head(page, report)
    y = _funnel(page, report, y)
    y = _lights(page, report, y)
    below = _Below(page, report)
    most = max(1, int((BOTTOM - y - below.height - HEAD) / ROW))
    y = _reach_and_learning(page, report, y, most)
    below.draw(y)
    return bytes(page.output())


def _head(page: _Page, report: Report) -> float:
    page.words(LEFT, TOP, WIDTH, report.heading, size=17, bold=True)
    page.words(LEFT, TOP + 8, WIDTH - 36, report.filed, size=8.5)
    code = _("Check code %(code)s") % {"code": check_code(report)}
    page.words(LEFT + WIDTH - 34, TOP + 8, 34, code, size=8.5, align="R")
    y = page.paragraph(
        TOP + 14.5, report.headline, size=_on_one_line(page, report.headline), height=5.6, bold=True
    )
    if report.new:
        y = page.paragraph(y, report.new, size=9.5, height=5)
    if report.reconciled:
        space = "" if page.chinese else " "
        y = page.paragraph(y, space.join(report.reconciled), size=SMALL, height=3.6)
    y = page.paragraph(y, report.judgement, size=9.5, height=5)
    if report.next:
        lines = _("; ").join(f"{number}. {line.text}" for number, line in enumerate(report.next, start=1))
        y = page.paragraph(y, _("Do next: %(lines)s.") % {"lines": lines}, size=9.5, height=5, bold=True)
    return y + 2


def _on_one_line(page: _Page, text: str) -> float:
    """A size a little smaller, where that saves a line; else the full one."""
    sizes = (11.0, 10.5, 10.0, 9.5)
    return next((size for size in sizes if page.height_of(text, size=size, height=1) == 1), sizes[0])


def _funnel(page: _Page, report: Report, y: float) -> float:
    page.section(LEFT, y, WIDTH, funnel_title({row.figure.code: row for row in report.figures}))
    width = WIDTH / max(len(report.funnel), 1)
    for number, step in enumerate(report.funnel):
        x = LEFT + number * width
        page.words(x + 1, y + 7.6, width - 2, step.number, size=15, bold=True, align="C")
        caption = f"{step.title} {step.share}".strip()
        page.words(x + 1, y + 13, width - 2, caption, size=8.5, align="C")
    page.words(LEFT, y + 17.6, WIDTH, _("Each percentage is of the enrolled people."), size=SMALL)
    return y + 24


def _lights(page: _Page, report: Report, y: float) -> float:
    page.section(LEFT, y, WIDTH, _("How it stands to the targets"))
    y += 6.4
    head = (
        _("Measure"),
        _("Result"),
        _("Of how many"),
        _("Likely range"),
        "",
        _("Target"),
        before_title(report.facts),
        _("Judgement"),
    )
    for at, row in enumerate((None, *report.lights)):
        cells = head if row is None else _light(row)
        widths = LIGHTS[page.chinese]
        if row is not None and row.figure.hidden:  # nothing beside it: words have its room
            widths = (widths[0], widths[1] + widths[2], 0, *widths[3:])
        x = LEFT
        for number, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            inset = 3 if number == 7 else 0
            align = "L" if number in (0, 7) else "R"
            size, bold = (SMALL, False) if row is None else (BODY, number in (0, 1, 7))
            page.words(x + inset, y, width - inset, cell, size=size, bold=bold, align=align)
            if row is not None and number == 4:
                page.beam(x + 5, y + 1.6, width - 7, row)
            x += width
        y += ROW + 0.3
        if at < len(report.lights):
            page.rule(LEFT, y, WIDTH, 0.3 if at == 0 else 0.1)
    key = _(
        "In the picture: the weight hangs at the result, the dark part is the likely range, the line is the target."
    )
    page.words(LEFT, y, WIDTH, key, size=SMALL)
    return y + ROW + 1.5


def _light(row: FigureText) -> tuple[str, ...]:
    return row.title, row.value, row.base, row.likely, "", row.target, row.before or _("none"), row.verdict


def _reach_and_learning(page: _Page, report: Report, y: float, most: int) -> float:
    """Reach by place to the left, what was learnt to the right, each in ``most`` rows."""
    page.section(LEFT, y, HALF, _("Who was reached, by place"))
    lines = places_in(report, most)
    head = (_("Place"), _("Enrolled"), _("Finished a module"), _("Share"))
    rows = [(line.name, *line.cells) for line in lines] or [(_("Nobody yet"), "", "", "")]
    left = page.small_table(LEFT, y + 6.4, (HALF - 50, 14, 24, 12), head, rows)
    right = _learning(page, report, y, most)
    return max(left, right) + 2.5


def _learning(page: _Page, report: Report, y: float, most: int) -> float:
    x = LEFT + HALF + GAP
    page.section(x, y, HALF, _("What was learnt"))
    head = (_("Subject"), _("Finished at least one"), _("Share"), _("2nd try"))
    lines = subjects_in(report, most - len(report.learning))
    rows = [(line.name, *line.cells) for line in lines]
    y += 6.4
    if rows:
        y = page.small_table(x, y, (HALF - 52, 26, 13, 13), head, rows)
        page.rule(x, y, HALF, 0.1)
    return _plain(page, x, y, [_line(row) for row in report.learning])


def _line(row: FigureText) -> Line:
    beside = row.likely if row.figure.unit == Unit.DIFFERENCE else row.base  # its base stands with the scores
    return Line(row.title, (row.value, beside))


def _plain(page: _Page, x: float, y: float, lines: Sequence[Line]) -> float:
    """Figures one under the other: title, value, base."""
    for number, line in enumerate(lines):
        if number:
            page.rule(x, y, HALF, 0.1)
        value, base = line.cells
        room = 26 if base else 0  # words without a base have its room
        page.words(x, y, HALF - 45, line.name)
        page.words(x + HALF - 44, y, 44 - room, value, align="R")
        page.words(x + HALF - 25, y, 25, base, size=SMALL, align="R")
        y += ROW
    return y


class _Below:
    """What stands at the foot: questions, help, definitions, signatures. Its height is known beforehand."""

    def __init__(self, page: _Page, report: Report) -> None:
        self.page, self.report = page, report
        self.small = "\n".join(report.definitions)
        self.rows = max(1, min(THEMES, len(report.themes)), len(report.answering) + len(report.help))
        self.height = (
            6.4 + ROW * (self.rows + 1) + 2.5 + page.height_of(self.small, size=SMALL, height=3.5) + 6 + 17
        )

    def draw(self, y: float) -> None:
        """Draw it from ``y`` on; the signatures stand at the very foot."""
        page, report = self.page, self.report
        page.section(LEFT, y, HALF, _("What is asked"))
        lines = themes_in(report, THEMES)
        rows = [(line.name, *line.cells) for line in lines] or [(_("Nobody has asked anything yet."), "")]
        page.small_table(LEFT, y + 6.4, (HALF - 40, 40), (_("Theme"), _("Questions so far")), rows)
        x = LEFT + HALF + GAP
        page.section(x, y, HALF, _("How it is answered, and who may need help"))
        lines = (*(_line(row) for row in report.answering), *report.help)
        end = _plain(page, x, y + 6.4, lines)
        advice = _("Advice by published points, never a decision. Names stay on the site.")
        page.words(x, end, HALF, advice, size=SMALL)
        y += 6.4 + ROW * (self.rows + 1) + 2.5
        page.rule(LEFT, y, WIDTH, 0.1)
        page.paragraph(y + 1, self.small, size=SMALL, height=3.5)
        self._signatures()

    def _signatures(self) -> None:
        width = WIDTH / 3
        for number, word in enumerate((_("Made by:"), _("Checked by:"), _("Seal and date:"))):
            x = LEFT + number * width
            self.page.words(x, BOTTOM - 12, width, word)
            self.page.rule(x, BOTTOM, width - 6, 0.2)
