"""Addresses of modules and lessons: made of titles, changed, kept for good, and taken up again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.db import models, transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from mooc.lib.errors import DomainError

from .. import services
from ..models import Address, Block, Course, Lesson, LessonEdition, Module, ModuleEdition
from ..standing import while_content_stands
from .services import BLOCK_FIELDS, LESSON_TEXTS, ensure_draft

Key = tuple[str, str]  # "modules" or "lessons", and a name


@dataclass(frozen=True, slots=True)
class Known:
    """All names besides the slugs. ``slugs``: a name → its slug; ``today``: a slug → the name of today."""

    slugs: Mapping[Key, str]
    today: Mapping[Key, str]


@while_content_stands
def known() -> Known | None:
    """No query while the content stands, else 1; ``None`` when nothing was ever given another address."""
    rows = list(Address.objects.select_related("module", "lesson"))
    owners = [
        (row, owner.slug) for row in rows if (owner := row.module or row.lesson)
    ]  # always one of the two
    slugs = {(row.kind, row.text): slug for row, slug in owners}
    today = {(row.kind, slug): row.text for row, slug in owners if row.current}
    return Known(MappingProxyType(slugs), MappingProxyType(today)) if rows else None


def of(row: Module | Lesson) -> str:
    """The address of today."""
    current = row.addresses.filter(current=True).first()
    return current.text if current else row.slug


def _kind(row: Module | Lesson) -> str:
    return "modules" if isinstance(row, Module) else "lessons"


def refusal(*, row: Module | Lesson, text: str) -> str:
    """Why it cannot have this address, in a sentence; empty when it can. Another's old one is not free."""
    model, key = type(row), _kind(row)[:-1]
    others = model._default_manager.filter(slug=text).exclude(pk=row.pk)
    had = Address.objects.filter(kind=_kind(row), text=text).exclude(**{key: row.pk})
    return _("Something else has or had this address.") if others.exists() or had.exists() else ""


def rename(*, row: Module | Lesson, text: str) -> None:
    """Give another address; all earlier ones lead to it.

    :raises DomainError: when something else has or had it; nothing is changed.
    """
    kind = _kind(row)
    with transaction.atomic():
        if words := refusal(row=row, text=text):
            raise DomainError(words, code="taken", field="slug")
        if not _seen(row):
            type(row)._default_manager.filter(pk=row.pk).update(slug=text)
            row.slug = text
            return
        row.addresses.update(current=False)
        if text != row.slug:
            Address.objects.update_or_create(kind=kind, text=text, defaults={"current": True, kind[:-1]: row})
        services.bump_content()


def _seen(row: Module | Lesson) -> bool:
    """Whether learners were ever shown it: acts may be recorded under its slug."""
    edition = {"number__gt": 0} if isinstance(row, Module) else {"edition__number__gt": 0}
    return row.editions.filter(**edition).exists()


def lesson_refusal(*, module: Module, slug: str) -> str:
    """Why a new lesson of the module cannot have an address, in a sentence; empty when it can.

    A lesson that was taken from the draft comes back under its own address, with its readers. One that
    was never published and stands in no draft leaves its address free.
    """
    lesson = Lesson.objects.filter(slug=slug).first()
    if lesson is None:
        return refusal(row=Lesson(module=module), text=slug)
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


def course_address(*, title: str, subject: str) -> str:
    """An address nobody has: of the English title, else of the subject."""
    return _free(slugify(title)[:50].strip("-_") or subject, Course.objects.all())


def _free(wanted: str, rows: models.QuerySet[Any]) -> str:
    taken = set(rows.filter(slug__startswith=wanted).values_list("slug", flat=True))
    taken |= set(Address.objects.filter(text__startswith=wanted).values_list("text", flat=True))
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (wanted, *numbered) if name not in taken)


def last_place(edition: ModuleEdition) -> int:
    """The number of the last lesson of an edition."""
    return edition.lessons.aggregate(last=Max("position"))["last"] or 0


def place_lesson(*, lesson: LessonEdition, module: Module, slug: str) -> None:
    """Give a new lesson of a draft its identity. What comes back without a text has the text it had."""
    with transaction.atomic():
        lesson.edition = ensure_draft(module=module)
        identity, _made = Lesson.objects.get_or_create(slug=slug, defaults={"module": module})
        if identity.module_id != module.pk:  # never seen by a learner, and in no draft: see lesson_refusal
            identity.module = module
            identity.save(update_fields=["module", "updated_at"])
        lesson.lesson = identity
        before = _before(identity)
        for name in LESSON_TEXTS if before else ():
            setattr(lesson, name, getattr(lesson, name) or getattr(before, name))


def bring_back_blocks(*, lesson: LessonEdition) -> None:
    """Copy the blocks of the last published text, when the lesson has none."""
    before = _before(lesson.lesson)
    if before is not None and not lesson.blocks.exists():
        Block.objects.bulk_create(
            Block(lesson=lesson, **{name: getattr(block, name) for name in BLOCK_FIELDS})
            for block in before.blocks.all()
        )


def _before(lesson: Lesson) -> LessonEdition | None:
    return lesson.editions.filter(edition__number__gt=0).order_by("-edition__number").first()


def left_out(module: Module) -> list[LessonEdition]:
    """Lessons learners once read that are not in the draft, as they were last published."""
    rows = LessonEdition.objects.filter(edition__module=module, edition__number__gt=0)
    rows = rows.exclude(lesson__editions__edition_id=module.draft_id or 0).select_related("lesson")
    return list({row.lesson_id: row for row in rows.order_by("edition__number")}.values())
