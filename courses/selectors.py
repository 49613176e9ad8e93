"""Page-shaped reads of courses, each with a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum, prefetch_related_objects
from django.http import Http404
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .blocks import SAVED
from .models import Block, Course, LessonEdition, Module
from .standing import while_content_stands

TEXT_BYTES = 6_000  # about what a lesson page weighs without its media, compressed


def candidates() -> QuerySet[Module]:
    """Published modules with what recommending needs: 3 queries."""
    return (
        Module.objects.published()
        .select_related("published", "category")
        .prefetch_related("tracks", "prerequisites")
        .order_by("level", "code")
    )


@while_content_stands
def known_modules() -> tuple[Module, ...]:
    """All published modules: no query while the content stands, else 3."""
    return tuple(candidates())


def known_module(pk: int) -> Module | None:
    """A published module with its edition and category: one of :func:`known_modules`."""
    return next((row for row in known_modules() if row.pk == pk), None)


@while_content_stands
def known_lessons(edition_id: int | None) -> tuple[LessonEdition, ...]:
    """The lessons of a published edition in order, each with ``size``: bytes to load. No query while the
    content stands, else 1."""
    if edition_id is None:
        return ()
    rows: Any = (
        LessonEdition.objects.filter(edition_id=edition_id)
        .select_related("lesson")
        .annotate(media_bytes=Sum("blocks__media__bytes", filter=~Q(blocks__kind__in=SAVED)))
        .order_by("position")
    )
    for row in rows:
        row.size = (row.media_bytes or 0) + TEXT_BYTES
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class LessonPage:
    """All of a lesson page."""

    module: Module
    lesson: LessonEdition
    blocks: list[Block]
    number: int
    siblings: Sequence[LessonEdition]
    bytes: int

    @property
    def total(self) -> int:
        return len(self.siblings)

    @property
    def step_flags(self) -> list[bool]:
        """One flag a lesson, for the bar of steps; nobody's progress is in it."""
        return [False] * len(self.siblings)

    @property
    def slot_arg(self) -> str:
        """Names the bar of steps, where a learner's progress may stand: ids of the lessons, and which it is."""
        return f"{','.join(str(row.lesson_id) for row in self.siblings)}:{self.number}"

    @property
    def checked(self) -> str:
        """The month the facts were last checked, in words."""
        return date_format(self.lesson.edition.checked_on, _("F Y")) if self.lesson.edition.checked_on else ""

    @property
    def following(self) -> LessonEdition | None:
        """The next lesson of the module, if any."""
        return self.siblings[self.number] if self.number < len(self.siblings) else None

    @property
    def before(self) -> LessonEdition | None:
        """The lesson before, if any."""
        return self.siblings[self.number - 2] if self.number > 1 else None


def blocks_of(lesson: LessonEdition) -> list[Block]:
    """The blocks of a lesson in order: 1 query, and 1 for the sizes of its photographs when it has some."""
    blocks = list(lesson.blocks.select_related("media", "media_en"))
    photographs = [block.file for block in blocks if block.file and block.file.in_sizes]
    prefetch_related_objects(photographs, "sizes")
    return blocks


def lesson_page(slug: str) -> LessonPage:
    """A published lesson: 2 queries and 1 for photographs, 3 while its module is new to this process. 404 when
    there is none."""
    rows = LessonEdition.objects.select_related("lesson", "edition__module__category").order_by()
    try:
        lesson = rows.get(lesson__slug=slug, edition__published_of__isnull=False)
    except LessonEdition.DoesNotExist:
        raise Http404 from None
    module = lesson.edition.module
    module.published = lesson.edition
    siblings = known_lessons(module.published_id)
    number = next(i for i, row in enumerate(siblings, start=1) if row.pk == lesson.pk)
    blocks = blocks_of(lesson)
    return LessonPage(
        module=module,
        lesson=lesson,
        blocks=blocks,
        number=number,
        siblings=siblings,
        bytes=siblings[number - 1].size,
    )


def lesson_for_acts(slug: str) -> LessonEdition | None:
    """What an act in a lesson is written down with: the published text, else the last one that learners saw.

    A lesson that is withdrawn, or left out of its module, was still read by whoever has it on the phone.
    """
    rows = LessonEdition.objects.filter(lesson__slug=slug, edition__number__gt=0)
    newest = rows.order_by(F("edition__published_of").desc(nulls_last=True), "-edition__number")
    return newest.select_related("lesson", "edition__module").first()


def draft_lesson_page(pk: int, user: Any) -> LessonPage:
    """A lesson of a draft as learners would see it, for whoever may edit it: 404 for others."""
    lesson = (
        LessonEdition.objects.filter(
            pk=pk, edition__number=0, edition__module__in=Module.objects.visible_to(user)
        )
        .select_related("lesson", "edition__module__category")
        .first()
    )
    if lesson is None:
        raise Http404
    module = lesson.edition.module
    module.published = lesson.edition  # not saved: the page shows the draft in its place
    siblings = list(lesson.edition.lessons.select_related("lesson"))
    number = next(i for i, row in enumerate(siblings, start=1) if row.pk == lesson.pk)
    blocks = blocks_of(lesson)
    return LessonPage(
        module=module, lesson=lesson, blocks=blocks, number=number, siblings=siblings, bytes=TEXT_BYTES
    )


def held(user: Any) -> list[str]:
    """Courses nobody else looks after."""
    alone = Course.objects.annotate(n=Count("trainers")).filter(n=1, trainers=user)
    return [_("You alone look after the course “%(title)s”.") % {"title": course} for course in alone[:5]]
