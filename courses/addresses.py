"""Addresses of modules and lessons: made of titles, kept for good, and taken up again."""

from __future__ import annotations

from django.db import models, transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from . import services
from .models import Block, Lesson, LessonEdition, Module, ModuleEdition


def lesson_refusal(*, module: Module, slug: str) -> str:
    """Why a new lesson of the module cannot have an address, in a sentence; empty when it can.

    A lesson that was taken from the draft comes back under its own address, with its readers. One that
    was never published and stands in no draft leaves its address free.
    """
    lesson = Lesson.objects.filter(slug=slug).first()
    if lesson is None:
        return ""
    if lesson.module_id == module.pk:
        there = lesson.editions.filter(edition=module.draft).exists()
        return _("The module has a lesson of this address already.") if there else ""
    return _("Another lesson has this address.") if lesson.editions.exists() else ""


def lesson_address(*, module: Module, title: str) -> str:
    """An address nobody has: of the English title, else of the module's address and a number."""
    wanted = (
        slugify(title)[:70].strip("-_") or f"{module.slug}-{Lesson.objects.filter(module=module).count() + 1}"
    )
    return _free(wanted, Lesson.objects.all())


def module_address(*, title: str, code: str) -> str:
    """An address nobody has: of the English title, else of the code."""
    wanted = slugify(title)[:50].strip("-_") or slugify(code) or "module"
    return _free(wanted, Module.objects.all())


def _free(wanted: str, rows: models.QuerySet) -> str:
    taken = set(rows.filter(slug__startswith=wanted).values_list("slug", flat=True))
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (wanted, *numbered) if name not in taken)


def last_place(edition: ModuleEdition) -> int:
    """The number of the last lesson of an edition."""
    return edition.lessons.aggregate(last=Max("position"))["last"] or 0


def place_lesson(*, lesson: LessonEdition, module: Module, slug: str) -> None:
    """Give a new lesson of a draft its identity. What comes back without a text has the text it had."""
    with transaction.atomic():
        lesson.edition = services.ensure_draft(module=module)
        identity, _made = Lesson.objects.get_or_create(slug=slug, defaults={"module": module})
        if identity.module_id != module.pk:  # never seen by a learner, and in no draft: see lesson_refusal
            identity.module = module
            identity.save(update_fields=["module", "updated_at"])
        lesson.lesson = identity
        before = _before(identity)
        for name in services.LESSON_TEXTS if before else ():
            setattr(lesson, name, getattr(lesson, name) or getattr(before, name))


def bring_back_blocks(*, lesson: LessonEdition) -> None:
    """Copy the blocks of the last published text, when the lesson has none."""
    before = _before(lesson.lesson)
    if before is not None and not lesson.blocks.exists():
        Block.objects.bulk_create(
            Block(lesson=lesson, **{name: getattr(block, name) for name in services.BLOCK_FIELDS})
            for block in before.blocks.all()
        )


def _before(lesson: Lesson) -> LessonEdition | None:
    return lesson.editions.filter(edition__number__gt=0).order_by("-edition__number").first()


def left_out(module: Module) -> list[LessonEdition]:
    """Lessons learners once read that are not in the draft, as they were last published."""
    rows = LessonEdition.objects.filter(edition__module=module, edition__number__gt=0)
    rows = rows.exclude(lesson__editions__edition_id=module.draft_id or 0).select_related("lesson")
    return list({row.lesson_id: row for row in rows.order_by("edition__number")}.values())
