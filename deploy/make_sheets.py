"""Make the sheets that lessons speak of, ready to print: ``python deploy/make_sheets.py courses/content``.

Each module folder may have a ``sheets.toml``, both languages side by side. For every sheet in it this writes
``<name>.zh.pdf`` and ``<name>.en.pdf`` (A4, black on white, cells tall enough for a hand), and where the sheet
has a part ``book``, an Excel workbook of either language that adds up by itself. The files are committed, so
that nobody who loads content needs this. Each holds the hash of what it was made of; a test compares.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlsxwriter

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # a script of the build stands beside the project, not in it

from learners.file.sheet import Sheet  # noqa: E402  # found by the line above

VERSION = 1  # of the drawing: raise it when a sheet looks otherwise
MADE_AT = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)  # the same source makes the same file
LANGS = ("zh", "en")
MARGIN, GAP = 12, 4  # mm
HEAD, WORDS, SMALL, TITLE = 12, 14, 10.5, 20  # points
LINE = 5.5  # mm, of small print
THIN, THICK = 0.25, 0.5  # mm: seen on a poor printer, too
WRAP = {"zh": "CHAR", "en": "WORD"}
GREY = (110, 110, 110)


def mark(source: dict[str, Any]) -> str:
    """What a file carries to say what it was made of."""
    text = json.dumps([VERSION, source], ensure_ascii=False, sort_keys=True)
    return f"sheet {hashlib.sha256(text.encode()).hexdigest()[:16]}"


def sheets_of(folder: Path) -> dict[str, dict[str, Any]]:
    """The sheets of a module folder by name."""
    path = folder / "sheets.toml"
    return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}


def lessons_with(folder: Path, file: str, lang: str) -> list[str]:
    """Titles of the lessons that offer a file."""
    found = []
    for path in sorted(folder.glob(f"[0-9][0-9].{lang}.md")):
        text = path.read_text("utf-8")
        if f"({file})" in text:
            found.append(text.split("title: ", 1)[1].split("\n", 1)[0])
    return found


class Page(Sheet):
    """One A4 page of a sheet."""

    def __init__(self, sheet: dict[str, Any], lang: str, foot: str) -> None:
        super().__init__(sheet["title"][lang])
        self.sheet, self.lang, self.foot = sheet, lang, foot
        self.set_creation_date(MADE_AT)
        self.set_keywords(mark(sheet))
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(False)
        self.add_page(orientation="landscape" if sheet.get("landscape") else "portrait")
        self.set_line_width(THIN)

    def say(self, value: Any) -> Any:
        """A text of the source, or the cells of a row, in the language of the page."""
        return value if isinstance(value, str) else value[self.lang]

    def title_line(self, x: float, y: float, width: float, size: float = TITLE) -> float:
        """Title on the left, what is filled in once on the right; returns where the sheet goes on."""
        self.set_xy(x, y)
        self.set_font("sc", size=size)
        self.cell(width, size / 2, self.say(self.sheet["title"]))
        fills = [self.say(fill) for fill in self.sheet.get("fill", [])]
        self.set_font("sc", size=HEAD)
        place = x + width
        for words in reversed(fills):
            line = 34.0
            place -= line
            self.line(place, y + 9, place + line - GAP, y + 9)
            place -= self.get_string_width(words) + 2
            self.text(place, y + 8, words)
        return y + size / 2 + GAP

    def notes(self, x: float, y: float, width: float) -> None:
        """What to mind, and which lesson this belongs to, upwards from the lower edge."""
        self.set_font("sc", size=SMALL)
        for note in self.sheet.get("notes", []):
            self.set_xy(x, y)
            self.multi_cell(width, LINE, f"· {self.say(note)}", align="L", wrapmode=WRAP[self.lang])
            y = self.get_y()
        self.set_text_color(*GREY)
        self.set_font("sc", size=8)
        self.set_xy(x, self.h - MARGIN - 4)
        self.cell(width, 4, self.foot)
        self.set_text_color(0, 0, 0)

    @property
    def notes_height(self) -> float:
        """mm that the notes and the foot take."""
        self.set_font("sc", size=SMALL)
        notes = [f"· {self.say(note)}" for note in self.sheet.get("notes", [])]
        width = self.w - 2 * MARGIN
        wrap = {"wrapmode": WRAP[self.lang], "dry_run": True, "output": "LINES"}
        return LINE * sum(len(self.multi_cell(width, LINE, note, **wrap)) for note in notes) + 7


def draw_table(page: Page) -> None:
    """Columns with a head, rows to write in: as tall as the page allows."""
    sheet, width = page.sheet, page.w - 2 * MARGIN
    top = page.title_line(MARGIN, MARGIN, width)
    columns = sheet["columns"]
    unit = width / sum(column["wide"] for column in columns)
    edges = [MARGIN]
    for column in columns:
        edges.append(edges[-1] + unit * column["wide"])
    rows = list(_rows(page))
    bottom = page.h - MARGIN - page.notes_height
    head = 9.0 if all("\n" not in page.say(column) for column in columns) else 14.0
    tall = (bottom - top - head) / len(rows)
    page.set_fill_color(235, 235, 235)
    page.rect(MARGIN, top, width, head, "F")
    _cells(page, edges, top, head, [page.say(column) for column in columns], HEAD, "C")
    for number, (cells, kind) in enumerate(rows):
        y = top + head + tall * number
        page.set_text_color(*(GREY if kind == "example" else (0, 0, 0)))
        _cells(
            page,
            edges,
            y,
            tall,
            cells,
            HEAD if kind == "example" else WORDS,
            "C" if kind == "example" else "L",
        )
        if sheet.get("ticks"):
            _boxes(page, edges[1:], y, tall)
    page.set_text_color(0, 0, 0)
    _grid(page, edges, [top, top + head, *(top + head + tall * n for n in range(1, len(rows) + 1))])
    page.notes(MARGIN, bottom + 1.5, width)


def _rows(page: Page) -> Iterator[tuple[list[str], str]]:
    """Cells of each row, and what kind of row it is."""
    sheet, empty = page.sheet, len(page.sheet["columns"])
    if "example" in sheet:
        yield sheet["example"][page.lang], "example"
    rows = sheet["rows"] if isinstance(sheet["rows"], list) else [""] * sheet["rows"]
    for row in [*rows, *([sheet["total"]] if "total" in sheet else [])]:
        cells = page.say(row)
        cells = [cells] if isinstance(cells, str) else cells
        yield [*cells, *[""] * (empty - len(cells))], "row"


def _cells(
    page: Page, edges: list[float], y: float, tall: float, texts: list[str], size: float, align: str
) -> None:
    for left, right, text in zip(edges, edges[1:], texts, strict=False):
        if not text:
            continue
        lines = text.split("\n")
        fits = size
        page.set_font("sc", size=fits)
        while max(map(page.get_string_width, lines)) > right - left - 2 and fits > 8:
            fits -= 0.5
            page.set_font("sc", size=fits)
        step = fits * 0.42
        for number, line in enumerate(lines):
            page.set_xy(left + 0.5, y + tall / 2 + step * (number - len(lines) / 2))
            page.cell(right - left - 1, step, line, align=align)


def _boxes(page: Page, edges: list[float], y: float, tall: float) -> None:
    """An empty square in each cell but the first."""
    side = min(7.0, tall - 3)
    for left, right in itertools.pairwise(edges):
        page.rect((left + right - side) / 2, y + (tall - side) / 2, side, side)


def _grid(page: Page, across: list[float], down: list[float]) -> None:
    for x in across:
        page.line(x, down[0], x, down[-1])
    for y in down:
        page.line(across[0], y, across[-1], y)
    page.set_line_width(THICK)
    page.rect(across[0], down[0], across[-1] - across[0], down[-1] - down[0])
    page.set_line_width(THIN)


def draw_form(page: Page) -> None:
    """Names with lines to write on, once or several times on a page, with dashes to cut along."""
    sheet = page.sheet
    across, down = {1: (1, 1), 2: (1, 2), 4: (2, 2)}[sheet.get("copies", 1)]
    wide = (page.w - 2 * MARGIN - (across - 1) * 2 * GAP) / across
    below = page.notes_height
    tall = (page.h - 2 * MARGIN - below - (down - 1) * 2 * GAP) / down
    for row in range(down):
        for column in range(across):
            _one_form(page, MARGIN + column * (wide + 2 * GAP), MARGIN + row * (tall + 2 * GAP), wide, tall)
    page.set_dash_pattern(dash=2, gap=2)
    if down > 1:
        page.line(MARGIN, MARGIN + tall + GAP, page.w - MARGIN, MARGIN + tall + GAP)
    if across > 1:
        page.line(MARGIN + wide + GAP, MARGIN, MARGIN + wide + GAP, MARGIN + 2 * tall + 2 * GAP)
    page.set_dash_pattern()
    page.notes(MARGIN, page.h - MARGIN - below + 1.5, page.w - 2 * MARGIN)


def _one_form(page: Page, x: float, y: float, wide: float, tall: float) -> None:
    small = page.sheet.get("copies", 1) == 4
    top = page.title_line(x, y, wide, 16 if page.sheet.get("copies", 1) > 1 else TITLE)
    lines = page.sheet["lines"]
    step = (y + tall - top) / sum(line.get("high", 1) for line in lines)
    page.set_font("sc", size=HEAD if small else WORDS)
    for line in lines:
        high = step * line.get("high", 1)
        parts = [page.say(part) for part in line.get("parts", [line])]
        for number, words in enumerate(parts):  # several short ones share a line
            left, room = (
                x + number * wide / len(parts),
                wide / len(parts) - (GAP if number < len(parts) - 1 else 0),
            )
            page.text(left, top + step * 0.72, words)
            page.line(
                left + page.get_string_width(words) + 2, top + step * 0.8, left + room, top + step * 0.8
            )
        for more in range(1, line.get("high", 1)):
            page.line(x, top + step * (more + 0.8), x + wide, top + step * (more + 0.8))
        top += high


# --- workbooks ------------------------------------------------------------------------------------------------


class Book:
    """A workbook of one language: ruled, printable, with its formulas worked out once for who only looks."""

    def __init__(self, path: Path, sheet: dict[str, Any], lang: str) -> None:
        self.sheet, self.lang = sheet, lang
        self.file = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
        self.file.set_properties(
            {"title": sheet["title"][lang], "keywords": mark(sheet), "created": MADE_AT.replace(tzinfo=None)}
        )
        look = {"border": 1, "font_size": 12, "valign": "vcenter"}
        self.head = self.file.add_format(look | {"bold": True, "text_wrap": True, "bg_color": "#EBEBEB"})
        self.cell = self.file.add_format(look | {"num_format": "0.##"})
        self.text = self.file.add_format(look)
        self.sum = self.file.add_format(look | {"num_format": "0.##", "bold": True, "bg_color": "#F5F5F5"})

    def say(self, value: dict[str, Any]) -> Any:
        """A text of the source, or the cells of a row, in the language of the book."""
        return value[self.lang]

    def page(self, name: str) -> Any:
        """A sheet that prints on one width of A4."""
        page = self.file.add_worksheet(name)
        page.set_paper(9)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.set_margins(0.4, 0.4, 0.4, 0.4)
        return page


def ledger_book(path: Path, sheet: dict[str, Any], lang: str) -> None:
    """One row an order. The totals stand on top, where a phone shows them, and check each other."""
    book, made = Book(path, sheet, lang), sheet["book"]
    for name, rows in ((made["sheet"], []), (made["example"], made["orders"])):
        page, last = book.page(book.say(name)), 5 + (made["rows"] if not rows else len(rows)) - 1
        page.write(0, 0, book.say(sheet["title"]), book.file.add_format({"bold": True, "font_size": 16}))
        page.freeze_panes(4, 0)
        for column, words in enumerate(sheet["columns"]):
            page.set_column(column, column, 18 if column in (0, 1) else 11)
            page.write(3, column, book.say(words).replace("\n", ""), book.head)
        page.write(2, 0, book.say(sheet["total"]), book.sum)
        sums = [sum(row["cells"][n] for row in rows) for n in range(4)]
        left = sums[0] - sum(sums[1:])
        for number, column in enumerate("CDEFG"):
            value = [*sums, left][number]
            page.write_formula(f"{column}3", f"=SUM({column}5:{column}{last})", book.sum, value)
        right, wrong = book.say(made["right"]), book.say(made["wrong"])
        page.write_formula("B3", f'=IF(ROUND(C3-D3-E3-F3-G3,2)=0,"{right}","{wrong}")', book.sum, right)
        for line in range(5, last + 1):
            row = rows[line - 5] if rows else None
            page.write(line - 1, 0, row["day"] if row else "", book.text)
            page.write(line - 1, 1, row["order"] if row else "", book.text)
            for number, column in enumerate("CDEF"):
                page.write(f"{column}{line}", row["cells"][number] if row else "", book.cell)
            value = row["cells"][0] - sum(row["cells"][1:]) if row else ""
            formula = f'=IF(COUNT(C{line}:F{line})=0,"",C{line}-D{line}-E{line}-F{line})'
            page.write_formula(f"G{line}", formula, book.sum, value)
    book.file.close()


def month_book(path: Path, sheet: dict[str, Any], lang: str) -> None:
    """One column a month: income less refunds less six costs, and the year beside them."""
    book, made = Book(path, sheet, lang), sheet["book"]
    page = book.page(book.say(made["sheet"]))
    page.write(0, 0, book.say(sheet["title"]), book.file.add_format({"bold": True, "font_size": 16}))
    page.set_column(0, 0, 30)
    page.set_column(1, 13, 9)
    page.freeze_panes(3, 1)
    page.write(2, 0, "", book.head)
    columns = "BCDEFGHIJKLM"
    for number, column in enumerate(columns, start=1):
        page.write(f"{column}3", book.say(made["month"]).format(n=number), book.head)
    page.write("N3", book.say(made["year"]), book.head)
    first, last = 4, 4 + len(sheet["rows"]) - 2  # the lines to fill; what is left stands below
    for number, words in enumerate(sheet["rows"]):
        line = first + number
        page.write(f"A{line}", book.say(words)[0], book.sum if line > last else book.text)
        for column in columns:
            if line <= last:
                page.write(f"{column}{line}", "", book.cell)
            else:
                left = f"{column}{first}-SUM({column}{first + 1}:{column}{last})"
                formula = f'=IF(COUNT({column}{first}:{column}{last})=0,"",{left})'
                page.write_formula(f"{column}{line}", formula, book.sum, "")
        page.write_formula(f"N{line}", f"=SUM(B{line}:M{line})", book.sum, 0)
    for number, note in enumerate(sheet["notes"]):
        page.write(last + 2 + number, 0, book.say(note))
    book.file.close()


LAYOUTS = {"table": draw_table, "form": draw_form}
BOOKS = {"ledger": ledger_book, "months": month_book}


def files_of(folder: Path) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Every file to be made: its name, what it is, its language and its source."""
    for name, sheet in sheets_of(folder).items():
        for lang in LANGS:
            yield f"{name}.{lang}.pdf", "pdf", lang, sheet
            if "book" in sheet:
                yield f"{name}.{lang}.xlsx", "xlsx", lang, sheet


def make(folder: Path) -> list[str]:
    """Write the sheets of a module folder; returns their names."""
    made = []
    for file, kind, lang, sheet in files_of(folder):
        if kind == "xlsx":
            BOOKS[sheet["book"]["kind"]](folder / file, sheet, lang)
        else:
            foot = " · ".join([*lessons_with(folder, file, lang), "CC BY-SA 4.0"])
            page = Page(sheet, lang, foot)
            LAYOUTS[sheet["layout"]](page)
            (folder / file).write_bytes(bytes(page.output()))
        made.append(file)
    return made


if __name__ == "__main__":
    for root in map(Path, sys.argv[1:]):
        for path in sorted(root.rglob("sheets.toml")):
            for file in make(path.parent):
                print(f"{path.parent.name}/{file}: {(path.parent / file).stat().st_size / 1024:.0f} KB")
