"""A quiz with its items as they are asked now, kept in this process while the content stands.

Answers come in bursts, and the key to judge them by changes only when somebody edits it: the admin
and the loader then raise the content version (``courses.services.bump_content``), so what is kept
here is at most ``CONTENT_VERSION_SECONDS`` old.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from django.http import Http404

from courses.selectors import content_version

from . import editions
from .data import ItemKind
from .models import Item, ItemEdition, Quiz

MOST = 200  # quizzes kept at a time; a county has tens
_kept: dict[tuple[str, int], AskedQuiz] = {}
_open: dict[str, frozenset[int]] = {}  # modules whose quiz can be sat, by content version


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


@dataclass(frozen=True, slots=True)
class AskedQuiz:
    """A quiz, its published module and its items by code. Shared between threads: only read."""

    quiz: Quiz
    items: Mapping[str, AskedItem]

    @property
    def live_codes(self) -> list[str]:
        """Codes of the items a new try draws from."""
        return [item.code for item in self.items.values() if item.live]


def asked_quiz(pk: int, *, withdrawn: bool = False) -> AskedQuiz:
    """The quiz of a published module: no query while the content stands, else 3.

    :param withdrawn: also of a module that was published before and is taken back just now: who has the question
        before them answers it all the same.
    :raises Http404: when there is none.
    """
    key = (content_version(), pk)
    known = _kept.get(key)
    if known is None:
        known = _read(pk)
        if len(_kept) >= MOST or any(version != key[0] for version, _pk in list(_kept)):
            _kept.clear()
        _kept[key] = known
    if known.quiz.module.published_id is None and not withdrawn:
        raise Http404
    return known


def open_modules(fresh: bool = False) -> frozenset[int]:
    """Ids of modules whose quiz has a question in use: no query while the content stands, else 1.

    :param fresh: ask the database, whatever is kept.
    """
    version = "" if fresh else content_version()
    known = None if fresh else _open.get(version)
    if known is None:
        rows = Item.objects.live().filter(module__quiz__isnull=False).order_by()
        known = frozenset(rows.values_list("module", flat=True).distinct())
        if not fresh:
            _open.clear()
            _open[version] = known
    return known


def forget() -> None:
    """Read every quiz anew."""
    _kept.clear()
    _open.clear()


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


def _read(pk: int) -> AskedQuiz:
    quiz = (
        Quiz.objects.select_related("module__published").filter(pk=pk, module__editions__number__gt=0).first()
    )
    if quiz is None:
        raise Http404
    items = Item.objects.filter(module=quiz.module_id).prefetch_related("options")
    return AskedQuiz(quiz, {item.code: as_asked(item) for item in items})


def as_asked(item: Item) -> AskedItem:
    """An item and its key, as they stand: 1 query unless the options were read."""
    options = list(item.options.all())
    return AskedItem(
        item.pk, item.code, item.stem_zh or item.stem_en, item.stem_en or item.stem_zh, item.kind, item.edition,
        item.live, item.kind == ItemKind.MULTIPLE, order=tuple(option.pk for option in options),
        options=frozenset(option.pk for option in options),
        right=frozenset(option.pk for option in options if option.right),
    )  # fmt: skip
