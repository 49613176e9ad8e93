"""Honest time: what a phone claims, held against what is possible. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable

IDLE_CAP = 90  # seconds without a sign of life still counted as reading
MOST_PER_MINUTE_OF_LESSON = 4  # a lesson of 5 minutes counts at most 20 minutes at one sitting


def honest_seconds(claimed: int, *, lesson_minutes: int, elapsed: float | None = None) -> int:
    """Visible seconds that count, from what the phone measured.

    :param claimed: seconds the page was visible and not idle, measured by the phone.
    :param lesson_minutes: the lesson's stated length.
    :param elapsed: seconds since the last act of this learner here, by the server's clock, if
        known: nobody reads longer than time went by.
    :returns: 0 … 4 × the lesson's length.
    """
    most = lesson_minutes * 60 * MOST_PER_MINUTE_OF_LESSON
    counted = min(max(claimed, 0), most)
    if elapsed is not None:
        counted = min(counted, max(0, round(elapsed)))
    return counted


def visible_seconds(signs: list[float], *, cap: float = IDLE_CAP) -> float:
    """Time covered by signs of life (seconds, ascending), a gap counting ``cap`` at most.

    The page's script does the same; here it is written once more for phones that send their signs
    in a batch, and as the specification of both.
    """
    return sum(min(max(later - earlier, 0.0), cap) for earlier, later in itertools.pairwise(signs))


CHARACTERS_A_MINUTE, WORDS_A_MINUTE = 600, 400  # twice what people read: nobody who read is held up
HEAD_START = 5  # seconds: a lesson of a sentence or two is read at a glance


def least_seconds(chinese: str, english: str) -> int:
    """How long somebody who skims a lesson needs at least, in the language that takes them less.

    Pictures, sound and what stands in both texts as signs count nothing.
    """
    takes = []
    if characters := len(_HAN.findall(chinese)):
        takes.append(characters * 60 / CHARACTERS_A_MINUTE)
    if words := len(_WORD.findall(english)):
        takes.append(words * 60 / WORDS_A_MINUTE)
    return max(0, round(min(takes, default=0)) - HEAD_START)


def free_seconds(claimed: int, *, until: float, since: float, counted: Iterable[tuple[float, float]]) -> int:
    """Of ``claimed`` seconds that ended at ``until`` those that can have been: after ``since``, and not counted
    for something else yet. Nobody reads two pages at once.

    :param counted: beginnings and ends of what counts already.
    """
    start = max(until - claimed, since)
    free, reached = 0.0, start
    for begin, end in sorted(counted):
        if end <= reached or begin >= until:
            continue
        free += max(0.0, begin - reached)
        reached = end
    return max(0, round(free + max(0.0, until - reached)))


_HAN = re.compile("[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z0-9’'-]+")
