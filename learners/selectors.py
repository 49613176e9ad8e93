"""Page-shaped reads of learners, each with a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from courses.models import LessonEdition, Module
from mooc.accounts.data import Role

from .models import Enrolment, FileOpening, Learner, LessonProgress


@dataclass(frozen=True, slots=True)
class ModuleState:
    """Where a learner stands in a module: what the big button says."""

    module: Module
    done: int
    total: int
    next_lesson: LessonEdition | None
    begun: bool
    enrolment: Enrolment | None

    @property
    def title(self) -> str:
        """The module's published title."""
        return self.module.published.title if self.module.published else self.module.slug

    @property
    def next_number(self) -> int:
        """The number of the lesson to go on with, from 1."""
        return self.next_lesson.position if self.next_lesson else self.total


def module_state(learner: Learner, module_id: int) -> ModuleState | None:
    """The state of one module for one learner: 4 queries."""
    module = Module.objects.published().select_related("published").filter(pk=module_id).first()
    if module is None:
        return None
    lessons = list(
        LessonEdition.objects.filter(edition_id=module.published_id)
        .select_related("lesson")
        .order_by("position")
    )
    progress = {p.lesson_id: p for p in LessonProgress.objects.filter(learner=learner, module=module)}
    left = [lesson for lesson in lessons if not _done(progress.get(lesson.lesson_id))]
    enrolment = Enrolment.objects.filter(learner=learner, module=module).first()
    return ModuleState(
        module,
        len(lessons) - len(left),
        len(lessons),
        left[0] if left else None,
        bool(progress),
        enrolment,
    )


def _done(progress: LessonProgress | None) -> bool:
    return progress is not None and progress.done_at is not None


def resume_point(learner: Learner) -> ModuleState | None:
    """The module a learner was in last and has not completed, with the lesson to go on with."""
    last = (
        Enrolment.objects.filter(learner=learner, completed_at=None, module__published__isnull=False)
        .exclude(last_at=None)
        .order_by("-last_at")
        .first()
    )
    return module_state(learner, last.module_id) if last else None


def openings(learner: Learner) -> list[FileOpening]:
    """Who opened this file last, ten at most: 1 query."""
    return list(learner.openings.select_related("opened_by")[:10])


def people_of_helper(user: Any, name: str = "") -> QuerySet[Learner]:
    """Whose number a helper may change: learners of the own region and below, never staff."""
    people = Learner.objects.people().filter(user__is_staff=False, user__is_superuser=False)
    if not user.is_superuser:
        wanted = Q(pk__in=[])
        for path in user.region_paths(Role.HELPER):
            wanted |= Q(region__path__startswith=path)
        people = people.filter(wanted)
    if name:
        people = people.filter(Q(user__display_name__icontains=name) | Q(user__username__icontains=name))
    return people.select_related("user", "region").order_by("user__display_name", "pk")
