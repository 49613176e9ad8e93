"""The characters of the national list (通用规范汉字表, 2013: 8,105): how they are read, which stand for them.

The tables were made by ``deploy/make_hanzi.py``. ``pinyin.tsv``: Unicode's Unihan, field kTGHZ2013 (Unicode
licence 3); ``traditional.tsv``: OpenCC's characters (Apache-2.0), without those that the list itself has.
Each is read when it is first asked for, and costs half a megabyte then.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent


def _rows(name: str) -> Iterator[tuple[str, str]]:
    with (FOLDER / name).open(encoding="utf-8") as file:
        next(file)
        for line in file:
            key, _tab, characters = line.rstrip("\n").partition("\t")
            yield key, characters


@functools.cache
def sounds() -> dict[str, str]:
    """Each syllable without tone → the characters read so."""
    return dict(_rows("pinyin.tsv"))


def standard() -> frozenset[str]:
    """All characters of the list."""
    return frozenset("".join(sounds().values()))


@functools.cache
def _simple() -> dict[int, str]:
    return {ord(old): new for new, olds in _rows("traditional.tsv") for old in olds}


def simplified(text: str) -> str:
    """The text with traditional characters as the list writes them. Its own characters stay: 乾 and 著 too."""
    return text if text.isascii() else text.translate(_simple())
