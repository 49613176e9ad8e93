"""What makes a course's checks fair, and a lesson easy: rules over whole modules, asked by ``--check``.

They are no grammar: content that breaks them loads, and a trainer's module may. What ships keeps them, so
that "the questions change" is true, nobody passes by taking the longest answer, and the minutes on a card
are the reader's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from ..blocks import KINDS
from ..blocks.check import CHECK, parse_check
from ..grammar.blocks import BlockText, SourceError
from .content_files import LANGS, LessonSource, ModuleSource

ALIKE = Fraction(3, 5)  # of the pairs of letters of two questions in common: the same question
NEARLY = Fraction(9, 20)  # the same question when the right answers are alike as well
ANSWERS = Fraction(11, 20)
LONGEST = Fraction(2, 5)  # of the questions of the tree, at most, have their longest answer right
SHORTEST = 3  # minutes: the picture is looked at, too
_SIGNS = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d")


class Choice(NamedTuple):
    """A question with one right answer, in one language."""

    stem: str
    options: tuple[tuple[str, bool], ...]

    @property
    def right(self) -> str:
        """The right answer."""
        return "".join(text for text, right in self.options if right)

    @property
    def longest_is_right(self) -> bool:
        """Whether whoever takes the longest answer is right; of two as long, neither stands out."""
        sizes = sorted((len(text) for text, _right in self.options), reverse=True)
        return sizes[0] > sizes[1] and any(right for text, right in self.options if len(text) == sizes[0])


def check_quality(sources: Iterable[ModuleSource]) -> None:
    """Note in each module what breaks the rules."""
    sources = list(sources)
    for source in sources:
        for lesson in source.lessons:
            for message in lesson_faults(lesson):
                source.add_error(f"{lesson.number:02}.zh.md", 1, message)
    for lang in LANGS:
        if sources and (message := gives_away(checks(sources, lang), "lesson checks")):
            sources[0].add_error("module.md", 1, f"{lang}: {message}")


def gives_away(choices: Sequence[Choice], what: str) -> str:
    """What is wrong when the longest answer is right too often; nothing when it is not."""
    right = sum(choice.longest_is_right for choice in choices)
    if choices and Fraction(right, len(choices)) > LONGEST:
        return f"the longest answer is right in {right} of {len(choices)} {what}"
    return ""


def lesson_faults(lesson: LessonSource) -> Iterator[str]:
    """A picture in each lesson, and minutes that a slow reader needs."""
    blocks = lesson.blocks["zh"]
    if blocks and not any(KINDS[block.kind].to_look_at for block in blocks):
        yield "the lesson has no picture"
    stated, needed = lesson.header["zh"].get("minutes", ""), minutes(blocks)
    if blocks and stated != str(needed):
        yield f"“minutes: {stated}”: a slow reader takes {needed}"


def minutes(blocks: Iterable[BlockText]) -> int:
    """Whole minutes of a lesson, by a slow reader of Chinese."""
    return max(SHORTEST, math.ceil(sum(KINDS[block.kind].minutes(block) for block in blocks)))


def is_repeat(stem: str, right: str, check: Choice) -> bool:
    """Whether a question is a check once more. Another sum, with another result, is not."""
    alike, answers = likeness(stem, check.stem), likeness(right, check.right)
    if alike >= ALIKE:
        return right == check.right or not (_DIGITS.search(right) and _DIGITS.search(check.right))
    return alike >= NEARLY and answers >= ANSWERS and (right == check.right or not _DIGITS.search(right))


def likeness(one: str, other: str) -> Fraction:
    """Dice's coefficient of two texts' sets of letter pairs, signs left out: 0 nothing, 1 everything in common."""
    pairs = [
        {text[at : at + 2] for at in range(len(text) - 1)}
        for text in (_SIGNS.sub("", one), _SIGNS.sub("", other))
    ]
    size = sum(map(len, pairs))
    return Fraction(2 * len(pairs[0] & pairs[1]), size) if size else Fraction(0)


def checks(sources: Iterable[ModuleSource], lang: str) -> list[Choice]:
    """The check-yourselves of all lessons."""
    return [
        choice for source in sources for lesson in source.lessons for choice in lesson_choices(lesson, lang)
    ]


def lesson_choices(lesson: LessonSource, lang: str) -> Iterator[Choice]:
    """The check-yourself of a lesson, where it can be read."""
    for block in CHECK.of(lesson.blocks[lang]):
        try:
            found = parse_check(block.heading, block.body)
        except SourceError:  # noted where it stands
            continue
        if found.options:  # of steps in order none is the right one
            yield Choice(found.question, found.options)
