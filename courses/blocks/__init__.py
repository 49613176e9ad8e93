"""The kinds of blocks a lesson is made of, one file a kind. A new kind is a file here, its name in ``KINDS``,
a template ``courses/blocks/<code>.html`` and a test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..grammar.blocks import BlockText, SourceError, chunks
from .audio import AUDIO
from .base import Kind
from .check import CHECK
from .file import FILE
from .picture import PICTURE
from .text import TEXT
from .tip import TIP
from .video import VIDEO

KINDS: dict[str, Kind] = {kind.code: kind for kind in (TEXT, PICTURE, AUDIO, VIDEO, FILE, TIP, CHECK)}
_BY_MARK = sorted(KINDS.values(), key=lambda kind: -len(kind.mark))  # “!audio[” before “!”, text last

SAVED = [kind.code for kind in KINDS.values() if kind.saved]  # their files cost nothing to whoever only reads


def choices() -> list[tuple[str, Any]]:
    """The kinds for a form, as a trainer finds them."""
    return [(kind.code, kind.name) for kind in KINDS.values()]


def parse_blocks(text: str, *, first_line: int = 1) -> list[BlockText]:
    """Split a lesson body into its blocks.

    :raises SourceError: at the first line that does not fit the grammar.
    """
    found = []
    for line, chunk in chunks(text, first_line):
        kind = next(kind for kind in _BY_MARK if chunk[0].startswith(kind.mark))
        found.append(kind.parse(chunk, line))
    return TEXT.joined(found)


def write_blocks(blocks: Iterable[BlockText]) -> str:
    """Blocks as a source that reads as the same blocks.

    :raises SourceError: for what the grammar cannot say, such as a text with a line “?? …” in it.
    """
    text, written = "", []
    for block in blocks:
        written.append((text.count("\n") + 1, _content(block)))
        text += f"{KINDS[block.kind].write(block)}\n\n"
    read = [_content(block) for block in parse_blocks(text)]
    for number, (line, before) in enumerate(written):
        if [before] != read[number : number + 1]:
            raise SourceError(line, "this would be read as something else")
    return text


def _content(block: BlockText) -> tuple[Any, ...]:
    return (block.kind, block.heading, block.body, block.file, block.seconds)


def spoken(blocks: Iterable[BlockText]) -> Iterator[tuple[int, str]]:
    """What a reader reads of a lesson, each part with the line its block starts in."""
    for block in blocks:
        yield from ((block.line, part) for part in KINDS[block.kind].spoken(block))


def contexts(blocks: Iterable[Any]) -> list[dict[str, Any]]:
    """Stored blocks with their parts read, for the lesson's page. A kind this version does not know is left out."""
    known = [(block, KINDS[block.kind]) for block in blocks if block.kind in KINDS]
    return [{"block": block, "template": kind.template, **kind.context(block)} for block, kind in known]
