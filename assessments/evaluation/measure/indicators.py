"""The arithmetic of evaluation. Pure: numbers in, numbers out; every formula names its source."""

from __future__ import annotations

from collections.abc import Mapping

Z95 = 1.959963984540054  # two-sided 95 % point of the normal distribution


def wilson(successes: int, trials: int, z: float = Z95) -> tuple[float, float]:
    """The score interval of a share: where it likely lies.

    ``(p + z²/2n ± z√(p(1−p)/n + z²/4n²)) / (1 + z²/n)`` — Wilson 1927, JASA 22:209–212.

    :param successes: k, 0 ≤ k ≤ n. :param trials: n ≥ 1.
    :returns: (low, high), each 0–1.
    :raises ValueError: when k and n are no such counts.
    """
    if trials < 1 or not 0 <= successes <= trials:
        raise ValueError(f"no share: {successes} of {trials}")
    share, square = successes / trials, z * z
    middle = share + square / (2 * trials)
    half = z * (share * (1 - share) / trials + square / (4 * trials * trials)) ** 0.5
    whole = 1 + square / trials
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


def normalised_gain(before: float, after: float) -> float | None:
    """How much of what could still be learnt was learnt: Hake's class gain.

    ``⟨g⟩ = (⟨after⟩ − ⟨before⟩) / (1 − ⟨before⟩)`` — Hake 1998, Am. J. Phys. 66:64–74. Below 0.3 is
    low, above 0.7 high. Only for matched learners.

    :param before: and ``after``: mean scores 0–1 of the same people.
    :returns: ≤ 1, negative when they got worse; ``None`` when ``before`` is 1: nothing was left to learn.
    """
    return None if before >= 1 else (after - before) / (1 - before)


def median(histogram: Mapping[int, int]) -> float | None:
    """The middle of values that are given with how often each occurs; the mean of the two middle ones
    when their number is even. ``None`` without any."""
    total = sum(histogram.values())
    if not total:
        return None
    places = {(total - 1) // 2, total // 2}
    found, seen = [], 0
    for value in sorted(histogram):
        reached = seen + histogram[value]
        found += [value for place in sorted(places) if seen <= place < reached]
        seen = reached
    return sum(found) / len(found)
