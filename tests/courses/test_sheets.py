"""Sheets that lessons offer: made of their source, small, one page, and right where they add up."""

from __future__ import annotations

import importlib.util
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SHIPPED = ROOT / "courses" / "content"


def _maker() -> Any:
    spec = importlib.util.spec_from_file_location("make_sheets", ROOT / "deploy" / "make_sheets.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAKER = _maker()
FILES = [
    pytest.param(folder, *file, id=file[0])
    for folder in sorted(path.parent for path in SHIPPED.glob("*/sheets.toml"))
    for file in MAKER.files_of(folder)
]


@pytest.mark.parametrize(("folder", "file", "kind", "lang", "sheet"), FILES)
def test_a_sheet_is_what_its_source_says_and_some_lesson_offers_it(
    folder: Path, file: str, kind: str, lang: str, sheet: dict[str, Any]
) -> None:
    data = (folder / file).read_bytes()
    assert len(data) <= 60 * 1024
    if kind == "pdf":
        assert len(re.findall(rb"/Type /Page\b", data)) == 1
        text = data.decode("latin-1")
    else:
        with zipfile.ZipFile(folder / file) as archive:
            text = archive.read("docProps/core.xml").decode()
    assert MAKER.mark(sheet) in text, "run: python deploy/make_sheets.py courses/content"
    assert MAKER.lessons_with(folder, file, lang)


def test_every_sheet_has_both_languages_in_every_cell() -> None:
    def halves(value: Any) -> None:
        if isinstance(value, dict):
            if {"zh", "en"} & value.keys():
                assert {"zh", "en"} <= value.keys()
                assert type(value["zh"]) is type(value["en"])
                assert not isinstance(value["zh"], list) or len(value["zh"]) == len(value["en"])
            list(map(halves, value.values()))
        elif isinstance(value, list):
            list(map(halves, value))

    assert FILES
    for path in SHIPPED.glob("*/sheets.toml"):
        halves(MAKER.sheets_of(path.parent))


def _cells(path: Path, sheet: int) -> dict[str, tuple[str, str]]:
    """Formula and stored value of each cell that has a formula."""
    with zipfile.ZipFile(path) as archive:
        xml = archive.read(f"xl/worksheets/sheet{sheet}.xml").decode()
    found = re.findall(r'<c r="([A-Z]+\d+)"[^>]*><f>(.*?)</f><v>(.*?)</v>', xml)
    return {cell: (formula, value) for cell, formula, value in found}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_account_book_adds_up_as_the_lesson_does(lang: str) -> None:
    """17, 40 and 2 make 59, down the column and along the totals."""
    path = SHIPPED / "C08-digital-tools" / f"account-book.{lang}.xlsx"
    example, empty = _cells(path, 2), _cells(path, 1)
    assert [example[cell][1] for cell in ("G5", "G6", "G7")] == ["17", "40", "2"]
    assert [example[f"{column}3"][1] for column in "CDEFG"] == ["180", "80", "26", "15", "59"]
    assert example["G3"][0] == "SUM(G5:G7)"
    assert empty["G5"][0] == 'IF(COUNT(C5:F5)=0,"",C5-D5-E5-F5)'
    assert empty["C3"][0] == "SUM(C5:C304)"
    assert empty["B3"][0].startswith("IF(ROUND(C3-D3-E3-F3-G3,2)=0")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_profit_sheet_takes_seven_lines_from_the_first(lang: str) -> None:
    cells = _cells(SHIPPED / "C17-money-and-accounts" / f"profit-sheet.{lang}.xlsx", 1)
    assert cells["B12"][0] == 'IF(COUNT(B4:B11)=0,"",B4-SUM(B5:B11))'
    assert cells["N12"][0] == "SUM(B12:M12)"
    assert len([cell for cell in cells if cell.endswith("12")]) == 13
