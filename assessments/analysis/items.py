"""Classical item analysis. Pure: numbers in, numbers out; every formula names its source."""

from __future__ import annotations

from collections.abc import Mapping


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
