"""Multinomial logistic regression by L-BFGS (Nocedal & Wright, Numerical Optimization, alg. 7.4–7.5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

MEMORY, ARMIJO = 8, 1e-4


class Turned(Protocol):
    """Columns of examples as rows."""

    def __matmul__(self, errors: np.ndarray, /) -> np.ndarray: ...


class Rows(Protocol):
    """Numbers of examples, ``(n, d)``: an array, or something that is multiplied like one."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    @property
    def T(self) -> Turned: ...  # noqa: N802  # as arrays have it

    def __matmul__(self, matrix: np.ndarray, /) -> np.ndarray: ...


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities by row."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    found: np.ndarray = shifted / shifted.sum(axis=1, keepdims=True)
    return found


def fit(
    rows: Rows,
    labels: np.ndarray,
    classes: int,
    *,
    strength: float,
    weights: np.ndarray,
    rounds: int = 120,
    start: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Minimise ``C · Σ wᵢ · cross-entropy + ½ ‖W‖²`` (the intercept is not penalised).

    :param rows: ``(n, d)``; :param labels: ``(n,)`` class numbers; :param strength: C.
    :param weights: ``(n,)`` weight of each example; :param start: ``(d + 1, classes)`` to begin from.
    :returns: ``W (d, classes)`` and ``b (classes,)``.
    """
    count, width = rows.shape
    here = np.arange(count)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        matrix = flat.reshape(width + 1, classes)
        error = softmax(rows @ matrix[:-1] + matrix[-1])
        value = -float(weights @ np.log(np.maximum(error[here, labels], 1e-12)))
        error[here, labels] -= 1
        error *= weights[:, None]
        slope = np.concatenate([rows.T @ error, error.sum(axis=0)[None, :]])
        slope *= strength
        slope[:-1] += matrix[:-1]
        return strength * value + 0.5 * float((matrix[:-1] ** 2).sum()), slope.ravel()

    begin = np.zeros((width + 1) * classes, np.float32) if start is None else start.ravel()
    found = minimise(loss, begin, rounds).reshape(width + 1, classes)
    return found[:-1], found[-1]


def minimise(
    loss: Callable[[np.ndarray], tuple[float, np.ndarray]], start: np.ndarray, rounds: int
) -> np.ndarray:
    """L-BFGS with backtracking; ends when the slope is a thousandth of the first one's."""
    at = start
    steps: list[np.ndarray] = []  # pairs of the last moves
    turns: list[np.ndarray] = []
    value, slope = loss(at)
    enough = 1e-3 * float(np.linalg.norm(slope))
    for _round in range(rounds):
        if float(np.linalg.norm(slope)) <= enough:
            break
        direction = -_inverse_hessian(slope, steps, turns)
        length = 1.0 if steps else 1.0 / max(1.0, float(np.linalg.norm(slope)))
        falls = float(slope @ direction)
        for _try in range(30):
            ahead = at + length * direction
            new_value, new_slope = loss(ahead)
            if new_value <= value + ARMIJO * length * falls:
                break
            length /= 2
        else:
            break
        step, turn = ahead - at, new_slope - slope
        if float(step @ turn) > 1e-10:
            steps, turns = [*steps, step][-MEMORY:], [*turns, turn][-MEMORY:]
        at, value, slope = ahead, new_value, new_slope
    return at


def _inverse_hessian(slope: np.ndarray, steps: list[np.ndarray], turns: list[np.ndarray]) -> np.ndarray:
    """The two-loop recursion."""
    q, shares = slope.copy(), []
    for step, turn in zip(reversed(steps), reversed(turns), strict=True):
        share = float(step @ q) / float(step @ turn)
        shares.append(share)
        q -= share * turn
    if steps:
        q *= float(steps[-1] @ turns[-1]) / float(turns[-1] @ turns[-1])
    for step, turn, share in zip(steps, turns, reversed(shares), strict=True):
        q += (share - float(turn @ q) / float(step @ turn)) * step
    return q
