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


def student(degrees: int, z: float = Z95) -> float:
    """The two-sided 95 % point of Student's t, from that of the normal distribution.

    Fisher's expansion in 1/ν to the third power: within 0.3 % from four degrees of freedom on — Fisher 1925,
    Metron 5:109–112 (Abramowitz & Stegun 26.7.5).

    :raises ValueError: below one degree.
    """
    if degrees < 1:
        raise ValueError(f"no degrees of freedom: {degrees}")
    first, second = (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / degrees + second / degrees**2 + third / degrees**3


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
