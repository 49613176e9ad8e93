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


def difficulty(right: int, answered: int) -> float | None:
    """How easy an item is: p = right ÷ answered (classical test theory; Lord & Novick 1968). Most items
    of a good test lie between 0.30 and 0.85."""
    return right / answered if answered else None


def discrimination(right: Mapping[float, int], wrong: Mapping[float, int]) -> float | None:
    """Whether an item tells who knows the rest: the item–rest point-biserial correlation.

    ``r_pb = (M₁ − M₀) ÷ s · √(p(1 − p))``, M₁ and M₀ the mean rest scores of those right and wrong, s the
    standard deviation of all rest scores, the item itself left out of them — Henrysson 1963,
    Psychometrika 28:211–218; Lord & Novick 1968. From 0.15 an item works, from 0.25 it is good; below 0
    the key is wrong or the wording misleads. Needs some thirty answers.

    :param right: and ``wrong``: rest scores of those who had the item right and wrong, each with how often
        it occurs.
    :returns: −1 to 1; ``None`` when all or none were right, or all rest scores are one.
    """
    n1, n0 = sum(right.values()), sum(wrong.values())
    if not n1 or not n0:
        return None
    mean1, mean0 = (sum(x * n for x, n in rests.items()) / sum(rests.values()) for rests in (right, wrong))
    mean, every = (n1 * mean1 + n0 * mean0) / (n1 + n0), (*right.items(), *wrong.items())
    variance = sum(n * (x - mean) ** 2 for x, n in every) / (n1 + n0)
    if variance < 1e-12:
        return None
    return float((mean1 - mean0) / variance**0.5 * (n1 * n0) ** 0.5 / (n1 + n0))
