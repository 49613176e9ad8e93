"""What many unsure questions have in common: groups that may be a theme nobody has named yet. Pure.

Average-linkage clustering (Sokal & Michener 1958, by the update of Lance & Williams 1967) over centred
meaning vectors, cut at a cosine distance. What sets Chinese questions of a theme apart from English ones
is left out of the vectors first, so that both stand in one group.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .corpus import Example
from .wording import short_grams, tidy

APART = 0.86  # cosine distance above which groups stay apart; docs/model-card.md says what others find
CLOSE = 0.70  # distance at which a group that is several themes falls apart
FEWEST_IN_GROUP = 5  # questions of a group worth a look
CENTRAL, TELLING = 3, 6
SHARE = 0.2  # of a group's questions a telling word stands in at least
EACH = 30  # examples of a theme and language that tell how languages differ


@dataclass(frozen=True, slots=True)
class Cluster:
    """A group of questions, by row. ``central`` are the rows nearest to its middle, best first; ``words``
    what they share and others do not."""

    rows: tuple[int, ...]
    central: tuple[int, ...]
    words: tuple[str, ...]


def find(
    texts: Sequence[str],
    meaning: np.ndarray,
    centre: np.ndarray,
    apart: float = APART,
    leave: np.ndarray | None = None,
) -> list[Cluster]:
    """Groups of at least ``FEWEST_IN_GROUP`` questions, the largest first.

    :param meaning: ``(n, 512)`` unit vectors; :param centre: ``(512,)`` the mean of what the model knows;
        :param leave: directions to leave out of them, as :func:`by_language` gives.
    """
    units = _centred(meaning, centre, leave)
    bags = [set(short_grams(tidy(text))) for text in texts]
    found = [
        _cluster(np.array(rows), units, bags)
        for rows in grouped(units, apart)
        if len(rows) >= FEWEST_IN_GROUP
    ]
    return sorted(found, key=lambda cluster: (-len(cluster.rows), cluster.rows))


def few_of_each(examples: Sequence[Example]) -> list[Example]:
    """At most ``EACH`` of every theme and language, spread over all that there are: writers differ."""
    of: dict[tuple[str, str], list[Example]] = {}
    for example in examples:
        of.setdefault((example.theme, example.lang), []).append(example)
    return [
        found[len(found) * step // min(EACH, len(found))]
        for found in of.values()
        for step in range(min(EACH, len(found)))
    ]


def by_language(examples: Sequence[Example], meaning: np.ndarray) -> np.ndarray:
    """Directions in which questions of one theme differ by language alone, ``(k, 512)``, orthonormal: they
    span the differences between each theme's mean in Chinese and in English.

    :param meaning: the examples' vectors, ``(n, 512)``. A theme in one language says nothing.
    """
    rows: dict[str, dict[str, list[int]]] = {}
    for row, example in enumerate(examples):
        rows.setdefault(example.theme, {}).setdefault(example.lang, []).append(row)
    apart = [
        meaning[of["zh"]].astype(np.float32).mean(axis=0) - meaning[of["en"]].astype(np.float32).mean(axis=0)
        for of in rows.values()
        if {"zh", "en"} <= set(of)
    ]
    if not apart:
        return np.zeros((0, meaning.shape[1]), np.float32)
    _left, size, directions = np.linalg.svd(np.stack(apart), full_matrices=False)
    kept: np.ndarray = directions[size > 1e-4 * max(float(size[0]), 1e-9)]
    return kept


def _centred(meaning: np.ndarray, centre: np.ndarray, leave: np.ndarray | None) -> np.ndarray:
    rows = meaning.astype(np.float32) - centre.astype(np.float32)
    if leave is not None:
        rows -= (rows @ leave.T) @ leave
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    units: np.ndarray = rows / np.where(length == 0, 1, length)
    return units


def grouped(units: np.ndarray, apart: float = APART) -> list[list[int]]:
    """Rows by group. Where several groups of ``FEWEST_IN_GROUP`` and more stand inside one at ``CLOSE``, they are the
    groups: broad themes need a wide cut, and narrow ones would run together in it."""
    found: list[list[int]] = []
    for rows in linked(units, apart):
        within = [
            [rows[at] for at in part] for part in linked(units[rows], CLOSE) if len(part) >= FEWEST_IN_GROUP
        ]
        found += within if len(within) > 1 else [rows]
    return found


def linked(units: np.ndarray, apart: float = APART) -> list[list[int]]:
    """Merge the two nearest groups, by the mean distance of their members, while that is below ``apart``.

    ``d(ij, k) = (nᵢ d(i, k) + nⱼ d(j, k)) / (nᵢ + nⱼ)``. Every row is in one group; time n³, 500 rows in a
    second.
    """
    groups = {row: [row] for row in range(len(units))}
    distance = 1.0 - units @ units.T
    np.fill_diagonal(distance, np.inf)
    while len(groups) > 1:
        first, second = np.unravel_index(int(distance.argmin()), distance.shape)
        one, other = int(min(first, second)), int(max(first, second))
        if distance[one, other] >= apart:
            break
        sizes = len(groups[one]), len(groups[other])
        merged = (sizes[0] * distance[one] + sizes[1] * distance[other]) / sum(sizes)
        distance[one], distance[:, one] = merged, merged
        distance[one, one] = np.inf
        distance[other], distance[:, other] = np.inf, np.inf
        groups[one] += groups.pop(other)
    return list(groups.values())


def _cluster(rows: np.ndarray, units: np.ndarray, bags: list[set[str]]) -> Cluster:
    middle = units[rows].mean(axis=0)
    order = rows[np.argsort(-(units[rows] @ middle), kind="stable")]
    inside = set(rows.tolist())
    words = telling([bags[row] for row in inside], [bag for row, bag in enumerate(bags) if row not in inside])
    return Cluster(tuple(sorted(inside)), tuple(int(row) for row in order[:CENTRAL]), words)


def telling(inside: list[set[str]], outside: list[set[str]]) -> tuple[str, ...]:
    """Words and Han pairs that stand in many questions inside and few outside: by the difference of log
    odds with one half added to every count (Haldane 1956)."""
    here, there = (
        Counter(gram for bag in inside for gram in bag),
        Counter(gram for bag in outside for gram in bag),
    )
    least = max(2.0, SHARE * len(inside))
    odds = {
        gram: _odds(times, len(inside)) - _odds(there[gram], len(outside))
        for gram, times in here.items()
        if times >= least and len(gram.split(" ", 1)[1]) > 1
    }
    best = sorted(odds, key=lambda gram: (-odds[gram], gram))
    return tuple(gram.split(" ", 1)[1] for gram in best[:TELLING])


def _odds(times: int, of: int) -> float:
    return float(np.log((times + 0.5) / (of - times + 0.5)))
