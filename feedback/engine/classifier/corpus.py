"""The labelled questions the product ships, and tab-separated files like them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "corpus"
HELD_OUT = "heldout2.tsv"  # by four writers of their own ways, all themes each; never trained or tuned on
THEMES = "themes.tsv"
OTHER = "other"


class BadTable(Exception):
    """A file is not what it should be; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question and its theme's code; of held-out ones also who wrote it."""

    theme: str
    lang: str
    text: str
    writer: str = ""


def read_table(path: Path, columns: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Rows of a UTF-8 tab-separated file with this header, no quoting.

    :raises BadTable: by line, for a wrong header or a wrong number of columns.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadTable(f"{path}: {error}") from error
    lines = [line.rstrip("\r") for line in text.split("\n")]
    if not lines or tuple(lines[0].split("\t")) != columns:
        raise BadTable(f"{path}:1: the header is {' '.join(columns)}, parted by tabs")
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        if line == "" and (number == len(lines) or len(columns) > 1):
            continue
        cells = tuple(line.split("\t"))
        if len(cells) != len(columns):
            raise BadTable(f"{path}:{number}: {len(cells)} columns, not {len(columns)}")
        rows.append(cells)
    return rows


def read_examples(path: Path) -> list[Example]:
    """Labelled questions of a file ``theme lang text``."""
    return [Example(*row) for row in read_table(path, ("theme", "lang", "text"))]


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme with its names and what it is about, in both languages."""

    code: str
    zh: str
    en: str
    about_zh: str
    about_en: str


def themes() -> list[Theme]:
    """The themes in the order of the taxonomy; ``other`` is the last."""
    return [Theme(*row) for row in read_table(FOLDER / THEMES, ("code", "zh", "en", "about_zh", "about_en"))]


def shipped_files() -> list[Example]:
    """The labelled questions that ship, without the held-out part, file by file."""
    paths = [path for path in sorted(FOLDER.glob("*.tsv")) if path.name not in (HELD_OUT, THEMES)]
    return [example for path in paths for example in read_examples(path)]


def shipped() -> list[Example]:
    """The corpus that ships with the product, names and descriptions of themes among it, without the
    held-out part."""
    found = shipped_files()
    for theme in themes():
        found += [
            Example(theme.code, "zh", f"{theme.zh} {theme.about_zh}"),
            Example(theme.code, "en", f"{theme.en}: {theme.about_en}"),
        ]
    return found


def held_out() -> list[Example]:
    """Questions of other writers, for judging only."""
    return [Example(*row) for row in read_table(FOLDER / HELD_OUT, ("theme", "lang", "text", "writer"))]
