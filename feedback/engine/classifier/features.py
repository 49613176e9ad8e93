"""Numbers from texts: the meaning vector beside TF-IDF over the grams that examples share ("USE+g")."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .encoder import WIDTH
from .sparse import Diagonals, Sparse
from .wording import grams, language_of

SEEN = 2  # examples a gram stands in at least, to be counted
MOST_GRAMS = 60_000  # the most frequent; the shipped corpus has some 20,000
WEIGHT = {"zh": 3.0, "en": 1.5}  # length of the grams' part beside the meaning's, which is 1
FREQUENT = 256  # grams in so many texts that a dense product of them is quicker
CHUNK = 512  # rows made dense at a time


@dataclass(frozen=True)
class Vocabulary:
    """The grams that count, each with its column."""

    grams: tuple[str, ...]
    column: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "column", {gram: place for place, gram in enumerate(self.grams)})

    @classmethod
    def of(cls, texts: Sequence[str]) -> Vocabulary:
        """Of tidy texts: the grams of at least ``SEEN`` of them, the most frequent first."""
        df = Counter(gram for text in texts for gram in set(grams(text)))
        seen = sorted(
            (gram for gram, times in df.items() if times >= SEEN), key=lambda gram: (-df[gram], gram)
        )
        return cls(tuple(seen[:MOST_GRAMS]))

    def __len__(self) -> int:
        return len(self.grams)

    def count(self, texts: Sequence[str]) -> Counted:
        """``1 + ln tf`` of the known grams of tidy texts, in order."""
        starts, places, values = [0], array("i"), array("f")
        for text in texts:
            known = Counter(place for gram in grams(text) if (place := self.column.get(gram)) is not None)
            places.extend(known)
            values.extend(1.0 + math.log(times) for times in known.values())
            starts.append(len(places))
        rows = Sparse(np.array(starts), np.array(places, np.int32), np.array(values, np.float32))
        return Counted(rows, np.array([WEIGHT[language_of(text)] for text in texts], np.float32))


@dataclass(frozen=True, slots=True)
class Counted:
    """Grams of texts, and what weight each text's language gives them."""

    rows: Sparse
    weight: np.ndarray

    def take(self, rows: np.ndarray) -> Counted:
        """Some texts, in the order named."""
        return Counted(self.rows.take(rows), self.weight[rows])


@dataclass(frozen=True, slots=True)
class Scale:
    """What training learnt about the columns: the mean meaning, and how telling each gram is.

    :param mean: ``(512,)``; :param idf: ``(grams,)``, smoothed ``ln((1 + n) / (1 + df)) + 1``; 0 for one
        that fewer than ``SEEN`` of these texts have.
    """

    mean: np.ndarray
    idf: np.ndarray

    @classmethod
    def of(cls, meaning: np.ndarray, counted: Counted, width: int) -> Scale:
        """From the training texts' meaning vectors and grams."""
        df = np.bincount(counted.rows.places, minlength=width)
        idf = np.log((1 + len(counted.rows)) / (1 + df)) + 1
        middle = meaning.mean(axis=0, dtype=np.float32) if len(meaning) else np.zeros(WIDTH)
        return cls(
            middle.astype(np.float32),
            np.where(df >= SEEN, idf, 0).astype(np.float32),
        )

    def centred(self, meaning: np.ndarray) -> np.ndarray:
        """Centred, normalised meaning: ``float32 (n, 512)``."""
        rows: np.ndarray = meaning.astype(np.float32) - self.mean
        length = np.sqrt(np.einsum("ij,ij->i", rows, rows))
        rows /= np.where(length == 0, 1, length)[:, None]
        return rows

    def weighed(self, counted: Counted) -> Sparse:
        """The IDF-weighted grams, each row as long as its language's weight."""
        rows = counted.rows
        found = Sparse(rows.starts, rows.places, rows.values * self.idf[rows.places])
        length = found.lengths()
        share = (counted.weight / np.where(length == 0, 1, length)).astype(np.float32)
        return Sparse(rows.starts, rows.places, found.values * share[rows.owners()])

    def logits(
        self, meaning: np.ndarray, counted: Counted, matrix: np.ndarray, intercept: np.ndarray
    ) -> np.ndarray:
        """What a fit says of a few texts, ``(n, classes)``.

        :param matrix: ``(512 + grams, classes)``; only the rows of grams that are asked become ``float32``.
        """
        asked, places = np.unique((rows := self.weighed(counted)).places, return_inverse=True)
        few = Sparse(rows.starts, places, rows.values).dense(len(asked))
        told: np.ndarray = self.centred(meaning) @ matrix[:WIDTH].astype(np.float32)
        told += few @ matrix[WIDTH + asked].astype(np.float32) + intercept
        return told


class Joined:
    """Many rows of both, for training: ``joined @ W`` and ``joined.T @ E``, never dense as a whole.

    Meaning and the most frequent grams are multiplied densely, some rows at a time; the rest sparsely.

    :param places: which rows of ``meaning (m, 512)`` and of ``counted``, in order.
    """

    def __init__(self, scale: Scale, meaning: np.ndarray, counted: Counted, places: np.ndarray) -> None:
        self.shape = (len(places), WIDTH + len(scale.idf))
        self._meaning = scale.centred(meaning[places])
        rows = scale.weighed(counted.take(places))
        self._dense = min(FREQUENT, len(scale.idf))
        rare = rows.places >= self._dense
        self._frequent, rest = rows.keep(~rare), rows.keep(rare)
        rest = Sparse(rest.starts, rest.places - self._dense, rest.values)
        self._rest = Diagonals(rest)
        self._turned = Diagonals(rest.turned(len(scale.idf) - self._dense))

    def _parts(self) -> list[slice]:
        return [slice(at, min(at + CHUNK, self.shape[0])) for at in range(0, self.shape[0], CHUNK)]

    def _whole(self, part: slice) -> np.ndarray:
        frequent = self._frequent.between(part.start, part.stop).dense(self._dense)
        return np.concatenate([self._meaning[part], frequent], axis=1)

    def __matmul__(self, matrix: np.ndarray) -> np.ndarray:
        first = WIDTH + self._dense
        found = self._rest @ matrix[first:]
        for part in self._parts():
            found[part] += self._whole(part) @ matrix[:first]
        return found

    @property
    def T(self) -> Turned:  # noqa: N802  # as arrays have it
        """Columns as rows."""
        return Turned(self)

    def _back(self, errors: np.ndarray) -> np.ndarray:
        first = WIDTH + self._dense
        found = np.zeros((self.shape[1], errors.shape[1]), np.float32)
        for part in self._parts():
            found[:first] += self._whole(part).T @ errors[part]
        found[first:] = self._turned @ errors
        return found


@dataclass(frozen=True, slots=True)
class Turned:
    """Joined rows, transposed."""

    of: Joined

    def __matmul__(self, errors: np.ndarray) -> np.ndarray:
        return self.of._back(errors)


__all__ = ["WIDTH", "Counted", "Joined", "Scale", "Vocabulary"]
