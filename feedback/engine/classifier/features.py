"""Numbers from texts: the meaning vector beside a signed hash of grams ("USE+h")."""

from __future__ import annotations

import functools
import math
import zlib
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .encoder import WIDTH
from .wording import grams

BUCKETS = 2048
HASH_WEIGHT = 0.7


@functools.lru_cache(maxsize=100_000)
def bucket(gram: str) -> tuple[int, float]:
    """The bucket of a gram and its sign (Weinberger et al. 2009), the same in every process."""
    value = zlib.crc32(gram.encode())
    return value % BUCKETS, 1.0 if value & 0x8000_0000 else -1.0


@dataclass(frozen=True, slots=True)
class Grams:
    """Signed sums of ``1 + ln tf`` by bucket, as compressed sparse rows: a question touches some 40 of 2,048.

    Row ``i`` has ``values[starts[i]:starts[i + 1]]`` in the buckets ``places[…]``.
    """

    starts: np.ndarray
    places: np.ndarray
    values: np.ndarray

    @classmethod
    def of(cls, texts: Sequence[str]) -> Grams:
        """Of tidy texts, in order."""
        starts, places, values = [0], array("H"), array("f")
        for text in texts:
            found: dict[int, float] = {}
            for gram, times in Counter(grams(text)).items():
                place, sign = bucket(gram)
                found[place] = found.get(place, 0.0) + sign * (1.0 + math.log(times))
            places.extend(found)
            values.extend(found.values())
            starts.append(len(places))
        return cls(np.array(starts), np.array(places, np.uint16), np.array(values, np.float32))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def take(self, rows: np.ndarray) -> Grams:
        """Some rows, in the order named."""
        sizes = np.diff(self.starts)[rows]
        starts = np.concatenate([[0], np.cumsum(sizes)])
        at = np.arange(starts[-1]) + np.repeat(self.starts[rows] - starts[:-1], sizes)
        return Grams(starts, self.places[at], self.values[at])

    def between(self, start: int, stop: int) -> Grams:
        """Rows ``start`` to ``stop``, without copying their values."""
        first, last = self.starts[start], self.starts[stop]
        return Grams(self.starts[start : stop + 1] - first, self.places[first:last], self.values[first:last])

    def owners(self) -> np.ndarray:
        """The row of each value."""
        return np.repeat(np.arange(len(self)), np.diff(self.starts))

    def dense(self) -> np.ndarray:
        """``float32 (n, 2048)``."""
        found = np.zeros((len(self), BUCKETS), np.float32)
        found[self.owners(), self.places] = self.values
        return found


@dataclass(frozen=True, slots=True)
class Scale:
    """What training learnt about the columns: the mean meaning, and how telling each bucket is.

    :param mean: ``(512,)``; :param idf: ``(2048,)``, smoothed ``ln((1 + n) / (1 + df)) + 1``.
    """

    mean: np.ndarray
    idf: np.ndarray

    @classmethod
    def of(cls, meaning: np.ndarray, hashed: Grams) -> Scale:
        """From the training texts' meaning vectors and grams."""
        df = np.bincount(hashed.places[hashed.values != 0], minlength=BUCKETS)
        return cls(
            meaning.mean(axis=0, dtype=np.float32).astype(np.float32),
            (np.log((1 + len(hashed)) / (1 + df)) + 1).astype(np.float32),
        )

    def centred(self, meaning: np.ndarray) -> np.ndarray:
        """Centred, normalised meaning: ``float32 (n, 512)``."""
        rows: np.ndarray = meaning.astype(np.float32) - self.mean
        length = np.sqrt(np.einsum("ij,ij->i", rows, rows))
        rows /= np.where(length == 0, 1, length)[:, None]
        return rows

    def weighed(self, hashed: Grams) -> Grams:
        """0.7 × the IDF-weighted, normalised grams."""
        values, owners = hashed.values * self.idf[hashed.places], hashed.owners()
        length = np.sqrt(np.bincount(owners, values * values, minlength=len(hashed)))
        values *= (HASH_WEIGHT / np.where(length == 0, 1, length)).astype(np.float32)[owners]
        return Grams(hashed.starts, hashed.places, values)

    def join(self, meaning: np.ndarray, hashed: Grams) -> np.ndarray:
        """Both side by side: ``float32 (n, 2560)``, for few rows."""
        rows: np.ndarray = np.concatenate([self.centred(meaning), self.weighed(hashed).dense()], axis=1)
        return rows


class Joined:
    """Many rows of both, for training, dense only a slice at a time: all of them would be 66 MB.

    A BLAS product of dense slices takes a third of the time a sparse product takes.

    :param places: which rows of ``meaning (m, 512)`` and of ``hashed``, in order.
    """

    def __init__(self, scale: Scale, meaning: np.ndarray, hashed: Grams, places: np.ndarray) -> None:
        self.shape = (len(places), WIDTH + BUCKETS)
        self._meaning = scale.centred(meaning[places])
        self._grams = scale.weighed(hashed.take(places))

    def __getitem__(self, part: slice) -> np.ndarray:
        start, stop, _step = part.indices(len(self._meaning))
        some = self._grams.between(start, stop)
        return np.concatenate([self._meaning[start:stop], some.dense()], axis=1)


__all__ = ["BUCKETS", "WIDTH", "Grams", "Joined", "Scale"]
