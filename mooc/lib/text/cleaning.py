"""Cleaning what people type, and the search tokens of Chinese text."""

from __future__ import annotations

import re
import unicodedata

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN = re.compile(f"[{HAN}]")
_RUN = re.compile(rf"[{HAN}]+|[a-z0-9]+")
# Cc except newline and tab; bidi controls that can turn a name around; lone surrogates.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
# What no field keeps, wherever it comes from: Cc except newline, return and tab; lone surrogates; noncharacters.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def without_controls(text: str) -> str:
    """The text without what nobody can type and some databases refuse."""
    return CONTROL.sub("", text)


def clean(text: str, *, lines: bool = False) -> str:
    """Drop control and direction characters; trim. ``lines=False`` also folds white space."""
    text = _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.strip() if lines else " ".join(text.split())


def fold(text: str) -> str:
    """NFKC and lower case: full-width digits and letters become plain ones."""
    return unicodedata.normalize("NFKC", text).casefold()


def language_of(text: str) -> str:
    """``zh`` where there is a Han character, else ``en``."""
    return "zh" if _HAN.search(text) else "en"


def tokens(text: str) -> list[str]:
    """Search tokens: Latin words and digits whole, Chinese as overlapping pairs of characters.

    A single Chinese character is its own token. The same tokens go into SQLite's FTS5 and
    PostgreSQL's ``to_tsvector('simple', …)``, so both databases find the same things.
    """
    found: list[str] = []
    for run in _RUN.findall(fold(text)):
        if run[0].isascii() or len(run) == 1:
            found.append(run)
        else:
            found.extend(run[i : i + 2] for i in range(len(run) - 1))
    return found


def mask_phone(number: str) -> str:
    """``13805716021`` → ``138****6021``."""
    return f"{number[:3]}****{number[-4:]}" if len(number) >= 8 else "****"
