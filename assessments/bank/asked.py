"""A question of the bank as it is asked and judged: now, or as somebody had it before the eyes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _

from mooc.lib.errors import DomainError

from .. import scoring
from ..data import ItemKind
from ..models import Item, ItemEdition
from . import editions


@dataclass(frozen=True, slots=True)
class AskedItem:
    """An item and its key: ids of all its options, in their order and as a set, and of the right ones."""

    pk: int
    code: str
    stem_zh: str
    stem_en: str
    kind: str
    edition: int
    live: bool
    many: bool
    order: tuple[int, ...]
    options: frozenset[int]
    right: frozenset[int]


def as_shown(item: AskedItem, number: int | None, at: dt.datetime, chosen: Collection[int]) -> AskedItem:
    """The item as whoever answers had it before the eyes, right or not by today's key.

    :param number: the edition that the page or the phone names; ``None``: the one in use at that time.
    No query for the one in use now, which is nearly always, else 2. What fits none is taken for today's.
    """
    if number == item.edition or item.edition <= (0 if number else 1):
        return item
    rows = ItemEdition.objects.filter(item=item.pk).order_by("-number")
    edition = rows.filter(number=number).first() if number else rows.filter(made_at__lte=at).first()
    if edition is None or edition.number == item.edition:
        return item
    ids = tuple(option["id"] for option in edition.options)
    if not set(chosen) <= set(ids):
        return item
    now = editions.as_it_stands(Item.objects.get(pk=item.pk))["options"]
    return replace(
        item, stem_zh=edition.stem_zh or edition.stem_en, stem_en=edition.stem_en or edition.stem_zh,
        kind=edition.kind, edition=edition.number, many=edition.kind == ItemKind.MULTIPLE, order=ids,
        options=frozenset(ids), right=editions.key_today(edition.options, now),
    )  # fmt: skip


def as_asked(item: Item) -> AskedItem:
    """An item and its key, as they stand: 1 query unless the options were read."""
    options = list(item.options.all())
    return AskedItem(
        item.pk, item.code, item.stem_zh or item.stem_en, item.stem_en or item.stem_zh, item.kind, item.edition,
        item.live, item.kind == ItemKind.MULTIPLE, order=tuple(option.pk for option in options),
        options=frozenset(option.pk for option in options),
        right=frozenset(option.pk for option in options if option.right),
    )  # fmt: skip


def judge(options: Set[int], right: Set[int], chosen: Sequence[int], *, many: bool) -> bool:
    """Whether exactly the right options were chosen. All by option id.

    :param many: the item asks for several options, and is sent by a button of its own.
    :raises DomainError: when nothing, or something that is no option of the item, was chosen.
    """
    picked = set(chosen)
    if not picked or not picked <= options:
        text = (
            _("Tap the right answers first, then “Send my answers”.")
            if many
            else _("Tap one of the answers.")
        )
        raise DomainError(text, code="no_choice", field="choice")
    return scoring.is_right(picked, right)


def listed(chosen: Set[int]) -> str:
    """Ids as they are stored: ascending, parted by commas."""
    return ",".join(str(pk) for pk in sorted(chosen))
