"""The block syntax of lessons: one grammar for content files and for the trainers' form.

Pure text in, dataclasses out; no database. The grammar is written down for people in
``docs/content-format.md``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

BlockKind = Literal["text", "picture", "audio", "video", "tip", "check"]

_PICTURE = re.compile(r"^!\[(?P<heading>[^\]]+)\]\((?P<file>[\w.-]+)\)\s*$")
_MEDIA = re.compile(
    r"^!(?P<kind>audio|video)\[(?P<heading>[^\]]+)\]\((?P<file>[\w.-]+)\s+(?P<m>\d+):(?P<s>[0-5]\d)\)\s*$"
)
_KEY_LINE = re.compile(r"^\d+\.\s+(?P<text>.+)$")


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

    kind: BlockKind
    heading: str
    body: str
    file: str = ""
    line: int = 1
    seconds: int = 0  # how long a recording is: learners are told before it loads


@dataclass(frozen=True, slots=True)
class CheckQuestion:
    """A check-yourself: the question, its options with the right one marked, and the reason."""

    question: str
    options: tuple[tuple[str, bool], ...]
    reason: str

    def marked(self, mark: Callable[[str], str]) -> CheckQuestion:
        """The same with ``mark`` put on each text."""
        options = tuple((mark(text), right) for text, right in self.options)
        return CheckQuestion(mark(self.question), options, mark(self.reason))


@dataclass(slots=True)
class _Lines:
    """A cursor over numbered lines."""

    lines: list[str]
    first: int
    at: int = 0
    out: list[BlockText] = field(default_factory=list)

    @property
    def number(self) -> int:
        return self.first + self.at

    def take_while_filled(self) -> list[str]:
        start = self.at
        while self.at < len(self.lines) and self.lines[self.at].strip():
            self.at += 1
        return [line.rstrip() for line in self.lines[start : self.at]]


def parse_blocks(text: str, *, first_line: int = 1) -> list[BlockText]:
    """Split a lesson body into its blocks.

    :raises SourceError: at the first line that does not fit the grammar.
    """
    cursor = _Lines(text.replace("\r\n", "\n").split("\n"), first_line)
    while cursor.at < len(cursor.lines):
        if not cursor.lines[cursor.at].strip():
            cursor.at += 1
            continue
        line = cursor.number
        cursor.out.append(_block(cursor.take_while_filled(), line))
    return _join_text(cursor.out)


def _block(chunk: list[str], line: int) -> BlockText:
    head = chunk[0]
    if head.startswith(("!audio[", "!video[")):
        return _recording(chunk, line)
    if head.startswith("!"):
        return _picture(chunk, line)
    if head.startswith(">"):
        return _tip(chunk, line)
    if head.startswith("??"):
        heading, body = head[2:].strip(), "\n".join(chunk[1:])
        parse_check(heading, body, first_line=line)
        return BlockText("check", heading, body, line=line)
    if head.startswith("## "):
        return BlockText("text", head[3:].strip(), "\n".join(chunk[1:]), line=line)
    if head.startswith("#") and not head.startswith("### "):
        raise SourceError(line, "headings start with “## ”, sub-headings with “### ”")
    return BlockText("text", "", "\n".join(chunk), line=line)


def _picture(chunk: list[str], line: int) -> BlockText:
    match = _PICTURE.match(chunk[0])
    if not match:
        raise SourceError(line, "a picture is written ![what is to be seen](file)")
    for offset, row in enumerate(chunk[1:], start=1):
        if not _KEY_LINE.match(row):
            raise SourceError(line + offset, "under a picture stand only numbered lines: 1. …")
    return BlockText("picture", match["heading"], "\n".join(chunk[1:]), match["file"], line)


def _recording(chunk: list[str], line: int) -> BlockText:
    match = _MEDIA.match(chunk[0])
    if not match:
        raise SourceError(
            line,
            "a recording with its length is written !audio[title](file 1:15) or !video[title](file 1:15)",
        )
    kind: BlockKind = "audio" if match["kind"] == "audio" else "video"
    seconds = 60 * int(match["m"]) + int(match["s"])
    return BlockText(kind, match["heading"], "\n".join(chunk[1:]), match["file"], line, seconds)


def _tip(chunk: list[str], line: int) -> BlockText:
    rows = []
    for offset, row in enumerate(chunk):
        if not row.startswith(">"):
            raise SourceError(line + offset, "each line of a tip starts with “>”")
        rows.append(row[1:].strip())
    if len(rows) < 2:
        raise SourceError(line, "a tip has a name on its first line and the trick below")
    return BlockText("tip", rows[0], "\n".join(rows[1:]), line=line)


def _join_text(blocks: list[BlockText]) -> list[BlockText]:
    """Paragraphs without a heading belong to the text block before them."""
    joined: list[BlockText] = []
    for block in blocks:
        last = joined[-1] if joined else None
        if block.kind == "text" and not block.heading and last and last.kind == "text":
            body = f"{last.body}\n\n{block.body}" if last.body else block.body
            joined[-1] = BlockText("text", last.heading, body, line=last.line)
        else:
            joined.append(block)
    for block in joined:
        if block.kind == "text" and not block.body.strip():
            raise SourceError(block.line, "a heading without a text below it")
    return joined


def parse_check(question: str, body: str, *, first_line: int = 1) -> CheckQuestion:
    """Read the options (``+`` right, ``-`` wrong) and the reason (``=``) of a check-yourself.

    :raises SourceError: when there is not exactly one right option, fewer than two options, or
        no reason.
    """
    options: list[tuple[str, bool]] = []
    reason: list[str] = []
    for offset, row in enumerate(body.splitlines(), start=1):
        mark, text = row[:1], row[1:].strip()
        if mark in "+-" and mark and text:
            options.append((text, mark == "+"))
        elif mark == "=" and text:
            reason.append(text)
        else:
            raise SourceError(first_line + offset, "a check has lines “- wrong”, “+ right” and “= why”")
    if not question:
        raise SourceError(first_line, "the check has no question")
    if len(options) < 2 or sum(right for _, right in options) != 1:
        raise SourceError(first_line, "a check has two or more options, exactly one of them right")
    if not reason:
        raise SourceError(first_line, "the check does not say why (a line “= …”)")
    return CheckQuestion(question, tuple(options), " ".join(reason))


def key_lines(body: str) -> list[str]:
    """The numbered lines under a picture, without their numbers."""
    found = (_KEY_LINE.match(row.strip()) for row in body.splitlines())
    return [match["text"].strip() for match in found if match]
