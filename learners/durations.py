"""Honest time: what a phone claims, held against what is possible. Pure."""

from __future__ import annotations

import itertools

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
