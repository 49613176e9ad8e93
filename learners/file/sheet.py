"""What every A4 sheet of the house shares: its fonts, its ink, and what they cannot draw."""

from __future__ import annotations

import functools
import unicodedata
from pathlib import Path

from fontTools.ttLib import TTFont
from fpdf import FPDF

FONTS = Path(__file__).parent.parent / "fonts"
NEAR = FONTS / "NotoSansSC-list.ttf"  # the national list of 8,105 and letters: almost every sheet
FAR = FONTS / "NotoSansSC-far.ttf"  # GB 18030 beyond it: 25 MB, opened for whoever has such a character
INK, CLOTH = (26, 33, 48), (35, 63, 123)
DOTS = str.maketrans("∙⋅", "··")  # typed between the parts of a name: the same dot
SHAPES_ONLY = frozenset("\u200b\u200c\u200d\u2060") | {chr(code) for code in range(0xFE00, 0xFE10)}


@functools.cache
def _glyphs(path: Path) -> frozenset[int]:
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _has(ch: str) -> bool:
    return ch.isspace() or ord(ch) in _glyphs(NEAR) or ord(ch) in _glyphs(FAR)


def missing(text: str) -> list[str]:
    """Characters of ``text`` that no font of ours can draw, each once."""
    return sorted({ch for ch in _drawn(text) if not _has(ch)})


def drawable(text: str) -> str:
    """The text with what cannot be drawn spelled as ``[U+20BB7]``: reported, never dropped.

    An accent typed after its letter joins it; what only says how a neighbour looks (joiners, variation
    selectors) has no ink of its own.
    """
    return "".join(ch if _has(ch) else f"[U+{ord(ch):04X}]" for ch in _drawn(text))


def _drawn(text: str) -> str:
    return "".join(ch for ch in unicodedata.normalize("NFC", text).translate(DOTS) if ch not in SHAPES_ONLY)


class Sheet(FPDF):
    """A4 with one font, ``sc``, and another of the same design behind it for rare characters."""

    def __init__(self, title: str) -> None:
        super().__init__(format="A4")
        self.add_font("sc", "", NEAR)
        self.set_title(title)

    def normalize_text(self, text: str) -> str:
        """Every text comes by here before it is set: the first rare character opens the second font."""
        if "far" not in self.fonts and any(ord(ch) in _glyphs(FAR) for ch in _rare(text)):
            self.add_font("far", "", FAR)
            self.set_fallback_fonts(["far"])
        return super().normalize_text(text)


def _rare(text: str) -> list[str]:
    return [ch for ch in text if ord(ch) not in _glyphs(NEAR) and not ch.isspace()]
