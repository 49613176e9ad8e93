"""Names on paper: the national list, its neighbours, and what no font draws."""

from __future__ import annotations

import subprocess

import pytest
from fontTools.ttLib import TTFont

from learners.data import TrackingSection
from learners.file import pdf, sheet
from learners.file.tracking import TrackingFile
from mooc.lib.text.hanzi import standard


def test_rare_name_characters_are_drawn_and_unknown_ones_reported() -> None:
    assert sheet.missing("䶮㙓𠮷喆堃祎赟李桂香 Ānà 138****6021") == []
    assert sheet.drawable("好\U0010ffff") == "好[U+10FFFF]"
    section = TrackingSection("x", "课", ("课",), (("䶮𠮷",),))
    file = TrackingFile("䶮𠮷", "河西村", "", 0, 0, 0, 0, (section,), "2026-11-23")
    assert len(pdf.tracking_pdf(file)) > 1000


NAMES = [
    "艾力·买买提",
    "阿依•古丽",
    "古丽・汗∙江⋅别克",
    "Łukasz Őry Ǎnžé",
    "Аким Ү",
    "ƂƃɅ",
    "ꀀꁆꏆ",
    "㐆㵾𠮷開國",
    "𫍟𫍢𫚈𫚔𫛚𫛞𫛢𫛶𫛸",  # outside the list, drawn by another face
]
FOREIGN = {
    "Uyghur": "ئابدۇللا",
    "Tibetan": "བཀྲ་ཤིས",
    "Mongolian": "ᠪᠠᠲᠤ",
    "Korean": "김철수",
    "emoji": "😀❤️",
}


def in_gbk(ch: str) -> bool:
    return bool(ch.encode("gbk", errors="ignore"))


def test_each_character_of_the_national_list_has_ink() -> None:
    assert len(standard()) == 8105
    assert sheet.missing("".join(standard()) + "".join(NAMES)) == []
    with TTFont(sheet.NEAR, lazy=True) as font:
        cmap, places = font.getBestCmap(), font["loca"]
        empty = [
            ch for ch in standard()
            if places[font.getGlyphID(cmap[ord(ch)])] == places[font.getGlyphID(cmap[ord(ch)]) + 1]
        ]  # fmt: skip
    assert empty == []


def test_what_stands_on_paper_can_be_read_out_of_it() -> None:
    """All of the list that older tables lack, every twentieth of the rest, dots, accents; two fonts in one line."""
    listed = sorted(standard())
    shown = [ch for ch in listed if not in_gbk(ch)] + listed[::20]
    paper = sheet.Sheet("names")
    paper.add_page()
    paper.set_font("sc", size=8)
    paper.multi_cell(0, 4, sheet.drawable(" ".join([*NAMES, "".join(shown), "e\u0301", "好\ufe0f"])))
    read = subprocess.run(
        ["pdftotext", "-", "-"], input=bytes(paper.output()), capture_output=True, check=True
    ).stdout.decode()
    expected = "".join([*shown, *NAMES]).translate(sheet.DOTS) + "é好"
    assert sorted(set(expected) - set(read) - {" "}) == []
    assert "艾力·买买提" in read
    assert "\ufe0f" not in read


def test_a_sheet_of_listed_characters_opens_one_font() -> None:
    paper = sheet.Sheet("names")
    paper.add_page()
    paper.set_font("sc", size=12)
    paper.cell(0, 7, "桂香·䶮")
    assert set(paper.fonts) == {"sc"}
    paper.cell(0, 7, "𠮷")
    assert set(paper.fonts) == {"sc", "far"}


@pytest.mark.parametrize("script", FOREIGN)
def test_a_name_in_a_script_we_cannot_draw_makes_a_paper_that_says_so(script: str) -> None:
    """Each sign stands as its code beside what can be read, none is dropped, and the paper comes out."""
    name = f"{FOREIGN[script]} Bat 巴图"
    gone = sheet.missing(name)
    assert gone
    section = TrackingSection("x", "课", ("课",), ((name,),))
    paper = pdf.tracking_pdf(TrackingFile(name, "河西村", "", 0, 0, 0, 0, (section,), "2026-11-23"))
    read = subprocess.run(
        ["pdftotext", "-", "-"], input=paper, capture_output=True, check=True
    ).stdout.decode()
    assert "巴图" in read
    assert "Bat" in read
    assert [ch for ch in gone if f"U+{ord(ch):04X}" not in read] == []
    assert "[U+…]" in read  # and a sentence says what such a sign is
