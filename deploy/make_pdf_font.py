"""Make the font of the PDFs: one subset of Noto Sans SC (OFL-1.1).

Get the TrueType file from the npm package ``@expo-google-fonts/noto-sans-sc``, install Debian's
fonts-noto-cjk, and run ``python deploy/make_pdf_font.py NotoSansSC_400Regular.ttf
NotoSansCJK-Regular.ttc``. The subset holds Latin, punctuation, all Chinese characters of GBK and
rare characters of personal names; the few that the first file lacks (𠮷) are drawn from the second,
which is the same design and under the same licence.
"""

import subprocess
import sys
from pathlib import Path

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

OUT = Path(__file__).resolve().parent.parent / "learners" / "fonts" / "NotoSansSC-subset.ttf"
RARE = "䶮㙓𠮷㛃㭎䒟𬭎𬍛𬬻𬍤𫟹𬀩𬘭𬱖𬸣𬭚𬟽㑇㕮㧟㬊㳇㴔㵐䓕䓖䜣䝙䢺䥽䦃䴓䴔䴕䴖䴗䴘䴙"


def wanted() -> str:
    """Every character the subset is asked for."""
    found = {chr(n) for n in range(0x20, 0x17F)} | set(RARE) | {chr(n) for n in range(0x2010, 0x2040)}
    found |= {chr(n) for n in range(0x3000, 0x3020)} | {chr(n) for n in range(0xFF01, 0xFF5F)}
    for n in range(0x4E00, 0xA000):
        try:
            chr(n).encode("gbk")
        except UnicodeEncodeError:
            continue
        found.add(chr(n))
    return "".join(sorted(found))


def add_missing(collection: str) -> None:
    """Draw characters of RARE that the subset still lacks from Noto Sans CJK SC."""
    font = TTFont(OUT)
    have = font.getBestCmap()
    faces = TTCollection(collection).fonts
    other = next(face for face in faces if face["name"].getDebugName(1) == "Noto Sans CJK SC")
    cmap, glyphs = other.getBestCmap(), other.getGlyphSet()
    tables = [table for table in font["cmap"].tables if table.format == 12]
    for code in sorted({ord(ch) for ch in RARE} - have.keys()):
        if code not in cmap:
            continue
        pen = TTGlyphPen(None)
        glyphs[cmap[code]].draw(Cu2QuPen(pen, max_err=0.5, reverse_direction=True))
        name = f"u{code:X}"
        font.setGlyphOrder([*font.getGlyphOrder(), name])
        font["glyf"][name] = pen.glyph()
        font["hmtx"][name] = (round(glyphs[cmap[code]].width), 0)
        for table in tables:
            table.cmap[code] = name
    font.save(OUT)


def main(source: str, collection: str) -> None:
    """Write the subset."""
    text = OUT.with_suffix(".txt")
    text.write_text(wanted(), encoding="utf-8")
    subprocess.run(
        [
            sys.executable, "-m", "fontTools.subset", source, f"--text-file={text}", f"--output-file={OUT}",
            "--no-hinting", "--layout-features=", "--drop-tables+=GSUB,GPOS,BASE,vhea,vmtx",
        ],
        check=True,
    )  # fmt: skip
    text.unlink()
    add_missing(collection)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
