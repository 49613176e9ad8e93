"""Check yourself: a question, and options of which one is right, or steps to put in order; and why. Nobody is
graded by it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from zlib import crc32

from django.utils.translation import gettext_lazy as _

from mooc.lib.text.localized import as_foreign

from ..grammar.blocks import BlockText, SourceError
from .base import Kind, Stored

MINUTES = 1  # to think about it
FEWEST_STEPS = 3
_STEP = re.compile(r"^(?P<place>\d{1,2})\.\s+(?P<text>\S.*)$")


@dataclass(frozen=True, slots=True)
class CheckQuestion:
    """A check-yourself: the question, its options with the right one marked, and the reason.

    :param steps: in their right order, in place of options.
    """

    question: str
    options: tuple[tuple[str, bool], ...]
    reason: str
    steps: tuple[str, ...] = ()

    @property
    def mixed(self) -> list[str]:
        """The steps in an order that is not the right one, the same each time."""
        mixed = sorted(self.steps, key=lambda text: crc32(text.encode()))
        return mixed if tuple(mixed) != self.steps else mixed[::-1]

    def marked(self, mark: Callable[[str], str]) -> CheckQuestion:
        """The same with ``mark`` put on each text."""
        options = tuple((mark(text), right) for text, right in self.options)
        return CheckQuestion(mark(self.question), options, mark(self.reason), tuple(map(mark, self.steps)))


class Check(Kind):
    """``?? question``, then ``- wrong``, ``+ right`` and ``= why``; or ``1. first``, ``2. next`` and ``= why``."""

    code, name = "check", _("check yourself")
    mark = "??"
    once = True
    advice = _(
        "Line %(line)s: write “- wrong”, “+ right”, “= why”; exactly one right. Or steps in order: “1. first”, "
        "“2. next”, “= why”."
    )

    def parse(self, chunk: list[str], line: int) -> BlockText:
        heading, body = chunk[0][2:].strip(), "\n".join(chunk[1:])
        parse_check(heading, body, first_line=line)
        return BlockText(kind=self.code, heading=heading, body=body, line=line)

    def write(self, block: BlockText) -> str:
        return f"?? {block.heading}\n{block.body}"

    def check(self, heading: str, body: str) -> None:
        parse_check(heading, body)

    def pair_faults(self, zh: BlockText, en: BlockText) -> Iterator[str]:
        yield from super().pair_faults(zh, en)
        if [row[:1] in "+-=" for row in zh.body.split("\n")] != [
            row[:1] in "+-=" for row in en.body.split("\n")
        ]:
            yield "the check has another number of options than in Chinese"

    def spoken(self, block: BlockText) -> list[str]:
        return []

    def minutes(self, block: BlockText) -> Fraction:
        return Fraction(MINUTES)

    def context(self, block: Stored) -> dict[str, Any]:
        """The question; ``None`` where a draft is half written."""
        try:
            found = parse_check(block.heading, block.body)
        except SourceError:
            return {"check": None}
        return {"check": found.marked(lambda text: as_foreign(text, block.body))}


def parse_check(question: str, body: str, *, first_line: int = 1) -> CheckQuestion:
    """Read the options (``+`` right, ``-`` wrong) or the steps (``1.``, ``2.`` …) and the reason (``=``).

    :raises SourceError: when there is not exactly one right option of two or more, when the steps are fewer than
        three or not counted from 1, or without a reason.
    """
    options: list[tuple[str, bool]] = []
    steps: list[str] = []
    reason: list[str] = []
    for offset, row in enumerate(body.splitlines(), start=1):
        mark, text = row[:1], row[1:].strip()
        if step := _STEP.match(row):
            steps.append(step["text"])
            if int(step["place"]) != len(steps):
                raise SourceError(first_line + offset, "the steps of a check are counted from 1")
        elif mark in "+-" and mark and text:
            options.append((text, mark == "+"))
        elif mark == "=" and text:
            reason.append(text)
        else:
            raise SourceError(first_line + offset, "a check has lines “- wrong”, “+ right” and “= why”")
    if not question:
        raise SourceError(first_line, "the check has no question")
    if steps and (options or len(set(steps)) < FEWEST_STEPS or len(set(steps)) < len(steps)):
        raise SourceError(first_line, "a check has options, or three or more steps in order, no two the same")
    if not steps and (len(options) < 2 or sum(right for _, right in options) != 1):
        raise SourceError(first_line, "a check has two or more options, exactly one of them right")
    if not reason:
        raise SourceError(first_line, "the check does not say why (a line “= …”)")
    return CheckQuestion(question, tuple(options), " ".join(reason), tuple(steps))


CHECK = Check()
