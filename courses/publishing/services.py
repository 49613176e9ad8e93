"""Drafts made, published and withdrawn."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mooc.lib import registry
from mooc.lib.desk import Finding
from mooc.lib.errors import DomainError
from mooc.lib.events import emit

from .. import signals
from ..blocks import KINDS
from ..catalogue import search_index
from ..data import ModulePublished
from ..models import (
    Block,
    Lesson,
    LessonEdition,
    Module,
    ModuleEdition,
)
from ..services import bump_content

EDITION_TEXTS = [
    f"{name}_{lang}" for name in ("title", "task", "objective", "need", "source") for lang in ("zh", "en")
]
LESSON_TEXTS = [f"{name}_{lang}" for name in ("title", "objective", "source") for lang in ("zh", "en")]
BLOCK_FIELDS = [
    "position",
    "kind",
    "heading_zh",
    "heading_en",
    "body_zh",
    "body_en",
    "media_id",
    "media_en_id",
]


class NotReady(DomainError):
    """A draft cannot be published yet; ``problems`` says why, one sentence each."""

    code = "not_ready"

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def make_module(
    *, code: str, slug: str, course_id: int, category_id: int, level: str, icon: str = "book"
) -> Module:
    """Make a module with an empty draft."""
    with transaction.atomic():
        module = Module.objects.create(
            code=code,
            slug=slug,
            course_id=course_id,
            category_id=category_id,
            level=level,
            icon=icon,
        )
        ensure_draft(module=module)
    return module


def ensure_draft(*, module: Module) -> ModuleEdition:
    """The draft edition of a module, made when it has none."""
    if module.draft is None:
        module.draft = ModuleEdition.objects.create(module=module)
        module.save(update_fields=["draft", "updated_at"])
    return module.draft


def publish_module(*, module: Module) -> ModuleEdition:
    """Copy the draft to a new edition and show it to learners, in one transaction.

    :raises NotReady: when a language, a lesson or a block is not whole; nothing is changed.
    """
    with transaction.atomic():
        module = Module.objects.select_for_update().get(pk=module.pk)
        for _name, make in registry.module_belonging:  # whatever way the module came into the database
            make(module)
        draft = ensure_draft(module=module)
        problems = draft_problems(draft=draft)
        if problems:
            raise NotReady(problems)
        edition = _copy_edition(draft)
        module.published = edition
        module.save(update_fields=["published", "updated_at"])
        search_index.index_edition(edition)
        bump_content()
        emit(signals.module_published, ModulePublished(module.pk, edition.number))
    return edition


def _copy_edition(draft: ModuleEdition) -> ModuleEdition:
    last = draft.module.editions.order_by("-number").values_list("number", flat=True).first() or 0
    edition = ModuleEdition.objects.create(
        module=draft.module,
        number=last + 1,
        licence=draft.licence,
        checked_on=draft.checked_on,
        changes_on=draft.changes_on,
        published_at=timezone.now(),
        **{name: getattr(draft, name) for name in EDITION_TEXTS},
    )
    for position, lesson in enumerate(draft.lessons.prefetch_related("blocks"), start=1):
        copy = LessonEdition.objects.create(
            edition=edition,
            lesson_id=lesson.lesson_id,
            position=position,
            minutes=lesson.minutes,
            **{name: getattr(lesson, name) for name in LESSON_TEXTS},
        )
        Block.objects.bulk_create(
            Block(lesson=copy, **{name: getattr(block, name) for name in BLOCK_FIELDS})
            for block in lesson.blocks.all()
        )
    return edition


def draft_problems(*, draft: ModuleEdition) -> list[str]:
    """What keeps a draft from being published, one sentence each; empty when it is whole."""
    problems = []
    if _misses(draft, EDITION_TEXTS) or not draft.checked_on:
        problems.append(
            _("Fill in every line of the module, in one language at least, and when it was checked.")
        )
    lessons = list(draft.lessons.prefetch_related("blocks").select_related("lesson"))
    if not lessons:
        problems.append(_("The module has no lesson yet."))
    for lesson in lessons:
        if _misses(lesson, LESSON_TEXTS):
            problems.append(
                _("“%(lesson)s” lacks a line: write it in one language at least.") % {"lesson": lesson}
            )
        if not lesson.blocks.all():
            problems.append(_("“%(lesson)s” has no content yet.") % {"lesson": lesson})
        if any(_block_is_half(block) for block in lesson.blocks.all()):
            problems.append(_("A block of “%(lesson)s” lacks its text or its file.") % {"lesson": lesson})
    return problems + [finding.text for finding in _findings(draft.module) if finding.stops]


def _findings(module: Module) -> list[Finding]:
    """What higher rooms say of a module that is about to be published."""
    return [finding for _name, look in registry.publishing_check for finding in look(module)]


def publishing_warnings(*, module: Module) -> list[str]:
    """What to know of a published module though it does not keep it from being published."""
    return [finding.text for finding in _findings(module) if not finding.stops]


def _misses(row: ModuleEdition | LessonEdition, names: list[str]) -> bool:
    """Whether a line stands in neither language. ``names`` are pairs: Chinese, English."""
    pairs = zip(names[::2], names[1::2], strict=True)
    return any(not (getattr(row, zh).strip() or getattr(row, en).strip()) for zh, en in pairs)


def _block_is_half(block: Block) -> bool:
    headings, bodies = block.heading_zh + block.heading_en, block.body_zh + block.body_en
    return KINDS[block.kind].is_half(headings=headings, bodies=bodies, has_file=bool(block.media_id))


def lacking(*, draft: ModuleEdition) -> dict[str, int]:
    """How many lines and blocks lack a language that they have in the other: a language → a number.

    A trainer's content may be in one language; whoever reads the other gets what there is.
    """
    found = {"zh": 0, "en": 0}
    rows: list[tuple[object, list[str]]] = [(draft, EDITION_TEXTS)]
    for lesson in draft.lessons.prefetch_related("blocks"):
        rows.append((lesson, LESSON_TEXTS))
        rows += [(block, ["heading_zh", "heading_en", "body_zh", "body_en"]) for block in lesson.blocks.all()]
    for row, names in rows:
        for zh, en in zip(names[::2], names[1::2], strict=True):
            has = (bool(getattr(row, zh).strip()), bool(getattr(row, en).strip()))
            found["zh"] += has == (False, True)
            found["en"] += has == (True, False)
    return {language: number for language, number in found.items() if number}


def withdraw_module(*, module: Module) -> None:
    """Take a module from learners' sight. Editions, records and progress stay."""
    with transaction.atomic():
        Module.objects.filter(pk=module.pk).update(published=None)
        search_index.remove_module(module.pk)
        bump_content()


def add_lesson(*, module: Module, slug: str, position: int) -> LessonEdition:
    """Add a lesson to a module's draft."""
    with transaction.atomic():
        draft = ensure_draft(module=module)
        lesson, _made = Lesson.objects.get_or_create(slug=slug, defaults={"module": module})
        if lesson.module_id != module.pk:
            raise DomainError(_("Another module has a lesson of this name."), field="slug")
        return LessonEdition.objects.get_or_create(
            edition=draft, lesson=lesson, defaults={"position": position}
        )[0]
