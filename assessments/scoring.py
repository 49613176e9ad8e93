"""Scoring of quizzes. Pure: no database, no clock."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence, Set
from typing import Any, Protocol, TypeVar


class HasId(Protocol):
    """An option: its id orders it."""

    @property
    def pk(self) -> Any:
        """The id."""


T = TypeVar("T", bound=HasId)
RESPONSES = uuid.UUID("0b0a4a0e-7d2c-4c53-9c0e-3b8d1d7e2f55")


def is_right(chosen: Set[int], right: Set[int]) -> bool:
    """All-or-nothing: exactly the right options were chosen."""
    return bool(chosen) and chosen == right


def score(right: int, total: int) -> float:
    """Scaled score 0.0–1.0 (xAPI ``result.score.scaled``); 0 for an empty quiz."""
    return right / total if total else 0.0


def needed(total: int, pass_percent: int) -> int:
    """How many right answers pass: the smallest whole number at or above the mark."""
    return -(-total * pass_percent // 100)


def passed(right: int, total: int, pass_percent: int) -> bool:
    """Whether ``right`` of ``total`` reaches the mark."""
    return total > 0 and right >= needed(total, pass_percent)


def key_today(
    then: Sequence[tuple[int, str, str]], now: Sequence[tuple[int, str, str, bool]]
) -> frozenset[int]:
    """Which answers to choose, as they read then, are right by today's key.

    An answer is known again by its words, wherever it stands now (two that were exchanged are two that moved);
    one that was reworded by its id, unless its words are those of another now.

    :param then: id and both texts. :param now: the same with whether it is right.
    """
    words_now = {(zh, en): right for _pk, zh, en, right in now}
    words_then = {(zh, en) for _pk, zh, en in then}
    reworded = {pk: right for pk, zh, en, right in now if (zh, en) not in words_then}
    return frozenset(pk for pk, zh, en in then if words_now.get((zh, en), reworded.get(pk, False)))


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


def rank(text: str) -> int:
    """A number from a text that looks drawn by lot: FNV-1a of its UTF-8, 32 bits, then the finisher of murmur3.

    FNV alone is badly skewed for codes that differ in their last letter. See docs/api.md.
    """
    h = 0x811C9DC5
    for byte in text.encode():
        h = (h ^ byte) * 0x01000193 & 0xFFFFFFFF
    h = (h ^ h >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    h = (h ^ h >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    return h ^ h >> 16


def order(options: Sequence[int], kind: str, attempt: uuid.UUID, item_code: str) -> list[int]:
    """Options by their ids in an order fixed by the try and the item, so that a reload does not move them.

    "True" and "not true" are never mixed: a habit of the thumb must not cost an answer.
    """
    if kind == "truefalse":
        return list(options)
    return sorted(options, key=lambda pk: (rank(f"{attempt}{item_code}{pk}"), pk))


def arranged(options: Sequence[T], kind: str, attempt: uuid.UUID, item_code: str) -> list[T]:
    """The options themselves in the order of :func:`order`."""
    by_pk = {option.pk: option for option in options}
    return [by_pk[pk] for pk in order(list(by_pk), kind, attempt, item_code)]


def response_id(attempt: uuid.UUID, item_code: str) -> uuid.UUID:
    """The id of the answer to an item in a try: a resend has the same."""
    return uuid.uuid5(RESPONSES, f"{attempt}{item_code}")
