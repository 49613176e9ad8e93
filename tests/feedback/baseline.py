"""What anybody would try first: TF-IDF of pieces of one to three letters, a linear SVM for every theme.

Here to be beaten: the engine once lost to it in Chinese, and nobody had looked. After scikit-learn's
``TfidfVectorizer(analyzer="char", ngram_range=(1, 3))`` and ``LinearSVC(C=1)``, which penalises the intercept
as it does every other weight.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from feedback.engine.classifier.corpus import Example
from feedback.engine.classifier.logistic import minimise
from feedback.engine.classifier.sparse import Diagonals, Sparse


def pieces(text: str) -> Counter[str]:
    """All pieces of one to three letters, spaces among them."""
    line = " ".join(text.lower().split())
    return Counter(line[at : at + size] for size in (1, 2, 3) for at in range(len(line) - size + 1))


class Baseline:
    """Trained on examples; themes are guessed by the highest of their SVMs."""

    def __init__(self, examples: Sequence[Example]) -> None:
        bags = [pieces(example.text) for example in examples]
        df = Counter(piece for bag in bags for piece in bag)
        self.column = {piece: place for place, piece in enumerate(df)}
        self.idf = np.log((1 + len(bags)) / (1 + np.array(list(df.values())))) + 1
        self.themes = sorted({example.theme for example in examples})
        signs = np.array([[1 if row.theme == theme else -1 for theme in self.themes] for row in examples])
        self.weights = self._fit(self._rows(bags), signs.astype(np.float32))

    def _rows(self, bags: Sequence[Counter[str]]) -> Sparse:
        """TF-IDF of length 1, and a column of ones for the intercept."""
        starts, places, values = [0], [], []
        for bag in bags:
            known = [(self.column[piece], times) for piece, times in bag.items() if piece in self.column]
            row = np.array([times * self.idf[place] for place, times in known])
            places += [*(place for place, _times in known), len(self.column)]
            values += [*(row / (np.linalg.norm(row) or 1.0)), 1.0]
            starts.append(len(places))
        return Sparse(np.array(starts), np.array(places, np.int32), np.array(values, np.float32))

    def _fit(self, rows: Sparse, signs: np.ndarray, strength: float = 1.0) -> np.ndarray:
        """Minimise ``½ ‖W‖² + C Σ max(0, 1 − y z)²``, all themes at once: they do not touch each other."""
        width = len(self.column) + 1
        forth, back = Diagonals(rows), Diagonals(rows.turned(width))

        def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
            matrix = flat.reshape(width, -1)
            short = np.maximum(0, 1 - signs * (forth @ matrix))
            slope = matrix - 2 * strength * (back @ (signs * short))
            return 0.5 * float((flat**2).sum()) + strength * float((short**2).sum()), slope.ravel()

        return minimise(loss, np.zeros(width * len(self.themes), np.float32), 60).reshape(width, -1)

    def guess(self, texts: Sequence[str]) -> list[str]:
        """The theme of each text."""
        scores = Diagonals(self._rows([pieces(text) for text in texts])) @ self.weights
        return [self.themes[best] for best in scores.argmax(axis=1)]


def share_right(guessed: Sequence[str], asked: Sequence[Example]) -> float:
    """How many of them, 0–1."""
    return sum(theme == example.theme for theme, example in zip(guessed, asked, strict=True)) / len(asked)
