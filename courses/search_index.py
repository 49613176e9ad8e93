"""Keeping the search index beside what is published."""

from __future__ import annotations

from mooc.lib.text import tokens

from .models import ModuleEdition, SearchEntry

MODULE_MARK = "|"  # parts a lesson's own title from its module's; never a token


def index_edition(edition: ModuleEdition) -> None:
    """Replace the search entries of a module by those of this edition."""
    remove_module(edition.module_id)
    entries = []
    for lesson in edition.lessons.prefetch_related("blocks"):
        for lang in ("zh", "en"):
            title = getattr(lesson, f"title_{lang}")
            module = f"{getattr(edition, f'title_{lang}')} {getattr(edition, f'task_{lang}')}"
            words = [title, module, getattr(lesson, f"objective_{lang}")]
            for block in lesson.blocks.all():
                words += [getattr(block, f"heading_{lang}"), getattr(block, f"body_{lang}")]
            entries.append(
                SearchEntry(
                    lesson_id=lesson.lesson_id,
                    language=lang,
                    title_tokens=" ".join([*tokens(title), MODULE_MARK, *tokens(module)]),
                    tokens=" ".join(tokens(" ".join(words))),
                )
            )
    SearchEntry.objects.bulk_create(entries)


def remove_module(module_id: int) -> None:
    """Drop a module's lessons from the index."""
    SearchEntry.objects.filter(lesson__module_id=module_id).delete()
