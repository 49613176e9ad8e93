"""What a class has learnt: lesson by lesson, item by item, and the class list as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _

from courses.models import LessonEdition, Module
from mooc.lib.text.cells import harmless
from mooc.lib.text.localized import current

from ..data import ObjectType, Verb
from ..models import Cohort, CohortMember, LearningRecord, LessonProgress
from .cohorts import ProgressRow, progress_rows

MOST_ROWS = 2000  # members in one file: four times the largest class seen


@dataclass(frozen=True, slots=True)
class LessonResult:
    """How many members have read a lesson, of ``people`` in the class."""

    slug: str
    title: str
    read: int
    people: int


@dataclass(frozen=True, slots=True)
class ItemResult:
    """How a quiz item went in the class: ``right`` of ``answers`` by ``people`` members, reviews included."""

    title: str
    people: int
    answers: int
    right: int

    @property
    def percent(self) -> int:
        """Right answers of a hundred."""
        return round(100 * self.right / self.answers) if self.answers else 0


@dataclass(frozen=True, slots=True)
class ModuleResult:
    """One module of the class."""

    title: str
    lessons: tuple[LessonResult, ...]
    items: tuple[ItemResult, ...]


def found_members(cohort: Cohort, name: str = "") -> QuerySet[CohortMember]:
    """Who is in a class now, or those of them whose name holds ``name``."""
    rows = cohort.members.filter(left_at=None).select_related("learner__user", "learner__region")
    if name:
        rows = rows.filter(
            Q(learner__user__display_name__icontains=name) | Q(learner__user__username__icontains=name)
        )
    return rows.order_by("pk")


def class_results(cohort: Cohort) -> list[ModuleResult]:
    """The published modules of a class with what its present members did: 5 queries."""
    members = cohort.members.filter(left_at=None).values("learner")
    people = members.count()
    modules = list(cohort.modules.published().select_related("published"))
    read = dict(
        LessonProgress.objects.filter(learner__in=members, module__in=modules, done_at__isnull=False)
        .values_list("lesson")
        .annotate(n=Count("pk"))
    )
    lessons: dict[int, list[LessonResult]] = {}
    editions = LessonEdition.objects.filter(edition__published_of__in=modules).select_related("lesson")
    for row in editions.order_by("position"):
        line = LessonResult(row.lesson.slug, row.title, read.get(row.lesson_id, 0), people)
        lessons.setdefault(row.edition_id, []).append(line)
    items = _items(members, modules)
    return [
        ModuleResult(
            module.published.title if module.published else module.slug,
            tuple(lessons.get(module.published_id or 0, ())),
            tuple(items.get(module.slug, ())),
        )
        for module in modules
    ]


def _items(members: QuerySet[Any, Any], modules: list[Module]) -> dict[str, list[ItemResult]]:
    """Items somebody answered, the hardest first, by module. An item that was reworded stands once."""
    title, other = ("title_en", "title_zh") if current() == "en" else ("title_zh", "title_en")
    rows = (
        LearningRecord.objects.filter(
            learner__in=members,
            module_slug__in=[module.slug for module in modules],
            object_type=ObjectType.ITEM,
            verb=Verb.ANSWERED,
        )
        .values("module_slug", "object_id")
        .annotate(
            words=Max(title),
            others=Max(other),
            people=Count("learner", distinct=True),
            answers=Count("pk"),
            right=Count("pk", filter=Q(success=True)),
        )
        .order_by("object_id")
    )
    found: dict[str, list[ItemResult]] = {}
    for row in rows:
        line = ItemResult(
            row["words"] or row["others"] or row["object_id"], row["people"], row["answers"], row["right"]
        )
        found.setdefault(row["module_slug"], []).append(line)
    for lines in found.values():
        lines.sort(key=lambda line: line.percent)
    return found


def class_table(cohort: Cohort) -> str:
    """The class list as CSV, the same figures as the page, for spreadsheets."""
    members = list(found_members(cohort)[:MOST_ROWS])
    out = io.StringIO()
    out.write("\ufeff")  # spreadsheet programs here take the file for UTF-8 only with it
    writer = csv.writer(out)
    for line in _lines(progress_rows(cohort, members)):
        writer.writerow([harmless(cell) for cell in line])
    return out.getvalue()


def _lines(rows: list[ProgressRow]) -> Iterator[tuple[str, ...]]:
    yield (
        _("Name"),
        _("Place"),
        _("Lessons read"),
        _("Lessons of the class"),
        _("Lessons outside the class"),
        _("Modules finished"),
        _("Modules of the class"),
        _("Minutes in the class’s modules"),
    )
    for row in rows:
        place = row.learner.region.name if row.learner.region else ""
        figures = (row.lessons, row.lessons_total, row.outside, row.modules, row.modules_total, row.minutes)
        yield (str(row.learner), place, *map(str, figures))
