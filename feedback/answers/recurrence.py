"""Does an answer module work: are fewer questions of its theme asked after it is published? Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

Z = 1.96
PER = 100.0  # active learners
FEWEST_ACTIVE = 5  # active learners; with fewer nothing is said


@dataclass(frozen=True, slots=True)
class Rate:
    """New questions per 100 active learners in a stretch of days, with its 95 % interval.

    :param events: questions; :param active: learners with a record in the stretch.
    """

    events: int
    active: int
    days: int

    @property
    def value(self) -> float | None:
        """Per 100 active learners; ``None`` where they are too few."""
        return PER * self.events / self.active if self.active >= FEWEST_ACTIVE else None

    @property
    def low(self) -> float | None:
        """The lower end."""
        return PER * poisson_interval(self.events)[0] / self.active if self.active >= FEWEST_ACTIVE else None

    @property
    def high(self) -> float | None:
        """The upper end."""
        return PER * poisson_interval(self.events)[1] / self.active if self.active >= FEWEST_ACTIVE else None


def poisson_interval(events: int, z: float = Z) -> tuple[float, float]:
    """95 % interval of a count by Byar's approximation (Rothman & Boice 1979; Breslow & Day 1987, eq. 2.13).

    ``low = x (1 − 1/9x − z/3√x)³``, ``high = x' (1 − 1/9x' + z/3√x')³`` with ``x' = x + 1``.
    """
    low = 0.0
    if events:
        low = events * (1 - 1 / (9 * events) - z / (3 * math.sqrt(events))) ** 3
    after = events + 1
    high = after * (1 - 1 / (9 * after) + z / (3 * math.sqrt(after))) ** 3
    return max(0.0, low), high


def fell(before: Rate, after: Rate) -> bool | None:
    """Whether the rate fell beyond chance: the intervals do not meet. ``None`` when too little is known."""
    if before.low is None or after.high is None or not before.events:
        return None
    return after.high < before.low
