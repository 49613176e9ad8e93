"""Scoring of quizzes. Pure: no database, no clock."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence, Set

from .kinds.lot import rank

RESPONSES = uuid.UUID("0b0a4a0e-7d2c-4c53-9c0e-3b8d1d7e2f55")


def score(right: int, total: int) -> float:
    """Scaled score 0.0–1.0 (xAPI ``result.score.scaled``); 0 for an empty quiz."""
    return right / total if total else 0.0


def needed(total: int, pass_percent: int) -> int:
    """How many right answers pass: the smallest whole number at or above the mark."""
    return -(-total * pass_percent // 100)


def passed(right: int, total: int, pass_percent: int) -> bool:
    """Whether ``right`` of ``total`` reaches the mark."""
    return total > 0 and right >= needed(total, pass_percent)


def left(drawn: Sequence[str], answered: Collection[str], in_use: Set[str]) -> list[str]:
    """What a try still asks, in its order: a question that was taken out of use, moved or lost is passed over."""
    return [code for code in drawn if code not in answered and code in in_use]


def says_enough(drawn: int, answered: int) -> bool:
    """Whether a try that ends without its learner's doing can be judged: half of it was answered."""
    return answered > 0 and 2 * answered >= drawn


def draw(codes: Sequence[str], length: int, attempt: uuid.UUID) -> list[str]:
    """The items of one try, in order: drawn without repetition, the same for the same try id, here and on a
    phone that draws for itself."""
    return sorted(codes, key=lambda code: (rank(f"{attempt}{code}"), code))[:length]


def seed(attempt: uuid.UUID, item_code: str) -> str:
    """By which the lines of an item are arranged in a try, so that a reload does not move them."""
    return f"{attempt}{item_code}"


def card_seed(card: int, round_number: int) -> str:
    """The same for a card of the notebook, by its id and the number of the round."""
    return seed(uuid.UUID(int=card), str(round_number))


def response_id(attempt: uuid.UUID, item_code: str) -> uuid.UUID:
    """The id of the answer to an item in a try: a resend has the same."""
    return uuid.uuid5(RESPONSES, f"{attempt}{item_code}")
