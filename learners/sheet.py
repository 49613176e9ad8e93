"""What every A4 sheet of the house shares: the font, its ink, and what it cannot draw."""

from __future__ import annotations

import functools
from pathlib import Path

from fontTools.ttLib import TTFont
from fpdf import FPDF

FONT = Path(__file__).parent / "fonts" / "NotoSansSC-subset.ttf"
INK, CLOTH = (26, 33, 48), (35, 63, 123)


@functools.cache
def glyphs() -> frozenset[int]:
    """Code points the font can draw."""
    with TTFont(FONT, lazy=True) as font:
        return frozenset(font.getBestCmap())


def missing(text: str) -> list[str]:
    """Characters of ``text`` that the font cannot draw, each once."""
    return sorted({ch for ch in text if ord(ch) not in glyphs() and not ch.isspace()})


def drawable(text: str) -> str:
    """The text with what cannot be drawn spelled as ``[U+20BB7]``: reported, never dropped."""
    return "".join(ch if ord(ch) in glyphs() or ch.isspace() else f"[U+{ord(ch):04X}]" for ch in text)


class Sheet(FPDF):
    """A4 with the one font, ``sc``."""

    def __init__(self, title: str) -> None:
        super().__init__(format="A4")
        self.add_font("sc", "", FONT)
        self.set_title(title)
