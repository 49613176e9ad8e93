"""What is counted of a group of people, and how counts become figures. Pure.

A :class:`Tally` holds counts that add up: those of a county are the sum of its villages', because a
person stands in one region. Figures are made from a tally at the end, once, and rounded here, so that
screen, export, paper, command and API cannot differ by a digit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..data import Figure, Unit
from .catalogue import CATALOGUE, Indicator
from .indicators import median, wilson
from .retries import Compared, Retries

FEWEST_PEOPLE = 5  # people; fewer could be recognised (docs/decisions.md)
DIGITS = {Unit.SHARE: 4, Unit.SCORE: 4, Unit.DIFFERENCE: 4, Unit.MINUTES: 1, Unit.HOURS: 1}


@dataclass(slots=True)
class Tally:
    """Counts of one group. ``counts`` by name; histograms are value → how often."""

    counts: Counter[str] = field(default_factory=Counter)
    minutes: Counter[int] = field(default_factory=Counter)
    answer_minutes: Counter[int] = field(default_factory=Counter)
    retries: Retries = field(default_factory=Retries)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.counts + other.counts, self.minutes + other.minutes,
            self.answer_minutes + other.answer_minutes, self.retries + other.retries,
        )  # fmt: skip

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say about this group."""
        return not any(self.counts.values())


def figures_of(tally: Tally, kind: str) -> tuple[Figure, ...]:
    """All figures of a tally, in the order of the catalogue.

    :param kind: the kind of scope; indicators that mean nothing for it are left out.
    """
    found: list[Figure] = []
    compared = tally.retries.compared(FEWEST_PEOPLE)
    for indicator in CATALOGUE:
        if kind not in indicator.kinds:
            continue
        if indicator.parts:
            parts = _parts(indicator, tally, compared)
            found += [_figure(indicator, tally, part, compared) for part in parts]
        else:
            found.append(_figure(indicator, tally, "", compared))
    return tuple(found)


def _parts(indicator: Indicator, tally: Tally, compared: Mapping[str, Compared]) -> list[str]:
    """The parts a breakdown has here: themes asked about, subjects learnt, in a fixed order."""
    name = indicator.numerator or indicator.denominator
    if indicator.unit == Unit.DIFFERENCE:
        return sorted(subject for subject in compared if subject)
    base = indicator.denominator if indicator.unit == Unit.SHARE else name
    return sorted(key.split(":", 1)[1] for key, n in tally.counts.items() if n and key.startswith(f"{base}:"))


def _figure(indicator: Indicator, tally: Tally, part: str, compared: Mapping[str, Compared]) -> Figure:
    code = f"{indicator.code}:{part}" if part else indicator.code
    if indicator.unit == Unit.SHARE:
        return _share(code, tally, indicator, part)
    if indicator.unit in (Unit.MINUTES, Unit.HOURS):
        return _median(code, tally, indicator)
    if indicator.unit in (Unit.DIFFERENCE, Unit.SCORE):
        return _of_tries(code, indicator, compared.get(part, Compared(0, 0)))
    return _count(code, tally, indicator, part)


def _count(code: str, tally: Tally, indicator: Indicator, part: str) -> Figure:
    number = tally.counts[_name(indicator.numerator, part)]
    people = tally.counts[indicator.people] if indicator.people else number
    if 0 < people < FEWEST_PEOPLE:
        return Figure(code, indicator.unit, None, hidden=True)
    whole = tally.counts[indicator.denominator] if indicator.denominator else None
    return Figure(code, indicator.unit, float(number), number, whole)


def _share(code: str, tally: Tally, indicator: Indicator, part: str) -> Figure:
    successes = tally.counts[_name(indicator.numerator, part)]
    trials = tally.counts[_name(indicator.denominator, part)]
    people = tally.counts[indicator.people] if indicator.people else trials
    if 0 < people < FEWEST_PEOPLE or 0 < trials < FEWEST_PEOPLE:
        return Figure(code, Unit.SHARE, None, hidden=True)
    if not trials:
        return Figure(code, Unit.SHARE, None, 0, 0)
    low, high = wilson(successes, trials)
    digits = DIGITS[Unit.SHARE]
    return Figure(
        code, Unit.SHARE, round(successes / trials, digits), successes, trials, round(low, digits), round(high, digits)
    )  # fmt: skip


def _median(code: str, tally: Tally, indicator: Indicator) -> Figure:
    histogram = tally.minutes if indicator.unit == Unit.MINUTES else tally.answer_minutes
    number = sum(histogram.values())
    people = tally.counts[indicator.people] if indicator.people else number
    if 0 < people < FEWEST_PEOPLE:
        return Figure(code, indicator.unit, None, hidden=True)
    middle = median(histogram)
    if middle is not None and indicator.unit == Unit.HOURS:
        middle /= 60
    value = None if middle is None else round(middle, DIGITS[Unit(indicator.unit)])
    return Figure(code, indicator.unit, value, None, number)


def _of_tries(code: str, indicator: Indicator, compared: Compared) -> Figure:
    if 0 < compared.people < FEWEST_PEOPLE:
        return Figure(code, indicator.unit, None, hidden=True)
    if not compared.tries:
        return Figure(code, indicator.unit, None, None, 0)
    digits = DIGITS[Unit(indicator.unit)]
    if indicator.unit == Unit.SCORE:
        value = compared.first if indicator.code == "first_score" else compared.second
        return Figure(code, indicator.unit, round(value, digits), None, compared.tries)
    low, high = (None if edge is None else round(edge, digits) for edge in (compared.low, compared.high))
    return Figure(code, indicator.unit, round(compared.difference, digits), None, compared.tries, low, high)


def _name(name: str, part: str) -> str:
    return f"{name}:{part}" if part else name
