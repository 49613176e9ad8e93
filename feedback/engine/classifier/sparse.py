"""Products with a matrix that is nearly all zeros, by numpy alone. Pure.

Compressed rows as everywhere; for many products the entries are laid out by jagged diagonals (Saad 1989):
the first entry of every row, then the second, the longest rows first, so that each step is one addition of
whole arrays. ``np.add.reduceat`` takes eight times as long.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Sparse:
    """Row ``i`` has ``values[starts[i]:starts[i + 1]]`` in the columns ``places[…]``."""

    starts: np.ndarray
    places: np.ndarray
    values: np.ndarray

    def __len__(self) -> int:
        return len(self.starts) - 1

    def take(self, rows: np.ndarray) -> Sparse:
        """Some rows, in the order named."""
        sizes = np.diff(self.starts)[rows]
        starts = np.concatenate([[0], np.cumsum(sizes)])
        at = np.arange(starts[-1]) + np.repeat(self.starts[rows] - starts[:-1], sizes)
        return Sparse(starts, self.places[at], self.values[at])

    def between(self, start: int, stop: int) -> Sparse:
        """Rows ``start`` to ``stop``, without copying their values."""
        first, last = self.starts[start], self.starts[stop]
        return Sparse(self.starts[start : stop + 1] - first, self.places[first:last], self.values[first:last])

    def keep(self, wanted: np.ndarray) -> Sparse:
        """The entries that are named by ``wanted``, one truth for each."""
        sizes = np.bincount(self.owners()[wanted], minlength=len(self))
        starts = np.concatenate([[0], np.cumsum(sizes)])
        return Sparse(starts, self.places[wanted], self.values[wanted])

    def turned(self, width: int) -> Sparse:
        """Columns as rows: the same matrix transposed, of ``width`` rows."""
        order = np.argsort(self.places, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(self.places, minlength=width))])
        return Sparse(starts, self.owners()[order], self.values[order])

    def owners(self) -> np.ndarray:
        """The row of each value."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.starts))

    def lengths(self) -> np.ndarray:
        """Euclidean length of each row."""
        found: np.ndarray = np.sqrt(np.bincount(self.owners(), self.values**2, minlength=len(self)))
        return found

    def dense(self, width: int) -> np.ndarray:
        """``float32 (n, width)``."""
        found = np.zeros((len(self), width), np.float32)
        found[self.owners(), self.places] = self.values
        return found


class Diagonals:
    """The same entries for many products with matrices of few columns."""

    def __init__(self, rows: Sparse) -> None:
        sizes = np.diff(rows.starts)
        self._order = np.argsort(-sizes, kind="stable")
        rank = np.empty_like(self._order)
        rank[self._order] = np.arange(len(rank))
        owners = rows.owners()
        within = np.arange(len(owners)) - rows.starts[owners]
        entries = np.lexsort((rank[owners], within))
        self._cuts = (
            np.concatenate([[0], np.cumsum(np.bincount(within))]) if len(owners) else np.zeros(1, int)
        )
        self._places, self._values = rows.places[entries].astype(np.intp), rows.values[entries][:, None]

    def __matmul__(self, matrix: np.ndarray) -> np.ndarray:
        """``rows @ matrix``: ``float32 (n, k)``."""
        summed = np.zeros((len(self._order), matrix.shape[1]), np.float32)
        for start, stop in zip(self._cuts[:-1], self._cuts[1:], strict=True):
            some = matrix.take(self._places[start:stop], axis=0)
            some *= self._values[start:stop]
            summed[: stop - start] += some
        found = np.empty_like(summed)
        found[self._order] = summed
        return found
