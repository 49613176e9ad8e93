"""What publishing a draft would change for learners: block by block, and by whom since the last publishing."""

from __future__ import annotations

import datetime as dt
import difflib
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from ..models import Block, LessonEdition, Module, ModuleEdition
from .services import BLOCK_FIELDS, EDITION_TEXTS, LESSON_TEXTS

MODULE = [*EDITION_TEXTS, "licence", "checked_on", "changes_on"]
LESSON = ["minutes", *LESSON_TEXTS]
BLOCK = [name for name in BLOCK_FIELDS if name != "position"]


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody who has changed something, and when last."""

    user_id: int
    name: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One thing learners will see otherwise. ``before`` and ``after`` are rows of (name of the box, text)."""

    where: str
    what: str
    before: tuple[tuple[str, str], ...] = ()
    after: tuple[tuple[str, str], ...] = ()
    hands: tuple[Hand, ...] = field(default=(), compare=False)


def of(module: Module) -> list[Change]:
    """All changes since the module was last published, in the order of the module; empty for none."""
    if module.draft is None or module.published is None:
        return []
    draft, published = module.draft, module.published
    since = published.published_at or draft.created_at
    found = [
        _texts(
            str(_("the module")), draft, published, MODULE, _hands(ModuleEdition, [draft.pk], since, MODULE)
        )
    ]
    found += _lessons(draft, published, since)
    return [change for change in found if change]


def mark(changes: Iterable[Change]) -> str:
    """The same as long as the same would be published."""
    return hashlib.sha256(repr([(c.where, c.what, c.before, c.after) for c in changes]).encode()).hexdigest()[
        :16
    ]


def by_others(changes: Iterable[Change], user: Any) -> bool:
    """Whether somebody else has a hand in what would be published."""
    return any(hand.user_id != user.pk for change in changes for hand in change.hands)


def _texts(where: str, new: Any, old: Any, names: list[str], hands: tuple[Hand, ...]) -> Change | None:
    other = [name for name in names if getattr(new, name) != getattr(old, name)]
    if not other:
        return None
    return Change(where, str(_("changed")), _rows(old, other), _rows(new, other), hands)


def _rows(row: Any, names: list[str]) -> tuple[tuple[str, str], ...]:
    return tuple((_label(row, name), _text(row, name)) for name in names)


def _label(row: Any, name: str) -> str:
    return str(row._meta.get_field(name).verbose_name)


def _text(row: Any, name: str) -> str:
    value = getattr(row, name.removesuffix("_id"))
    return "" if value is None else str(value)


def _lessons(draft: ModuleEdition, published: ModuleEdition, since: dt.datetime) -> list[Change | None]:
    new, old = (
        {
            row.lesson_id: row
            for row in edition.lessons.select_related("lesson").prefetch_related(
                "blocks__media", "blocks__media_en"
            )
        }
        for edition in (draft, published)
    )
    found: list[Change | None] = []
    for key, row in new.items():
        hands = _hands(LessonEdition, [row.pk], since, LESSON)
        if key in old:
            found.append(_texts(str(row), row, old[key], LESSON, hands))
        else:
            found.append(Change(str(row), str(_("new lesson")), (), _rows(row, LESSON_TEXTS), hands))
        found += _blocks(row, list(old[key].blocks.all()) if key in old else [], since)
    for key, row in old.items():
        if key not in new:
            taken = _taken(LessonEdition, since, edition_id=draft.pk, lesson_id=key)
            found.append(Change(str(row), str(_("lesson taken away")), _rows(row, LESSON_TEXTS), (), taken))
    if [key for key in old if key in new] != [key for key in new if key in old]:
        order = ((str(_("order")), "\n".join(str(row) for row in rows.values())) for rows in (old, new))
        before, after = ((row,) for row in order)
        moved = _hands(LessonEdition, [row.pk for row in new.values()], since, ["position"])
        found.append(
            Change(str(_("the module")), str(_("the lessons stand in another order")), before, after, moved)
        )
    return found


def _blocks(lesson: LessonEdition, old: list[Block], since: dt.datetime) -> list[Change]:
    """Blocks have no names: those that say the same are matched first, then what stands between them."""
    new, found = list(lesson.blocks.all()), []
    keys = [[tuple(str(getattr(block, name)) for name in BLOCK) for block in blocks] for blocks in (old, new)]
    same = difflib.SequenceMatcher(None, keys[0], keys[1], autojunk=False)
    for tag, a, b, c, d in same.get_opcodes():
        if tag == "equal":
            continue
        pairs = min(b - a, d - c)
        found += [_block(lesson, old[a + n], new[c + n], since) for n in range(pairs)]
        found += [_block(lesson, None, block, since) for block in new[c + pairs : d]]
        found += [_gone(lesson, block, since) for block in old[a + pairs : b]]
    return found


def _gone(lesson: LessonEdition, old: Block, since: dt.datetime) -> Change:
    same = {name: getattr(old, name) for name in ("kind", "heading_zh", "heading_en")}
    hands = _taken(Block, since, lesson_id=lesson.pk, **same) or _taken(Block, since, lesson_id=lesson.pk)
    return Change(str(lesson), _named(_("block taken away"), old), _filled(old), (), hands)


def _block(lesson: LessonEdition, old: Block | None, new: Block, since: dt.datetime) -> Change:
    hands = _hands(Block, [new.pk], since, BLOCK_FIELDS)
    if old is None:
        return Change(str(lesson), _named(_("new block"), new), (), _filled(new), hands)
    other = [name for name in BLOCK if getattr(old, name) != getattr(new, name)]
    return Change(str(lesson), _named(_("block changed"), new), _rows(old, other), _rows(new, other), hands)


def _named(what: str, block: Block) -> str:
    return _("%(what)s (%(kind)s)") % {"what": what, "kind": block.get_kind_display()}


def _filled(block: Block) -> tuple[tuple[str, str], ...]:
    return tuple(row for row in _rows(block, BLOCK[1:]) if row[1])


def _hands(model: Any, pks: list[int], since: dt.datetime, names: list[str]) -> tuple[Hand, ...]:
    """Who has changed one of these columns since then: saving without a change is none."""
    rows = (
        model.history.filter(id__in=pks).select_related("history_user").order_by("history_date", "history_id")
    )
    last: dict[int, Any] = {}
    found: dict[int, Hand] = {}
    for row in rows:
        before = last.get(row.id)
        changed = before is None or any(getattr(before, name) != getattr(row, name) for name in names)
        last[row.id] = row
        if changed and row.history_date > since and row.history_user:
            found[row.history_user.pk] = Hand(row.history_user.pk, str(row.history_user), row.history_date)
    return tuple(found.values())


def _taken(model: Any, since: dt.datetime, **where: Any) -> tuple[Hand, ...]:
    rows = model.history.filter(history_type="-", history_date__gt=since, **where).select_related(
        "history_user"
    )
    users = {row.history_user.pk: row for row in rows if row.history_user}
    return tuple(Hand(pk, str(row.history_user), row.history_date) for pk, row in users.items())


def grouped(changes: Iterable[Change]) -> list[tuple[str, list[Change]]]:
    """By lesson, for the page."""
    found: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        found[change.where].append(change)
    return list(found.items())
