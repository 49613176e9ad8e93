"""Keeping the search index beside what is published."""

from __future__ import annotations

from typing import Any

from mooc.lib.text.cleaning import tokens

from ..blocks import KINDS
from ..models import ModuleEdition, SearchEntry

MODULE_MARK = "|"  # parts a lesson's own title from its module's; never a token


def index_edition(edition: ModuleEdition) -> None:
    """Replace the search entries of a module by those of this edition."""
    remove_module(edition.module_id)
    entries = []
    for lesson in edition.lessons.prefetch_related("blocks"):
        for lang in ("zh", "en"):
            title = _visible(lesson, "title", lang)
            module = f"{_visible(edition, 'title', lang)} {_visible(edition, 'task', lang)}"
            words = [title, module, _visible(lesson, "objective", lang)]
            for block in lesson.blocks.all():
                kind = KINDS[block.kind]
                words.append(
                    kind.search_text(_visible(block, "heading", lang), _visible(block, "body", lang))
                )
            entries.append(
                SearchEntry(
                    lesson_id=lesson.lesson_id,
                    language=lang,
                    title_tokens=" ".join([*tokens(title), MODULE_MARK, *tokens(module)]),
                    tokens=" ".join(tokens(" ".join(words))),
                )
            )
    SearchEntry.objects.bulk_create(entries)


def _visible(row: Any, name: str, lang: str) -> str:
    """What a reader of this language sees: the other one where there is none."""
    other = "en" if lang == "zh" else "zh"
    return str(getattr(row, f"{name}_{lang}") or getattr(row, f"{name}_{other}"))


def remove_module(module_id: int) -> None:
    """Drop a module's lessons from the index."""
    SearchEntry.objects.filter(lesson__module_id=module_id).delete()
