"""Make the two fonts of the PDFs from Noto Sans SC, with letters of Noto Sans, Noto Sans Yi and nine characters of
HanaMinB (all OFL-1.1).

Get ``NotoSansSC_400Regular.ttf`` from the npm package ``@expo-google-fonts/noto-sans-sc``, Debian's
fonts-noto-cjk, fonts-noto-core and fonts-hanazono, and run ``python deploy/make_pdf_font.py
NotoSansSC_400Regular.ttf NotoSansCJK-Regular.ttc NotoSans-Regular.ttf NotoSansYi-Regular.ttf HanaMinB.ttf``.

``NotoSansSC-list.ttf`` holds the national list of 8,105 characters (``mooc.lib.text.hanzi``), letters and signs:
almost every sheet needs no other. ``NotoSansSC-far.ttf`` holds what GB 18030 asks of public services beyond it
(GBK, extension A), traditional and rare characters, and Yi; it is opened for whoever has one of them.
"""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from mooc.lib.text.hanzi import standard  # run as a script

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "learners" / "fonts"
RARE = "䶮㙓𠮷㛃㭎䒟𬭎𬍛𬬻𬍤𫟹𬀩𬘭𬱖𬸣𬭚𬟽㑇㕮㧟㬊㳇㴔㵐䓕䓖䜣䝙䢺䥽䦃䴓䴔䴕䴖䴗䴘䴙"
NO_NOTO = "𫍟𫍢𫚈𫚔𫛚𫛞𫛢𫛶𫛸"  # birds, fish and two words: outside the list, asked for in names, drawn by no Noto face
HAN = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x32000))
LETTERS = (  # Latin to its last accent, Greek, Cyrillic; punctuation, the dots between the parts of a name
    (0x20, 0x7F), (0xA0, 0x250), (0x370, 0x530), (0x1E00, 0x1F00), (0x2010, 0x2040), (0x2219, 0x221A),
    (0x22C5, 0x22C6), (0x3000, 0x3020), (0x30FB, 0x30FC), (0xFF01, 0xFF5F), (0xFF65, 0xFF66),
)  # fmt: skip
YI = ((0xA000, 0xA4C7),)


def codes(ranges: Iterable[tuple[int, int]]) -> set[int]:
    """All code points of the ranges."""
    return {code for start, end in ranges for code in range(start, end)}


def add(font: TTFont, other: Any, wanted: set[int], *, cubic: bool) -> None:
    """Draw what ``font`` still lacks as ``other`` draws it, if it does."""
    cmap, glyphs = other.getBestCmap(), other.getGlyphSet()
    size = font["head"].unitsPerEm / other["head"].unitsPerEm
    tables = [table for table in font["cmap"].tables if table.isUnicode()]
    for code in sorted((wanted & cmap.keys()) - font.getBestCmap().keys()):
        whole = DecomposingRecordingPen(glyphs)  # accents are parts elsewhere: drawn whole
        glyphs[cmap[code]].draw(whole)
        pen = TTGlyphPen(None)
        curves = Cu2QuPen(pen, max_err=0.5, reverse_direction=True) if cubic else pen
        whole.replay(curves if size == 1 else TransformPen(curves, (size, 0, 0, size, 0, 0)))
        name = f"u{code:X}"
        font.setGlyphOrder([*font.getGlyphOrder(), name])
        font["glyf"][name] = pen.glyph()
        font["hmtx"][name] = (round(glyphs[cmap[code]].width * size), 0)
        for table in tables:
            if table.format == 12 or code <= 0xFFFF:
                table.cmap[code] = name


def subset(source: str, wanted: set[int], out: Path) -> TTFont:
    """The part of a font with these characters."""
    text = out.with_suffix(".txt")
    text.write_text("\n".join(f"{code:X}" for code in sorted(wanted)), encoding="utf-8")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "fontTools.subset",
            source,
            f"--unicodes-file={text}",
            f"--output-file={out}",
            "--no-hinting",
            "--layout-features=",
            "--drop-tables+=GSUB,GPOS,BASE,vhea,vmtx",
        ],
        check=True,
    )
    text.unlink()
    return TTFont(out)


def main(source: str, collection: str, letters: str, yi: str, hana: str) -> None:
    """Write both fonts."""
    near = {ord(ch) for ch in standard()} | codes(LETTERS)
    out = FONTS / "NotoSansSC-list.ttf"
    font = subset(source, near, out)
    add(font, TTFont(letters), near, cubic=False)
    font.save(out)

    rare = {ord(ch) for ch in RARE}
    out = FONTS / "NotoSansSC-far.ttf"
    font = subset(source, (codes(HAN) | rare) - near, out)
    faces = TTCollection(collection).fonts
    same = next(face for face in faces if face["name"].getDebugName(1) == "Noto Sans CJK SC")
    add(font, same, rare - near, cubic=True)
    add(font, TTFont(yi), codes(YI), cubic=False)
    add(font, TTFont(hana), {ord(ch) for ch in NO_NOTO}, cubic=False)
    font.save(out)


if __name__ == "__main__":
    main(*sys.argv[1:6])
