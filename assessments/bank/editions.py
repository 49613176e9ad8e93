"""Editions of a question: kept when it is saved, read where an answer is shown or judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from mooc.lib.privacy import evidence
from mooc.lib.text.localized import read

from ..kinds import KINDS
from ..kinds.base import ItemKind, Option
from ..models import Item, ItemEdition

TEXTS = ("kind", "stem_zh", "stem_en", "why_zh", "why_en")


@dataclass(frozen=True, slots=True)
class Wording:
    """A question as it read in one edition, with the key of today.

    :param options: in the author's order.
    """

    kind: ItemKind
    number: int
    stem_zh: str
    stem_en: str
    options: Sequence[Option]

    @property
    def stem(self) -> str:
        """In the reader's language."""
        return read(self.stem_zh, self.stem_en)


def keep_edition(*, item: Item) -> ItemEdition | None:
    """Write down how a question reads now, unless it reads as before. Call it after its answers are saved.

    :returns: the new edition, if there is one.
    """
    with evidence.writing("keep_edition"), transaction.atomic():
        held = Item.objects.select_for_update().get(pk=item.pk)
        content = as_it_stands(held)
        last = held.editions.order_by("-number").first()
        if last is not None and {name: getattr(last, name) for name in content} == content:
            return None
        made: ItemEdition = ItemEdition.objects.create(
            item=held, number=last.number + 1 if last else 1, **content
        )
        Item.objects.filter(pk=held.pk).update(edition=made.number)
    item.edition = made.number
    return made


def as_it_stands(item: Item) -> dict[str, Any]:
    """The columns of an edition for a question as it reads now: 1 query."""
    options = [
        {"id": row.pk, "zh": row.text_zh, "en": row.text_en, "right": row.right} for row in item.options.all()
    ]
    return {name: getattr(item, name) for name in TEXTS} | {"options": options}


def options_now(item: Item) -> list[Option]:
    """The lines of a question as they stand: 1 query, none when they were read before."""
    return [Option(row.pk, row.text_zh, row.text_en, row.right) for row in item.options.all()]


def now(item: Item) -> Wording:
    """A question as it reads now: 1 query, none when its options were read before."""
    return _wording(item, item.edition, options_now(item))


def then(edition: ItemEdition, options: Sequence[Option]) -> Wording:
    """A question as an edition read, with the key of today. :param options: as they stand now."""
    kind = KINDS[edition.kind]
    return _wording(edition, edition.number, kind.today(_options(edition.options), options))


def wording(item: Item, number: int) -> Wording:
    """A question as its edition ``number`` read; without that edition as it reads today.

    1 query for the edition in use, else 2.
    """
    edition = item.editions.filter(number=number).first() if number not in (0, item.edition) else None
    return now(item) if edition is None else then(edition, options_now(item))


def wordings(item: Item) -> dict[int, Wording]:
    """A question as each of its editions read: 2 queries.

    Edition 0 stands for answers from before editions were kept: what was chosen is known by its id there.
    """
    today = now(item)
    return {0: today} | {row.number: then(row, today.options) for row in item.editions.all()}


def _wording(row: Item | ItemEdition, number: int, options: Sequence[Option]) -> Wording:
    return Wording(
        KINDS[row.kind], number, row.stem_zh or row.stem_en, row.stem_en or row.stem_zh, tuple(options)
    )


def _options(rows: Iterable[Mapping[str, Any]]) -> list[Option]:
    return [Option(row["id"], row["zh"], row["en"], row["right"]) for row in rows]
