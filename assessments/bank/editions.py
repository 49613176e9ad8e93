"""Editions of a question: kept when it is saved, read where an answer is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from mooc.lib.privacy import evidence
from mooc.lib.text.localized import read

from .. import scoring
from ..models import Item, ItemEdition

TEXTS = ("kind", "stem_zh", "stem_en", "why_zh", "why_en")


@dataclass(frozen=True, slots=True)
class ShownOption:
    """An answer to choose, as it read then."""

    pk: int
    text_zh: str
    text_en: str
    right: bool

    @property
    def text(self) -> str:
        """In the reader's language."""
        return read(self.text_zh, self.text_en)


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


def keys_today(item: Item) -> dict[int, frozenset[int]]:
    """For each edition of a question, which of its answers are right by today's key: 2 queries.

    Edition 0 stands for answers from before editions were kept: an answer to choose is known by its id there.
    """
    now = as_it_stands(item)["options"]
    keys = {row.number: key_today(row.options, now) for row in item.editions.all()}
    keys[0] = frozenset(option["id"] for option in now if option["right"])
    return keys


def key_today(then: Iterable[Mapping[str, Any]], now: Iterable[Mapping[str, Any]]) -> frozenset[int]:
    """Which answers to choose of an older edition are right by today's key."""
    return scoring.key_today(
        [(row["id"], row["zh"], row["en"]) for row in then],
        [(row["id"], row["zh"], row["en"], row["right"]) for row in now],
    )


def shown_then(item: Item, number: int) -> tuple[str, list[ShownOption]]:
    """The question and its answers as edition ``number`` read, each answer right or not by today's key.

    1 query for the edition in use, else 2. Without that edition as it reads today.
    """
    options = list(item.options.all())
    edition = item.editions.filter(number=number).first() if number not in (0, item.edition) else None
    if edition is None:
        return item.stem, [ShownOption(o.pk, o.text_zh, o.text_en, o.right) for o in options]
    now = [(o.pk, o.text_zh, o.text_en, o.right) for o in options]
    key = scoring.key_today([(row["id"], row["zh"], row["en"]) for row in edition.options], now)
    return edition.stem, [
        ShownOption(row["id"], row["zh"], row["en"], row["id"] in key) for row in edition.options
    ]
