"""The arithmetic of closing months. Pure.

A person's *state* is a vector of counts by name, those of a tally that add up; it stands in one place. The figures
of a place are the sum of its people's states. A closing notes, place by place and cause by cause, by how much that sum
is another than at the closing before, so that two papers that follow each other differ by the causes and by
nothing else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..data import Cause

Counts = Counter[str]
HEADS, ERASED = "_heads", "_erased"  # in every state: one person; in sums: those of them whose row is gone
NO_PLACE = "/"  # whoever stated none
NOWHERE = ""  # not a place: of somebody who was not counted then


@dataclass(frozen=True, slots=True)
class Stored:
    """A person's state at the closing before. :param place: ids of regions from the top: ``/1/5/17/``."""

    place: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class Today:
    """What is known of a person today: where they stand, and what they had done when the month began and ended."""

    place: str
    begin: Counts
    end: Counts


@dataclass(frozen=True, slots=True)
class Change:
    """A part of the difference between two closings."""

    place: str
    cause: Cause
    counts: Counts


def state(counts: Mapping[str, int]) -> Counts:
    """A person's state: what was counted of them and that they are one; of somebody with nothing, nothing."""
    found = Counter({name: n for name, n in counts.items() if n})
    return found | Counter({HEADS: 1}) if found else found


def changes(stored: Sequence[Stored], today: Today, rest: Mapping[bool, Cause]) -> Iterator[Change]:
    """By how much one person changes the sums, from the closing before to the end of this month.

    :param stored: one; none of somebody who was not known; several of one who was thought to be several.
    :param rest: what the difference at the month's beginning is called, where it adds (``True``) and where it takes
        away: known late and corrected; at the first closing, or by another model, it has another name.
    """
    was: Counts = Counter()
    ordered = sorted(stored, key=lambda one: one.place != today.place)
    for number, one in enumerate(ordered):
        if one.place != today.place:
            cause = Cause.MERGED if number else Cause.MOVED
            yield Change(one.place, cause, negative(one.counts))
            yield Change(today.place, cause, one.counts)
        was.update(one.counts)
    gap = difference(today.begin, was)
    less = Cause.MERGED if len(ordered) > 1 and rest[False] == Cause.CORRECTED else rest[False]
    yield Change(today.place, rest[True], +gap)
    yield Change(today.place, less, negative(-gap))
    yield Change(today.place, Cause.MONTH, difference(today.end, today.begin))


def rest_of(*, first: bool, same_model: bool) -> dict[bool, Cause]:
    """What the difference at the beginning of a month is called."""
    if first:
        return {True: Cause.OPENING, False: Cause.OPENING}
    if not same_model:
        return {True: Cause.MODEL, False: Cause.MODEL}
    return {True: Cause.LATE, False: Cause.CORRECTED}


def remainder(place: str, now_at: str, standing: Counts, living: Counts) -> Iterator[Change]:
    """What is left of a place's sum without anybody behind it: it stays, goes where the place went, and says how
    many people it was.

    :param living: the states of those of the sum who are still there.
    """
    left = difference(standing, living)
    newly = left[HEADS] - left[ERASED]
    yield Change(place, Cause.ERASED, Counter({ERASED: newly}))
    left[ERASED] += newly
    if now_at != place:
        yield Change(place, Cause.MOVED, negative(left))
        yield Change(now_at, Cause.MOVED, left)


@dataclass(slots=True)
class Ledger:
    """The sums of changes by place and cause, gathered in one pass."""

    sums: dict[str, dict[Cause, Counts]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Counter))
    )

    def note(self, found: Iterable[Change]) -> None:
        """Add changes."""
        for change in found:
            if change.counts:
                self.sums[change.place][change.cause].update(change.counts)

    def by_cause(self, place: str) -> dict[Cause, Counts]:
        """The causes of a place that changed anything."""
        return {
            cause: kept
            for cause, counts in self.sums.get(place, {}).items()
            if (kept := without_noughts(counts))
        }

    def standing(self, before: Mapping[str, Counts]) -> dict[str, Counts]:
        """The sums at the end: those before and every change since."""
        found = {place: Counter(counts) for place, counts in before.items()}
        for place, causes in self.sums.items():
            for counts in causes.values():
                found.setdefault(place, Counter()).update(counts)
        return {place: kept for place, counts in found.items() if (kept := without_noughts(counts))}


def difference(now: Mapping[str, int], before: Mapping[str, int]) -> Counts:
    """What was added, with what was taken away as negative numbers."""
    found = Counter(now)
    found.subtract(before)
    return without_noughts(found)


def negative(counts: Mapping[str, int]) -> Counts:
    """The same, taken away."""
    return Counter({name: -n for name, n in counts.items()})


def without_noughts(counts: Mapping[str, int]) -> Counts:
    """The counts that say something."""
    return Counter({name: n for name, n in counts.items() if n})
