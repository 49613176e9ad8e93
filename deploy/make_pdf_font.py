"""Make the font of the PDFs: one subset of Noto Sans SC (OFL-1.1).

Get the TrueType file from the npm package ``@expo-google-fonts/noto-sans-sc`` and run
``python deploy/make_pdf_font.py NotoSansSC_400Regular.ttf``. The subset holds Latin, punctuation, all
Chinese characters of GBK and rare characters of personal names.
"""

import subprocess
import sys
from pathlib import Path

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


def main(source: str) -> None:
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


if __name__ == "__main__":
    main(sys.argv[1])
