"""What is counted of a group of people, and how counts become figures. Pure.

A :class:`Tally` holds counts that add up: those of a county are the sum of its villages', because a
person stands in one region. Figures are made from a tally at the end, once, and rounded here, so that
screen, export, paper, command and API cannot differ by a digit.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ..data import Figure, Unit
from .catalogue import CATALOGUE, Indicator
from .indicators import median, normalised_gain, wilson

FEWEST_PEOPLE = 5  # people; fewer could be recognised (docs/decisions.md)
DIGITS = {Unit.SHARE: 4, Unit.SCORE: 4, Unit.GAIN: 3, Unit.MINUTES: 1, Unit.HOURS: 1}


@dataclass(slots=True)
class Pairs:
    """First and last tries of the same people at the same quizzes; scores 0–1, summed."""

    people: int = 0
    count: int = 0
    first: float = 0.0
    last: float = 0.0

    def __add__(self, other: Pairs) -> Pairs:
        return Pairs(
            self.people + other.people, self.count + other.count, self.first + other.first, self.last + other.last
        )  # fmt: skip

    def see(self, first: float, last: float, again: bool) -> None:
        """Count one more, of somebody new or ``again`` of the same person."""
        self.people += not again
        self.count, self.first, self.last = self.count + 1, self.first + first, self.last + last


@dataclass(slots=True)
class Tally:
    """Counts of one group. ``counts`` by name; histograms are value → how often."""

    counts: Counter[str] = field(default_factory=Counter)
    minutes: Counter[int] = field(default_factory=Counter)
    answer_minutes: Counter[int] = field(default_factory=Counter)
    pairs: Pairs = field(default_factory=Pairs)
    category_pairs: dict[str, Pairs] = field(default_factory=dict)

    def __add__(self, other: Tally) -> Tally:
        merged = dict(self.category_pairs)
        for code, pairs in other.category_pairs.items():
            merged[code] = merged.get(code, Pairs()) + pairs
        return Tally(
            self.counts + other.counts, self.minutes + other.minutes,
            self.answer_minutes + other.answer_minutes, self.pairs + other.pairs, merged,
        )  # fmt: skip

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say about this group."""
        return not any(self.counts.values())

    def see_pair(
        self, category: str, first: float, last: float, *, again: bool = False, again_here: bool = False
    ) -> None:  # fmt: skip
        """Count a first and a last try at a quiz of a category.

        :param again: this person's pair was counted already; ``again_here``: one of the same category.
        """
        self.pairs.see(first, last, again)
        self.category_pairs.setdefault(category, Pairs()).see(first, last, again_here)


def figures_of(tally: Tally, kind: str) -> tuple[Figure, ...]:
    """All figures of a tally, in the order of the catalogue.

    :param kind: the kind of scope; indicators that mean nothing for it are left out.
    """
    found: list[Figure] = []
    for indicator in CATALOGUE:
        if kind not in indicator.kinds:
            continue
        if indicator.parts:
            found += [_figure(indicator, tally, part) for part in _parts(indicator, tally)]
        else:
            found.append(_figure(indicator, tally, ""))
    return tuple(found)


def _parts(indicator: Indicator, tally: Tally) -> list[str]:
    """The parts a breakdown has here: themes asked about, subjects learnt, in a fixed order."""
    name = indicator.numerator or indicator.denominator
    if indicator.unit == Unit.GAIN:
        return sorted(tally.category_pairs)
    base = indicator.denominator if indicator.unit == Unit.SHARE else name
    return sorted(key.split(":", 1)[1] for key, n in tally.counts.items() if n and key.startswith(f"{base}:"))


def _figure(indicator: Indicator, tally: Tally, part: str) -> Figure:
    code = f"{indicator.code}:{part}" if part else indicator.code
    if indicator.unit == Unit.SHARE:
        return _share(code, tally, indicator, part)
    if indicator.unit in (Unit.MINUTES, Unit.HOURS):
        return _median(code, tally, indicator)
    if indicator.unit in (Unit.GAIN, Unit.SCORE):
        return _of_pairs(code, indicator, tally.category_pairs.get(part, Pairs()) if part else tally.pairs)
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


def _of_pairs(code: str, indicator: Indicator, pairs: Pairs) -> Figure:
    if 0 < pairs.people < FEWEST_PEOPLE:
        return Figure(code, indicator.unit, None, hidden=True)
    if not pairs.count:
        return Figure(code, indicator.unit, None, None, 0)
    first, last = pairs.first / pairs.count, pairs.last / pairs.count
    value = {"gain": normalised_gain(first, last), "first_score": first, "last_score": last}
    found = value[indicator.code.removesuffix("_in")]
    rounded = None if found is None else round(found, DIGITS[Unit(indicator.unit)])
    return Figure(code, indicator.unit, rounded, None, pairs.count)


def _name(name: str, part: str) -> str:
    return f"{name}:{part}" if part else name
