"""Numbers from texts: the meaning vector beside a signed hash of grams ("USE+h")."""

from __future__ import annotations

import functools
import zlib
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


def counts(texts: Sequence[str]) -> np.ndarray:
    """Signed sums of ``1 + ln tf`` by bucket, ``float16 (n, 2048)``: half the memory, exact enough."""
    found = np.zeros((len(texts), BUCKETS), np.float16)
    for row, text in enumerate(texts):
        for gram, times in Counter(grams(text)).items():
            place, sign = bucket(gram)
            found[row, place] += sign * (1.0 + np.log(times))
    return found


@dataclass(frozen=True, slots=True)
class Scale:
    """What training learnt about the columns: the mean meaning, and how telling each bucket is.

    :param mean: ``(512,)``; :param idf: ``(2048,)``, smoothed ``ln((1 + n) / (1 + df)) + 1``.
    """

    mean: np.ndarray
    idf: np.ndarray

    @classmethod
    def of(cls, meaning: np.ndarray, hashed: np.ndarray) -> Scale:
        """From the training texts' meaning vectors and counts."""
        df = np.count_nonzero(hashed, axis=0)
        return cls(
            meaning.mean(axis=0, dtype=np.float32).astype(np.float32),
            (np.log((1 + len(hashed)) / (1 + df)) + 1).astype(np.float32),
        )

    def join(self, meaning: np.ndarray, hashed: np.ndarray) -> np.ndarray:
        """Centred, normalised meaning beside 0.7 × the normalised hash: ``float32 (n, 2560)``."""
        rows = np.empty((len(meaning), WIDTH + BUCKETS), np.float32)
        np.subtract(meaning, self.mean, out=rows[:, :WIDTH])
        np.multiply(hashed, self.idf, out=rows[:, WIDTH:])
        for part, weight in ((rows[:, :WIDTH], 1.0), (rows[:, WIDTH:], HASH_WEIGHT)):
            length = np.sqrt(np.einsum("ij,ij->i", part, part))
            part *= (weight / np.where(length == 0, 1, length))[:, None]
        return rows


@dataclass(frozen=True, slots=True)
class Joined:
    """Rows that are joined a slice at a time: training never holds them all.

    :param places: which rows of ``meaning (m, 512)`` and ``hashed (m, 2048)``, in order.
    """

    scale: Scale
    meaning: np.ndarray
    hashed: np.ndarray
    places: np.ndarray

    @property
    def shape(self) -> tuple[int, ...]:
        return len(self.places), WIDTH + BUCKETS

    def __getitem__(self, part: slice) -> np.ndarray:
        places = self.places[part]
        return self.scale.join(self.meaning[places], self.hashed[places])


__all__ = ["BUCKETS", "WIDTH", "Joined", "Scale", "counts"]
