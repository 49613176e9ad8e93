"""How a figure stood at the ends of the last months, and stands now. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..data import Snapshot

MONTHS = 6  # ends of months that are looked back to
FEWEST_POINTS = 3  # two points are a comparison, not a trend


@dataclass(frozen=True, slots=True)
class Point:
    """A share at a moment: ``value`` 0–1; ``x`` where it stands between the first moment and the last, 0–100."""

    at: dt.datetime
    value: float
    x: float


def trends_of(snapshots: Sequence[Snapshot], codes: Iterable[str]) -> dict[str, tuple[Point, ...]]:
    """By code the points of each share that was shown at three moments at least, the oldest first.

    A moment at which a figure was hidden, or had nothing to divide by, is left out: it was not shown then either.
    Snapshots are of one scope and one model, in any order.
    """
    found = {code: _points(snapshots, code) for code in codes}
    return {code: points for code, points in found.items() if len(points) >= FEWEST_POINTS}


def _points(snapshots: Sequence[Snapshot], code: str) -> tuple[Point, ...]:
    values = {one.as_of: figure.value for one in snapshots if (figure := one.figure(code)) is not None}
    shown = sorted((at, value) for at, value in values.items() if value is not None)
    if len(shown) < FEWEST_POINTS:
        return ()
    first, last = shown[0][0], shown[-1][0]
    return tuple(Point(at, value, round(100 * (at - first) / (last - first), 1)) for at, value in shown)
