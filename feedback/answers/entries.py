"""Answered questions become merged answers of a theme's page: one each, or several together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mooc.accounts.models import User
from mooc.lib.errors import DomainError
from mooc.lib.text.cleaning import language_of
from mooc.lib.text.localized import LANGS

from ..masking import mask
from ..models import AnswerEntry, AnswerModule, Question


def not_placed(*, module: AnswerModule, user: User) -> QuerySet[Question]:
    """Answered questions of the theme that all may read and that are in no merged answer, most asked first."""
    rows = Question.objects.visible_to(user).to_offer().filter(theme=module.theme_id, entries=None)
    found: QuerySet[Question] = rows.with_others().order_by("-same", "-answered_at").defer("vector")
    return found


def put_together(
    *, module: AnswerModule, questions: Iterable[Question], entry: AnswerEntry | None = None
) -> AnswerEntry:
    """Make one merged answer of several questions, or add them to one there is, without anybody's numbers.
    What is in an answer already is not written twice.

    :raises DomainError: without a question, or when the answers together are too long; nothing is changed.
    """
    rows = list(questions)
    if not rows:
        raise DomainError(_("Tick the questions first."), code="none")
    with transaction.atomic():
        found = AnswerEntry.objects.select_for_update(of=("self",)).filter(pk=entry.pk) if entry else None
        kept = found.get(module=module) if found is not None else AnswerEntry(module=module)
        for row in rows:
            _add(kept, row)
        kept.save()
        kept.sources.add(*rows)
    return kept


def _add(entry: AnswerEntry, row: Question) -> None:
    """The question where there is none yet, the answer below what is there: in the language it was asked in."""
    lang = language_of(row.text)
    question, answer = f"question_{lang}", f"answer_{lang}"
    if not getattr(entry, question).strip():
        setattr(entry, question, mask(row.text)[: _room(question)])
    there = getattr(entry, answer).strip()
    if row.answer.strip() in there:
        return
    together = f"{there}\n\n{row.answer.strip()}" if there else row.answer.strip()[: _room(answer)]
    if len(together) > _room(answer):
        raise DomainError(
            _(
                "Together these answers are longer than %(n)s letters. Tick fewer, or shorten the answer first."
            )
            % {"n": _room(answer)},
            code="too_long",
        )
    setattr(entry, answer, together)


def _room(name: str) -> int:
    """How many letters the column takes."""
    return int(getattr(AnswerEntry._meta.get_field(name), "max_length", 0))


def lacking(module: AnswerModule) -> dict[str, int]:
    """By language, how many merged answers lack their question or their answer in it; only where some do."""
    rows = list(module.entries.all())
    counts = {
        lang: sum(
            not (getattr(row, f"question_{lang}").strip() and getattr(row, f"answer_{lang}").strip())
            for row in rows
        )
        for lang in LANGS
    }
    return {lang: n for lang, n in counts.items() if n}


def asked_by(entry: AnswerEntry) -> int:
    """How many people asked it, each counted once: the sources, what is merged into them, and whom their answers
    helped."""
    people: set[int] = set()
    sources: Any = entry.sources.all()
    for row in sources:
        people |= {row.learner_id, *(one.learner_id for one in (*row.merged.all(), *row.deflections.all()))}
    return len(people)


def lessons_of(entry: AnswerEntry) -> list[str]:
    """Addresses of the lessons its questions were asked in, five at most."""
    return list(dict.fromkeys(row.lesson.slug for row in entry.sources.all() if row.lesson))[:5]


def passages_of(entry: AnswerEntry) -> dict[str, int]:
    """By lesson, the block its questions were asked in, where that is known: the passage to read."""
    found: dict[str, int] = {}
    for row in entry.sources.all():
        if row.lesson and row.block:
            found.setdefault(row.lesson.slug, row.block)
    return found
