"""Tables open rightly in a spreadsheet: codes stay text, nothing is a formula, nothing breaks the file."""

from __future__ import annotations

import ast
import csv
import io

import openpyxl
import pytest
from django.utils import timezone

from assessments.evaluation.board import exports
from mooc.lib.text.cells import CUT, MOST_LETTERS, fitting, harmless, sheet_name
from tests.conftest import ROOT

FORMULAS = ["=1+1", "+86 138", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1+1", "＝1+1", "＋1", "－1", "＠x",
            "\u200b=1+1", "\ufeff=1", "\u3000\u2028＝1", "\x00=1"]  # fmt: skip


@pytest.mark.parametrize("typed", FORMULAS)
def test_nothing_is_a_formula_in_a_csv(typed: str) -> None:
    assert harmless(typed).startswith("'")
    line = next(
        csv.reader(
            io.StringIO("".join(exports.csv_lines(["a"], [[typed]])).removeprefix("\ufeff").split("\n", 1)[1])
        )
    )
    assert line[0].startswith("'")


@pytest.mark.parametrize("code", ["360323901200", "360323100201", "0799", "12345e67", "007"])
def test_codes_stay_text_in_a_csv(code: str) -> None:
    assert harmless(code) == f"\t{code}"
    assert harmless(code).strip() == code


@pytest.mark.parametrize("text", ["12", "0", "3.5", "王桂香", "a=b", "12 %", "2026-11-30", "", "13805716021"])
def test_all_else_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_a_workbook_holds_texts_as_they_are_and_long_ones_with_a_mark() -> None:
    rows = [
        [cell] for cell in ["=1+1", "-王", "x" * 40_000, "a\x01b\x1f\ufffe", "360323100201", "＝1", "a\nb"]
    ]
    with exports.xlsx_file(["=head"], rows, timezone.now()) as file:
        sheet = openpyxl.load_workbook(io.BytesIO(file.read())).active
    assert sheet is not None
    cells = [row[0] for row in sheet.iter_rows()]
    assert [cell.value for cell in cells][:3] == ["=head", "=1+1", "-王"]
    assert all(cell.data_type == "s" for cell in cells)
    assert cells[3].value == "x" * (MOST_LETTERS - len(CUT)) + CUT
    assert [cell.value for cell in cells][4:] == ["ab", "360323100201", "＝1", "a\nb"]


def test_a_sheet_has_a_name_that_may_be_one() -> None:
    assert sheet_name("A [class]: 一/二?*\\" + "班" * 40) == sheet_name("A [class]: 一/二?*\\" + "班" * 40)
    assert not set(sheet_name("[a]:*?/\\b")) & set("[]:*?/\\")
    assert (len(sheet_name("班" * 40)), sheet_name("\x00[]")) == (31, "1")
    assert fitting("a\x02b") == "ab"


def test_every_writer_of_tables_goes_through_these() -> None:
    """A module that writes CSV or a workbook takes its cells from ``mooc.lib.text.cells``."""
    writers = {}
    for app in ("mooc", "courses", "learners", "feedback", "assessments"):
        for path in (ROOT / app).rglob("*.py"):
            text = path.read_text()
            if "csv.writer(" in text or "xlsxwriter.Workbook(" in text or "csv.DictWriter(" in text:
                imported = [n.module for n in ast.walk(ast.parse(text)) if isinstance(n, ast.ImportFrom)]
                writers[path.relative_to(ROOT).as_posix()] = "mooc.lib.text.cells" in imported
    assert len(writers) >= 4
    assert [path for path, safe in writers.items() if not safe and "/management/" not in path] == []
