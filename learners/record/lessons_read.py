"""The requirement every module has: its published lessons were read, with the time reading takes."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from courses.models import Lesson, LessonEdition, Module

from ..models import Enrolment, LessonProgress
from . import pace
from .requirements import Line, Standing

NAME = "lessons"


def asked(module: Module, *, fresh: bool = False) -> bool:
    """Always."""
    return True


def met(module: Module, standing: Standing) -> bool:
    """All that are published now: 1 query, and those of :mod:`.pace`. Only of a summary from records."""
    summary: Any = standing
    if not summary.done:
        return False
    published = Lesson.objects.filter(editions__edition_id=module.published_id)
    wanted = set(published.values_list("slug", flat=True))
    return bool(wanted) and wanted <= summary.done and not pace.hurried(module.published_id, summary)


def among(module: Module, rows: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    """Who has ticked every published lesson; whether too fast is looked at one by one."""
    published = LessonEdition.objects.filter(edition=module.published_id).order_by()
    wanted = list(published.values_list("lesson_id", flat=True))
    if not wanted:
        return rows.none()
    read: Any = LessonProgress.objects.filter(
        learner=OuterRef("learner"), lesson__in=wanted, done_at__isnull=False
    )
    read = read.order_by().values("learner").annotate(n=Count("pk")).values("n")
    return rows.annotate(read=Subquery(read)).filter(read=len(wanted))


def line(module: Module, done: int, total: int, standing: Standing | None) -> Line:
    """So many of so many."""
    words = _("%(done)s of %(total)s lessons done") % {"done": done, "total": total}
    return Line(words, 0 < total <= done)
