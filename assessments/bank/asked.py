"""A question of the bank as it is asked and answered: now, or as somebody had it before the eyes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from learners.data import ItemAnswer
from mooc.lib.errors import DomainError

from ..kinds.base import Answer, Choice, Mark, ids_as_text
from ..models import Item, ItemEdition
from . import editions
from .editions import Wording


@dataclass(frozen=True, slots=True)
class AskedItem:
    """An item with its key. Shared between threads: only read."""

    pk: int
    code: str
    live: bool
    wording: Wording


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, as it is judged by the key of today, and the wording that it answers."""

    wording: Wording
    answer: Answer
    mark: Mark

    def as_act(self, code: str, order: Sequence[int]) -> ItemAnswer:
        """As the learning records take it. :param order: the lines by id, as they stood on the screen."""
        wording = self.wording
        return ItemAnswer(
            item_code=code,
            stem_zh=wording.stem_zh,
            stem_en=wording.stem_en,
            edition=wording.number,
            response=wording.kind.as_text(self.answer),
            shown=ids_as_text(order),
            score=self.mark.score,
            right=self.mark.right,
        )

    def order(self, seed: str) -> list[int]:
        """The lines by their ids, as they stood on the screen."""
        return self.wording.kind.arrange([option.pk for option in self.wording.options], seed)


def as_asked(item: Item) -> AskedItem:
    """An item and its key, as they stand: 1 query unless the options were read."""
    return AskedItem(item.pk, item.code, item.live, editions.now(item))


def answered(item: AskedItem, number: int | None, at: dt.datetime, choice: Choice) -> Answered:
    """The answer in what was sent, by the wording that whoever answers had before the eyes.

    :param number: the edition that the page or the phone names; ``None``: the one in use at that time.
    No query for the one in use now, which is nearly always, else 3. What does not fit that one is taken for
    an answer to today's.
    :raises DomainError: with a sentence, when it is no answer.
    """
    earlier = _earlier(item, number, at)
    if earlier is not None:
        try:
            return read_answer(earlier, choice)
        except DomainError:  # it may fit the wording of today
            pass
    return read_answer(item.wording, choice)


def read_answer(wording: Wording, choice: Choice) -> Answered:
    """The answer in what was sent.

    :raises DomainError: with a sentence, when it is none.
    """
    answer = wording.kind.read(choice, wording.options)
    return Answered(wording, answer, wording.kind.judge(answer, wording.options))


def _earlier(item: AskedItem, number: int | None, at: dt.datetime) -> Wording | None:
    """The wording of that edition, or of that time, when it is not the one of today."""
    newest = item.wording.number
    if number == newest or newest <= (0 if number else 1):
        return None
    rows = ItemEdition.objects.filter(item=item.pk).order_by("-number")
    edition = rows.filter(number=number).first() if number else rows.filter(made_at__lte=at).first()
    if edition is None or edition.number == newest:
        return None
    return editions.then(edition, editions.options_now(Item.objects.get(pk=item.pk)))
