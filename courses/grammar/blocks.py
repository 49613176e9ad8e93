"""What every kind of block is read from: pieces of a text between blank lines, with their line numbers.

Pure text in, dataclasses out; no database. The grammar is written down for people in
``docs/content-format.md``; what is a kind's own stands in ``courses/blocks/``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NUMBERED = re.compile(r"^\d+\.\s+(?P<text>.+)$")


class SourceError(Exception):
    """A mistake in a source text, with the line a person must look at (1-based)."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"{line}: {message}")
        self.line = line
        self.message = message


@dataclass(frozen=True, slots=True)
class BlockText:
    """One block in one language.

    ``heading`` is the heading of a text, the alternative text of a picture, the name of a
    tip, the question of a check, the title of a recording. ``body`` is what follows.
    """

    kind: str
    heading: str
    body: str
    file: str = ""
    line: int = 1
    seconds: int = 0  # how long a recording is: learners are told before it loads


def chunks(text: str, first_line: int = 1) -> Iterator[tuple[int, list[str]]]:
    """The pieces of a text between blank lines: the number of the first line, and the lines."""
    piece: list[str] = []
    for number, line in enumerate([*text.replace("\r\n", "\n").split("\n"), ""], start=first_line):
        if line.strip():
            piece.append(line.rstrip())
        elif piece:
            yield number - len(piece), piece
            piece = []


def numbered(line: str) -> str:
    """What a numbered line (``1. …``) says; empty when it is none."""
    match = _NUMBERED.match(line)
    return match["text"].strip() if match else ""
