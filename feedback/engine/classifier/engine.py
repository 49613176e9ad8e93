"""Training and asking the theme classifier. Pure.

Features "USE+h" (:mod:`.features`), a multinomial logistic head (:mod:`.logistic`), one noisy copy of
each question (:mod:`.noise`), and a calibrated word on how sure it is: the temperature (Guo et al.
2017) and the threshold come from 4-fold out-of-fold scores, so that ``PRECISION`` of what is labelled
without a person is right.

How sure = calibrated probability × how near the nearest example of that theme is in meaning. Where the
examples have a theme for everything else ("other"), being far counts only below ``NEAR``: out of fold,
the full cosine cost two thirds of what could be labelled (.27 → .08 of the shipped corpus).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from . import features, logistic, noise
from .corpus import OTHER, Example
from .encoder import HASH_ONLY, encode, encoder_id, release
from .features import Scale
from .wording import is_wordless, tidy

VERSION = 1  # of the arithmetic below: a model of another one is made anew
FOLDS = 4
STRENGTH = 2.0  # C
NOISY_WEIGHT = 0.5
NOISY_UP_TO = 6000  # examples; with more, the language itself brings enough noise
PRECISION = 0.95
NEAR = 0.4  # cosine of meaning
DOUBTFUL = 0.6  # chance of another theme from which a label is worth a second look
MANY = 1000  # examples that take long enough to fit to load the encoder again afterwards
FEWEST_EXAMPLES = 5  # examples a theme needs before anything is labelled with it
SEED = 20


@dataclass(frozen=True, slots=True)
class Guess:
    """What the engine thinks of one text. ``confidence`` is 0–1, calibrated; ``top`` the best themes."""

    theme: str
    confidence: float
    sure: bool
    top: tuple[str, ...]
    nearest: int  # the row of the nearest example of the predicted theme; -1 without one


@dataclass(frozen=True, slots=True)
class Doubt:
    """An example whose label a model that never saw it would not have given. ``row`` counts the examples
    from 0, ``chance`` is that of ``theme``, calibrated."""

    row: int
    theme: str
    chance: float


@dataclass(frozen=True, slots=True)
class Model:
    """A trained classifier. ``meaning`` are its examples' unit vectors, to find the nearest one."""

    themes: tuple[str, ...]
    encoder: str
    strength: float
    temperature: float
    threshold: float
    scale: Scale
    matrix: np.ndarray
    intercept: np.ndarray
    meaning: np.ndarray
    labels: np.ndarray
    counts: tuple[int, ...]
    metrics: dict[str, float]
    doubts: tuple[Doubt, ...] = ()  # of training, not stored

    def guess(self, texts: Sequence[str], meaning: np.ndarray | None = None) -> list[Guess]:
        """The theme of each text, in order.

        :param meaning: ``(n, 512)``, the texts' vectors where they were kept; encoded now otherwise.
        """
        lines = [tidy(text) for text in texts]
        found: list[Guess] = []
        for start in range(0, len(lines), 512):
            part = slice(start, start + 512)
            known = encode(lines[part]) if meaning is None else meaning[part].astype(np.float32)
            found += self._guess(lines[part], known)
        return found

    def _guess(self, lines: list[str], meaning: np.ndarray) -> list[Guess]:
        hashed = features.Grams.of(lines)
        rows = self.scale.join(meaning, hashed)
        chance = logistic.softmax((rows @ self.matrix + self.intercept) / self.temperature)
        best = chance.argmax(axis=1)
        cosine, nearest = _nearest(meaning, best, self.meaning, self.labels)
        closeness = near(cosine, self.themes, self.encoder)
        order = np.argsort(-chance, axis=1)[:, :3]
        return [
            self._one(line, float(chance[i, best[i]] * closeness[i]), int(nearest[i]), order[i])
            for i, line in enumerate(lines)
        ]

    def _one(self, line: str, confidence: float, nearest: int, order: np.ndarray) -> Guess:
        best = int(order[0])
        sure = confidence >= self.threshold and self.counts[best] >= FEWEST_EXAMPLES and not is_wordless(line)
        return Guess(self.themes[best], confidence, sure, tuple(self.themes[int(k)] for k in order), nearest)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Examples as numbers, before any scale is learnt: each one, then (``copies``) a noisy copy of each.

    ``meaning`` is ``float16 (n or 2 n, 512)``, ``hashed`` the grams of the same texts.
    """

    themes: tuple[str, ...]
    encoder: str
    labels: np.ndarray
    meaning: np.ndarray
    hashed: features.Grams
    copies: bool


def prepare(examples: Sequence[Example]) -> Prepared:
    """Encode examples and one noisy copy of each, once for all folds.

    :raises ValueError: with fewer than two themes.
    """
    themes = tuple(sorted({example.theme for example in examples}))
    if len(themes) < 2:
        raise ValueError("at least two themes are needed")
    place = {theme: number for number, theme in enumerate(themes)}
    lines = [tidy(example.text) for example in examples]
    dice = random.Random(SEED)  # noqa: S311  # no secret: the same corpus gives the same model
    copies = [noise.noisy(line, dice) for line in lines] if len(lines) <= NOISY_UP_TO else []
    labels = np.array([place[example.theme] for example in examples])
    texts, used = lines + copies, encoder_id()
    meaning = encode(texts, np.float16)
    if len(examples) >= MANY:
        release()  # a small server trains at night beside everything else
    return Prepared(themes, used, labels, meaning, features.Grams.of(texts), bool(copies))


def train(examples: Sequence[Example], *, strength: float = STRENGTH) -> Model:
    """A model of all examples, calibrated on out-of-fold scores."""
    ready = prepare(examples)
    logits, cosines = out_of_fold(ready, strength)
    temperature = best_temperature(logits, ready.labels)
    chance = logistic.softmax(logits / temperature)
    guessed = chance.argmax(axis=1)
    right = guessed == ready.labels
    confidence = chance.max(axis=1) * near(cosines, ready.themes, ready.encoder)
    threshold = best_threshold(confidence, right)
    scale, matrix, intercept = _fit(ready, np.arange(len(ready.labels)), strength)
    sure = confidence >= threshold
    metrics = {
        "accuracy": float(right.mean()), "macro_f1": macro_f1(guessed, ready.labels, len(ready.themes)),
        "top3": float((np.argsort(-chance, axis=1)[:, :3] == ready.labels[:, None]).any(axis=1).mean()),
        "coverage": float(sure.mean()), "precision": float(right[sure].mean()) if sure.any() else 0.0,
    }  # fmt: skip
    scores = f1_scores(guessed, ready.labels, len(ready.themes))
    metrics |= {f"f1 {ready.themes[theme]}": score for theme, score in scores.items()}
    counts = np.bincount(ready.labels, minlength=len(ready.themes))
    return Model(
        ready.themes, ready.encoder, strength, temperature, threshold, scale, matrix, intercept,
        ready.meaning[: len(ready.labels)], ready.labels, tuple(int(n) for n in counts), metrics,
        doubts(ready, chance),
    )  # fmt: skip


def doubts(ready: Prepared, chance: np.ndarray) -> tuple[Doubt, ...]:
    """The labels to look at again, the least believable first (Northcutt et al. 2021, simplified)."""
    best, highest = chance.argmax(axis=1), chance.max(axis=1)
    rows = np.flatnonzero((best != ready.labels) & (highest >= DOUBTFUL))
    found = [Doubt(int(row), ready.themes[best[row]], float(highest[row])) for row in rows]
    return tuple(sorted(found, key=lambda doubt: -doubt.chance))


def out_of_fold(ready: Prepared, strength: float) -> tuple[np.ndarray, np.ndarray]:
    """Logits of every example from a model that never saw it, and its cosine to the nearest known one."""
    fold = folds(ready.labels)
    logits = np.zeros((len(ready.labels), len(ready.themes)), np.float32)
    cosines = np.zeros(len(ready.labels), np.float32)
    for number in range(FOLDS):
        known, asked = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        if not len(asked):
            continue
        scale, matrix, intercept = _fit(ready, known, strength)
        rows = features.Joined(scale, ready.meaning, ready.hashed, asked)
        logits[asked] = np.concatenate(
            [rows[slice(at, at + 512)] @ matrix + intercept for at in range(0, len(asked), 512)]
        )
        guessed, meaning = logits[asked].argmax(axis=1), ready.meaning
        cosines[asked], _which = _nearest(meaning[asked], guessed, meaning[known], ready.labels[known])
    return logits, cosines


def folds(labels: np.ndarray) -> np.ndarray:
    """The fold of each example: themes spread evenly, the same every time."""
    dice = np.random.default_rng(SEED)
    fold = np.zeros(len(labels), int)
    for theme in np.unique(labels):
        places = dice.permutation(np.flatnonzero(labels == theme))
        fold[places] = np.arange(len(places)) % FOLDS
    return fold


def _fit(ready: Prepared, known: np.ndarray, strength: float) -> tuple[Scale, np.ndarray, np.ndarray]:
    scale = Scale.of(ready.meaning[known], ready.hashed.take(known))
    places, labels, weights = known, ready.labels[known], np.ones(len(known), np.float32)
    if ready.copies:
        places = np.concatenate([known, known + len(ready.labels)])
        labels = np.concatenate([labels, labels])
        weights = np.concatenate([weights, weights * np.float32(NOISY_WEIGHT)])
    rows = features.Joined(scale, ready.meaning, ready.hashed, places)
    matrix, intercept = logistic.fit(rows, labels, len(ready.themes), strength=strength, weights=weights)
    return scale, matrix, intercept


def _nearest(
    rows: np.ndarray, themes: np.ndarray, known: np.ndarray, labels: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Cosine of each row to the nearest known example of its theme (0 without one), and which it is."""
    cosine, which = np.zeros(len(rows), np.float32), np.full(len(rows), -1)
    for theme in np.unique(themes):
        mine, places = np.flatnonzero(themes == theme), np.flatnonzero(labels == theme)
        if not len(places):
            continue
        close = rows[mine].astype(np.float32) @ known[places].astype(np.float32).T
        cosine[mine], which[mine] = close.max(axis=1), places[close.argmax(axis=1)]
    return cosine, which


def near(cosine: np.ndarray, themes: tuple[str, ...], encoder: str) -> np.ndarray:
    """How much being far from every known example takes from a guess: a factor 0–1."""
    if encoder == HASH_ONLY:
        return np.ones_like(cosine)
    factor: np.ndarray = np.clip(cosine / NEAR if OTHER in themes else cosine, 0.0, 1.0)
    return factor


def best_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The temperature with the least out-of-fold cross-entropy, by golden section between 0.05 and 5."""
    low, high, share = np.log(0.05), np.log(5.0), (5**0.5 - 1) / 2

    def entropy(at: float) -> float:
        chance = logistic.softmax(logits / np.exp(at))
        return float(-np.log(np.maximum(chance[np.arange(len(labels)), labels], 1e-12)).mean())

    for _round in range(40):
        left, right = high - share * (high - low), low + share * (high - low)
        low, high = (low, right) if entropy(left) < entropy(right) else (left, high)
    return float(np.exp((low + high) / 2))


def best_threshold(confidence: np.ndarray, right: np.ndarray, precision: float = PRECISION) -> float:
    """The least confidence above which ``precision`` of the guesses is right; above 1 when none is."""
    order = np.argsort(-confidence, kind="stable")
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(share >= precision)
    return float(confidence[order[good[-1]]]) if len(good) else 1.01


def macro_f1(guessed: np.ndarray, labels: np.ndarray, classes: int) -> float:
    """The mean F1 over themes (van Rijsbergen 1979); a theme without examples is left out."""
    scores = f1_scores(guessed, labels, classes)
    return float(np.mean(list(scores.values()))) if scores else 0.0


def f1_scores(guessed: np.ndarray, labels: np.ndarray, classes: int) -> dict[int, float]:
    """F1 of every theme that has examples: 2 hits / (guessed + labelled)."""
    scores = {}
    for theme in range(classes):
        hits = int(((guessed == theme) & (labels == theme)).sum())
        total = int((guessed == theme).sum() + (labels == theme).sum())
        if (labels == theme).any():
            scores[theme] = 2 * hits / total
    return scores
