"""Scores at the first and at the second try of the same quiz, and by how much the second are better.

Those who come back are those who did badly: set against their own first try they would look better by chance alone
(regression to the mean; Galton 1886, Campbell & Kenny 1999). So each second score is set against the mean first score
of *everybody* who took that quiz in the same reach. Answered at a constant chance the difference is nought on average.

The range is a bootstrap by person: each of 200 replicates gives every person a weight, Poisson with mean 1, made from
a hash of who it is, so that the same facts give the same figures (Hanley & MacGibbon 2006, Comput. Methods Programs
Biomed. 83:57-62; Chamandy et al. 2012, Estimating Uncertainty for Massive Data Streams). It is the mean difference
and as many standard errors to either side as Student's t asks for so many people: of 60 or of 12 who answer at
constant chance the range holds nought in 95 of 100 worlds (tests/evaluation/test_retries.py). Pure.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp, factorial, nan
from typing import Any

import numpy as np

from .indicators import student

REPLICATES = 200
PART = 4000  # rows whose weights are in memory at a time
_STEPS = np.floor(np.cumsum([exp(-1) / factorial(k) for k in range(12)]) * 65536)


@dataclass(frozen=True, slots=True)
class Compared:
    """What second tries say. ``first``, ``second``, ``difference``: means over ``tries`` second tries of ``people``
    people; ``low`` and ``high``: where the difference likely lies, ``None`` of one person."""

    people: int
    tries: int
    first: float = nan
    second: float = nan
    difference: float = nan
    low: float | None = None
    high: float | None = None


@dataclass(slots=True)
class Block:
    """Tries of the people of one place: columns of the same length; ``second`` is not a number where there is none."""

    who: array[int] = field(default_factory=lambda: array("q"))
    quiz: array[int] = field(default_factory=lambda: array("q"))
    first: array[float] = field(default_factory=lambda: array("d"))
    second: array[float] = field(default_factory=lambda: array("d"))


@dataclass(slots=True)
class Retries:
    """Tries of a group; those of a whole are those of its parts. ``subjects``: of quizzes, by id."""

    blocks: list[Block] = field(default_factory=list)
    subjects: dict[int, str] = field(default_factory=dict)

    def __add__(self, other: Retries) -> Retries:
        return Retries(self.blocks + other.blocks, self.subjects | other.subjects)

    def see(self, who: int, quiz: int, subject: str, first: float, second: float | None) -> None:
        """Count somebody's first and, where there is one, second score at a quiz."""
        if not self.blocks:
            self.blocks.append(Block())
        block = self.blocks[0]
        block.who.append(who)
        block.quiz.append(quiz)
        block.first.append(first)
        block.second.append(nan if second is None else second)
        self.subjects[quiz] = subject

    def compared(self, fewest: int) -> Mapping[str, Compared]:
        """By subject, and under ``""`` over all: where somebody tried again. Of fewer people than ``fewest`` only
        their number."""
        if not self.blocks:
            return {}
        who, quiz = (
            np.concatenate([_column(block, name) for block in self.blocks]) for name in ("who", "quiz")
        )
        first, second = (
            np.concatenate([_column(block, name) for block in self.blocks]) for name in ("first", "second")
        )
        order = np.lexsort((quiz, who))  # the same sums in whatever order places were added
        rows = who[order], quiz[order], first[order], second[order]
        found = {"": _compared(*rows, fewest)}
        for subject in sorted(set(self.subjects.values())):
            ours = np.isin(rows[1], [key for key, name in self.subjects.items() if name == subject])
            found[subject] = _compared(rows[0][ours], rows[1][ours], rows[2][ours], rows[3][ours], fewest)
        return {subject: one for subject, one in found.items() if one.tries}


def _column(block: Block, name: str) -> Any:
    return np.array(getattr(block, name))


def _compared(who: Any, quiz: Any, first: Any, second: Any, fewest: int) -> Compared:
    again = ~np.isnan(second)
    people, tries = len(np.unique(who[again])), int(again.sum())
    if people < fewest or not tries:
        return Compared(people, tries)
    kept = np.isin(quiz, np.unique(quiz[again]))  # of quizzes nobody took twice nothing can be said
    who, quiz, first, second, again = who[kept], quiz[kept], first[kept], second[kept], again[kept]
    sums = np.zeros(
        (len(np.unique(quiz)), 4, 1 + REPLICATES)
    )  # of first scores, people, second scores, people
    number = np.unique(quiz, return_inverse=True)[1]
    second = np.where(again, second, 0.0)
    for start in range(0, len(who), PART):
        part = slice(start, start + PART)
        weights = _weights(who[part])
        for one in np.unique(number[part]):
            here = number[part] == one
            values = np.stack([first[part], np.ones(len(here)), second[part], again[part]])[:, here]
            sums[one] += values @ weights[here]
    return _judged(people, tries, sums)


def _judged(people: int, tries: int, sums: Any) -> Compared:
    firsts, takers, seconds, retakers = (sums[:, place] for place in range(4))
    means = np.divide(firsts, takers, out=np.zeros_like(firsts), where=takers > 0)
    counted = retakers.sum(axis=0)
    counted = np.where(counted > 0, counted, nan)
    before, after = (retakers * means).sum(axis=0) / counted, seconds.sum(axis=0) / counted
    first, second = float(before[0]), float(after[0])
    difference, replicates = second - first, (after - before)[1:]
    replicates = replicates[~np.isnan(replicates)]
    if people < 2 or len(replicates) < 2:
        return Compared(people, tries, first=first, second=second, difference=difference)
    half = student(people - 1) * float(replicates.std(ddof=1))
    low, high = difference - half, difference + half
    return Compared(people, tries, first=first, second=second, difference=difference, low=low, high=high)


def _weights(who: Any) -> Any:
    """A row for each person: 1 for the figure itself, then the weights of the replicates."""
    ids, at = np.unique(who, return_inverse=True)
    found = np.ones((len(ids), 1 + REPLICATES))
    for row, one in enumerate(ids):
        raw = hashlib.shake_128(b"retry:%d" % int(one)).digest(2 * REPLICATES)
        found[row, 1:] = np.searchsorted(_STEPS, np.frombuffer(raw, "<u2"), side="right")
    return found[at]
