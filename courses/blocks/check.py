"""Check yourself: a question, options, and why one of them is right. Nobody is graded by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_lazy as _

from mooc.lib.text.localized import as_foreign

from ..grammar.blocks import BlockText, SourceError
from .base import Kind, Stored

MINUTES = 1  # to think about it


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


class Check(Kind):
    """``?? question``, then ``- wrong``, ``+ right`` and ``= why``."""

    code, name = "check", _("check yourself")
    mark = "??"
    once = True
    advice = _("Line %(line)s: write “- wrong”, “+ right”, “= why”; exactly one right.")

    def parse(self, chunk: list[str], line: int) -> BlockText:
        heading, body = chunk[0][2:].strip(), "\n".join(chunk[1:])
        parse_check(heading, body, first_line=line)
        return BlockText(self.code, heading, body, line=line)

    def write(self, block: BlockText) -> str:
        return f"?? {block.heading}\n{block.body}"

    def check(self, heading: str, body: str) -> None:
        parse_check(heading, body)

    def pair_faults(self, zh: BlockText, en: BlockText) -> Iterator[str]:
        yield from super().pair_faults(zh, en)
        if zh.body.count("\n") != en.body.count("\n"):
            yield "the check has another number of options than in Chinese"

    def spoken(self, block: BlockText) -> list[str]:
        return []

    def minutes(self, block: BlockText) -> Fraction:
        return Fraction(MINUTES)

    def shown(self, block: Stored) -> dict[str, Any]:
        """The question; ``None`` where a draft is half written."""
        try:
            found = parse_check(block.heading, block.body)
        except SourceError:
            return {"check": None}
        return {"check": found.marked(lambda text: as_foreign(text, block.body))}


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


CHECK = Check()
