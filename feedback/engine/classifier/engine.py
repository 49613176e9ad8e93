"""Training and asking the theme classifier. Pure.

Features "USE+g" (:mod:`.features`), a multinomial logistic head (:mod:`.logistic`), one noisy copy of
each question (:mod:`.noise`), and a calibrated word on how sure it is: temperature (Guo et al. 2017) and
threshold come from 4-fold out-of-fold scores, Chinese and English apart, so that ``PRECISION`` of what is
labelled without a person is right in each.

How sure = calibrated probability × support, the mean cosine of the ``NEIGHBOURS`` nearest examples of that
theme in centred meaning, to a power. A question of a theme nobody has named yet may be far likelier of one
theme than of the others and yet be like none of its examples. Where the examples have a theme for everything
else ("other"), the power is less than one: that theme says a part of it already.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from . import features, logistic, noise
from .codes import Codes
from .corpus import OTHER, Example
from .encoder import HASH_ONLY, encode, encoder_id, release
from .features import Counted, Scale, Vocabulary
from .wording import is_wordless, language_of, tidy

VERSION = 2  # of the arithmetic below: a model of another one is made anew
FOLDS = 4
STRENGTH = 4.0  # C
NOISY_WEIGHT = 0.5
NOISY_UP_TO = 6000  # examples; with more, the language itself brings enough noise
PRECISION = 0.94
FEW = 200  # examples of a language below which all languages are calibrated together
NEIGHBOURS = 5
POWER = 0.5
LEAST_SUPPORT = 1e-3
DOUBTFUL = 0.6  # chance of another theme from which a label is worth a second look
MANY = 1000  # examples that take long enough to fit to load the encoder again afterwards
FEWEST_EXAMPLES = 5  # examples a theme needs before anything is labelled with it
SEED = 20
LANGUAGES = ("zh", "en")


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
class Calibration:
    """What turns a language's logits into chances, and the confidence from which no person need look."""

    temperature: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Model:
    """A trained classifier. ``meaning`` are its examples' centred unit vectors, to find the nearest ones;
    ``calibration`` is by language."""

    themes: tuple[str, ...]
    encoder: str
    strength: float
    calibration: dict[str, Calibration]
    vocabulary: Vocabulary
    scale: Scale
    matrix: np.ndarray
    intercept: np.ndarray
    meaning: Codes
    labels: np.ndarray
    counts: tuple[int, ...]
    metrics: dict[str, float]
    doubts: tuple[Doubt, ...] = ()  # of training, not stored

    @property
    def threshold(self) -> float:
        """The highest of the languages'."""
        return max(one.threshold for one in self.calibration.values())

    def guess(self, texts: Sequence[str], meaning: np.ndarray | None = None) -> list[Guess]:
        """The theme of each text, in order.

        :param meaning: ``(n, 512)``, the texts' vectors where they were kept; encoded now otherwise.
        """
        lines = [tidy(text) for text in texts]
        found: list[Guess] = []
        for start in range(0, len(lines), 64):
            part = slice(start, start + 64)
            known = encode(lines[part]) if meaning is None else meaning[part].astype(np.float32)
            found += self._guess(lines[part], known)
        return found

    def _guess(self, lines: list[str], meaning: np.ndarray) -> list[Guess]:
        counted = self.vocabulary.count(lines)
        logits = self.scale.logits(meaning, counted, self.matrix, self.intercept)
        told = [self.calibration[language_of(line)] for line in lines]
        chance = logistic.softmax(logits / np.array([[one.temperature] for one in told], np.float32))
        best = chance.argmax(axis=1)
        near, nearest = _nearest(self.scale.centred(meaning), best, self.meaning, self.labels)
        confidence = chance.max(axis=1) * support(near, self.themes, self.encoder)
        order = np.argsort(-chance, axis=1)[:, :3]
        return [
            self._one(line, float(confidence[i]), told[i].threshold, int(nearest[i]), order[i])
            for i, line in enumerate(lines)
        ]

    def _one(self, line: str, confidence: float, threshold: float, nearest: int, order: np.ndarray) -> Guess:
        best = int(order[0])
        sure = confidence >= threshold and self.counts[best] >= FEWEST_EXAMPLES and not is_wordless(line)
        return Guess(self.themes[best], confidence, sure, tuple(self.themes[int(k)] for k in order), nearest)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Examples as numbers, before any scale is learnt: each one, then (``copies``) a noisy copy of each.

    ``meaning`` is ``float16 (n or 2 n, 512)``, ``counted`` the grams of the same texts.
    """

    themes: tuple[str, ...]
    encoder: str
    labels: np.ndarray
    languages: np.ndarray
    meaning: np.ndarray
    vocabulary: Vocabulary
    counted: Counted
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
    vocabulary = Vocabulary.of(lines)
    return Prepared(
        themes, used, labels, np.array([language_of(line) for line in lines]), meaning, vocabulary,
        vocabulary.count(texts), bool(copies),
    )  # fmt: skip


def train(examples: Sequence[Example], *, strength: float = STRENGTH) -> Model:
    """A model of all examples, calibrated on out-of-fold scores."""
    ready = prepare(examples)
    seen = out_of_fold(ready, strength)
    calibration = calibrated(ready, seen)
    chance, confidence = chances(ready, seen, calibration)
    scale, matrix, intercept = _fit(ready, np.arange(len(ready.labels)), strength, seen.start)
    counts = np.bincount(ready.labels, minlength=len(ready.themes))
    return Model(
        ready.themes, ready.encoder, strength, calibration, ready.vocabulary, scale, matrix.astype(np.float16), intercept,
        Codes.of(scale.centred(ready.meaning[: len(ready.labels)])), ready.labels, tuple(int(n) for n in counts),
        _metrics(ready, chance, confidence, calibration), doubts(ready, chance),
    )  # fmt: skip


def _metrics(
    ready: Prepared, chance: np.ndarray, confidence: np.ndarray, calibration: dict[str, Calibration]
) -> dict[str, float]:
    """What out-of-fold scores say of the engine, whole and by language and theme."""
    guessed = chance.argmax(axis=1)
    right = guessed == ready.labels
    among = (np.argsort(-chance, axis=1)[:, :3] == ready.labels[:, None]).any(axis=1)
    sure = confidence >= np.array([calibration[language].threshold for language in ready.languages])
    scores = f1_scores(guessed, ready.labels, len(ready.themes))
    metrics = {f"f1 {ready.themes[theme]}": score for theme, score in scores.items()}
    metrics["macro_f1"] = float(np.mean(list(scores.values())))
    for name in ("", *np.unique(ready.languages)):
        mine = ready.languages == name if name else np.ones(len(right), bool)
        end = f" {name}" if name else ""
        metrics |= {
            f"accuracy{end}": float(right[mine].mean()), f"top3{end}": float(among[mine].mean()),
            f"coverage{end}": float(sure[mine].mean()),
            f"precision{end}": float(right[mine & sure].mean()) if (mine & sure).any() else 0.0,
        }  # fmt: skip
    return metrics


def doubts(ready: Prepared, chance: np.ndarray) -> tuple[Doubt, ...]:
    """The labels to look at again, the least believable first (Northcutt et al. 2021, simplified)."""
    best, highest = chance.argmax(axis=1), chance.max(axis=1)
    rows = np.flatnonzero((best != ready.labels) & (highest >= DOUBTFUL))
    found = [Doubt(int(row), ready.themes[best[row]], float(highest[row])) for row in rows]
    return tuple(sorted(found, key=lambda doubt: -doubt.chance))


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """Of every example, from a model that never saw it: logits, and the mean cosine to the nearest known ones
    of its theme. ``start`` is the mean of those models, from which the last fit begins."""

    logits: np.ndarray
    near: np.ndarray
    start: np.ndarray


def out_of_fold(ready: Prepared, strength: float) -> OutOfFold:
    """Fit ``FOLDS`` models, each without a part of the examples."""
    fold = folds(ready.labels)
    logits = np.zeros((len(ready.labels), len(ready.themes)), np.float32)
    near = np.zeros(len(ready.labels), np.float32)
    start = np.zeros((features.WIDTH + len(ready.vocabulary) + 1, len(ready.themes)), np.float32)
    for number in range(FOLDS):
        known, asked = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        if not len(asked):
            continue
        scale, matrix, intercept = _fit(ready, known, strength)
        start += np.concatenate([matrix, intercept[None, :]]) / FOLDS
        logits[asked] = features.Joined(scale, ready.meaning, ready.counted, asked) @ matrix + intercept
        guessed, codes = logits[asked].argmax(axis=1), Codes.of(scale.centred(ready.meaning[known]))
        near[asked], _which = _nearest(
            scale.centred(ready.meaning[asked]), guessed, codes, ready.labels[known]
        )
    return OutOfFold(logits, near, start)


def calibrated(ready: Prepared, seen: OutOfFold) -> dict[str, Calibration]:
    """Temperature and threshold of each language; one with few examples gets those of all together."""
    found = {}
    for language in LANGUAGES:
        mine = ready.languages == language
        if mine.sum() < FEW:
            mine = np.ones(len(mine), bool)
        temperature = best_temperature(seen.logits[mine], ready.labels[mine])
        chance = logistic.softmax(seen.logits[mine] / temperature)
        confidence = chance.max(axis=1) * support(seen.near[mine], ready.themes, ready.encoder)
        threshold = best_threshold(confidence, chance.argmax(axis=1) == ready.labels[mine])
        found[language] = Calibration(temperature, threshold)
    return found


def chances(
    ready: Prepared, seen: OutOfFold, calibration: dict[str, Calibration]
) -> tuple[np.ndarray, np.ndarray]:
    """Calibrated chances of every theme, and the confidence in the best, out of fold."""
    temperature = np.array([[calibration[language].temperature] for language in ready.languages])
    chance = logistic.softmax(seen.logits / temperature)
    return chance, chance.max(axis=1) * support(seen.near, ready.themes, ready.encoder)


def folds(labels: np.ndarray) -> np.ndarray:
    """The fold of each example: themes spread evenly, the same every time."""
    dice = np.random.default_rng(SEED)
    fold = np.zeros(len(labels), int)
    for theme in np.unique(labels):
        places = dice.permutation(np.flatnonzero(labels == theme))
        fold[places] = np.arange(len(places)) % FOLDS
    return fold


def _fit(
    ready: Prepared, known: np.ndarray, strength: float, start: np.ndarray | None = None
) -> tuple[Scale, np.ndarray, np.ndarray]:
    scale = Scale.of(ready.meaning[known], ready.counted.take(known), len(ready.vocabulary))
    places, labels, weights = known, ready.labels[known], np.ones(len(known), np.float32)
    if ready.copies:
        places = np.concatenate([known, known + len(ready.labels)])
        labels = np.concatenate([labels, labels])
        weights = np.concatenate([weights, weights * np.float32(NOISY_WEIGHT)])
    rows = features.Joined(scale, ready.meaning, ready.counted, places)
    matrix, intercept = logistic.fit(
        rows, labels, len(ready.themes), strength=strength, weights=weights, start=start
    )
    return scale, matrix, intercept


def _nearest(
    rows: np.ndarray, themes: np.ndarray, known: Codes, labels: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Mean cosine of each row to the nearest known examples of its theme (0 without one), and which is the
    nearest."""
    cosine, which = np.zeros(len(rows), np.float32), np.full(len(rows), -1)
    for theme in np.unique(themes):
        mine, places = np.flatnonzero(themes == theme), np.flatnonzero(labels == theme)
        if not len(places):
            continue
        close = rows[mine] @ known.vectors(places).T
        which[mine] = places[close.argmax(axis=1)]
        few = min(NEIGHBOURS, len(places))
        cosine[mine] = np.partition(close, -few, axis=1)[:, -few:].mean(axis=1)
    return cosine, which


def support(near: np.ndarray, themes: tuple[str, ...], encoder: str) -> np.ndarray:
    """How much being unlike the known examples takes from a guess: a factor 0–1."""
    if encoder == HASH_ONLY:
        return np.ones_like(near)
    factor: np.ndarray = np.clip(near, LEAST_SUPPORT, 1.0) ** (POWER if OTHER in themes else 1.0)
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
