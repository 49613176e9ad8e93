"""Quiz items from content files into the bank."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from courses.models import Lesson, Module, Skill

from ..bank import editions
from ..bank.ids import in_any_order
from ..models import Item, Option, Quiz
from ..quiz import judging
from .quiz_files import QuizItem
from .tree import read_quiz


def load_items(module: Module, source: Any, overwrite: bool) -> int:
    """Bring a module's items to what its ``quiz.md`` says; returns how many were written.

    Items edited in the admin since the last load are left alone unless ``overwrite``.
    """
    Quiz.objects.get_or_create(module=module)
    lessons = {lesson.number: lesson.header["zh"]["slug"] for lesson in source.lessons}
    written = 0
    quiz = read_quiz(source)
    for position, item in enumerate(quiz.items, start=1):
        known = Item.objects.filter(code=item.code).first()
        if known and known.loaded_hash != item_hash(known) and not overwrite:
            continue
        _write(module, item, position, lessons[item.lesson], known)
        written += 1
    return written + _retire(module, quiz.retired, overwrite)


def _retire(module: Module, codes: tuple[str, ...], overwrite: bool) -> int:
    """Take out of use what the file asks no more. The item stays, and whatever was answered with it."""
    taken = 0
    for item in Item.objects.live().filter(module=module, code__in=codes):
        if item.loaded_hash == item_hash(item) or overwrite:
            item.live = False
            item.save(update_fields=["live", "updated_at"])
            taken += 1
    return taken


def item_hash(item: Item) -> str:
    """Hash of an item as it stands, to know whether somebody edited it since it was loaded."""
    data: list[object] = [item.kind, item.stem_zh, item.stem_en, item.why_zh, item.why_en]
    data += [[o.text_zh, o.text_en, o.right] for o in item.options.order_by("position", "pk")]
    return hashlib.sha256(json.dumps(data).encode()).hexdigest()


def _write(module: Module, source: QuizItem, position: int, lesson_slug: str, known: Item | None) -> None:
    item = known or Item(code=source.code)
    item.module, item.kind, item.position = module, source.kind, position
    item.lesson = Lesson.objects.get(slug=lesson_slug)
    item.skill = Skill.objects.filter(code=source.skill).first()
    item.stem_zh, item.stem_en = source.stem["zh"], source.stem["en"]
    item.why_zh, item.why_en = source.why["zh"], source.why["en"]
    item.save()
    _write_options(item, source)
    if editions.keep_edition(item=item):
        while judging.judge_again(item=item).left:  # what a mended key has made right
            pass
    Item.objects.filter(pk=item.pk).update(loaded_hash=item_hash(item))


def _write_options(item: Item, source: QuizItem) -> None:
    """Options keep their ids by their words, else by place: answers given before point at what was chosen."""
    rows = list(item.options.order_by("position", "pk"))
    known = {(row.text_zh, row.text_en): row for row in rows}
    kept = [known.get((option.zh, option.en)) for option in source.options]
    spare = [row for row in rows if row not in kept]
    written = []
    for place, (option, same) in enumerate(zip(source.options, kept, strict=True), start=1):
        row = same or (spare.pop(0) if spare else Option(item=item))
        row.position, row.text_zh, row.text_en, row.right = (
            place,
            option.zh,
            option.en,
            option.right,
        )
        written.append(row)
    for row in in_any_order(written):
        row.save()
    for row in spare:
        row.delete()
