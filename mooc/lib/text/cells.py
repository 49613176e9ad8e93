"""Cells of tables that somebody opens in a spreadsheet. Pure.

In a CSV file a spreadsheet guesses what a cell is, so texts are marked where it would guess wrong. In a workbook
the kind of a cell is told: nothing is put before a text there.
"""

from __future__ import annotations

import re
import unicodedata

from .cleaning import without_controls

MOST_LETTERS = 32_767  # of one cell, in every spreadsheet
CUT = " […]"
_SIGNS = "=+-@＝＋－＠"
# Read as numbers and shown as 3.60324E+11, or without their zeros.
_CODE = re.compile(r"0[0-9]+|[0-9]{12,}|[0-9]+[eE][0-9]+")


def harmless(cell: str) -> str:
    """A cell of a CSV file that no spreadsheet takes for a formula (OWASP CSV injection) or a code for a number.

    Spaces, line feeds and signs without width do not hide the beginning; full-width signs count too.
    """
    text = fitting(cell)
    if _CODE.fullmatch(text):
        return f"\t{text}"  # keeps it text, shows nothing, and falls off when a program strips the cell
    return f"'{text}" if _begins(text) in _SIGNS else text


def _begins(text: str) -> str:
    """The first sign anybody sees; a letter when there is none."""
    return next((ch for ch in text if unicodedata.category(ch) not in ("Cc", "Cf", "Zs", "Zl", "Zp")), "a")


def fitting(cell: str) -> str:
    """A text as one cell can hold it: without control characters, cut with a mark when it is too long."""
    text = without_controls(cell)
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - len(CUT)] + CUT


def sheet_name(title: str) -> str:
    """A title as the name of a sheet: without the signs that may not stand there, 31 letters at most."""
    return re.sub(r"[\[\]:*?/\\']", " ", without_controls(title)).strip()[:31] or "1"
