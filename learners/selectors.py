"""Page-shaped reads of learners, each with a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q, QuerySet

from courses import selectors as courses
from courses.catalogue.selectors import next_modules
from courses.models import LessonEdition, Module
from mooc.accounts.rights import Right
from mooc.lib.pages import links

from .models import Enrolment, FileOpening, Learner, LessonProgress
from .record import lessons_read, pace, pauses
from .record.requirements import Line, asked_of, quiz_can_be_sat

FIRST_SCREEN = 2  # blocks a phone shows without scrolling: going on there is going on at the top


@dataclass(frozen=True, slots=True)
class ModuleState:
    """Where a learner stands in a module: what the big button says."""

    module: Module
    done: int
    total: int
    next_lesson: LessonEdition | None
    begun: bool
    enrolment: Enrolment | None
    block: int = 0
    left: tuple[LessonEdition, ...] = ()
    onward: Module | None = None  # what to learn next, once this module is complete
    quiz: bool = False  # whether its quiz can be sat
    resumes: bool = False  # whether the lesson to go on with was opened before, and left
    hurried: tuple[LessonEdition, ...] = ()  # ticked faster than anybody reads: all that is left to do

    @property
    def title(self) -> str:
        """The module's published title."""
        return self.module.published.title if self.module.published else self.module.slug

    @property
    def requirements(self) -> list[Line]:
        """What the module asks, each with whether it is given."""
        return [
            one.line(self.module, self.done, self.total, self.enrolment)
            for _name, one in asked_of(self.module)
        ]

    @property
    def next_url(self) -> str:
        """The lesson to go on with, at the block that was on the screen last; when all are read the quiz,
        or the module where it cannot be sat."""
        if self.next_lesson is None:
            return links.address("quiz", self.module.slug) if self.quiz else self.module.get_absolute_url()
        place = f"#b{self.block}" if self.block > FIRST_SCREEN else ""
        return self.next_lesson.lesson.get_absolute_url() + place

    @property
    def next_number(self) -> int:
        """The number of the lesson to go on with, from 1."""
        return self.next_lesson.position if self.next_lesson else self.total


def module_state(learner: Learner, module_id: int) -> ModuleState | None:
    """The state of one module for one learner: 2 queries while the content stands, else 6."""
    module = courses.known_module(module_id)
    if module is None:
        return None
    begun = {row.module_id: row for row in Enrolment.objects.filter(learner=learner)}  # tens at most
    progress = LessonProgress.objects.filter(learner=learner, module=module)
    enrolment = begun.get(module_id)
    state = _state(module, progress, enrolment)
    if enrolment is None or enrolment.completed_at is None:
        return state
    finished = frozenset(pk for pk, row in begun.items() if row.completed_at)
    return replace(state, onward=next(iter(next_modules(module_id, finished)), None))


def _state(module: Module, progress: Iterable[LessonProgress], enrolment: Enrolment | None) -> ModuleState:
    """What ``progress`` costs; the lessons are remembered while the content stands, else 1 query."""
    lessons = courses.known_lessons(module.published_id)
    known = {row.lesson_id: row for row in progress}
    left = [lesson for lesson in lessons if not _done(known.get(lesson.lesson_id))]
    following, quiz = _following(lessons, left, known), quiz_can_be_sat(module.pk)
    place = known.get(following.lesson_id) if following else None
    hurried = _hurried(module, enrolment) if lessons and not left else ()
    return ModuleState(
        module=module,
        done=len(lessons) - len(left),
        total=len(lessons),
        next_lesson=hurried[0] if hurried else following,
        begun=bool(known),
        enrolment=enrolment,
        block=place.block if place else 0,
        left=tuple(left),
        quiz=quiz,
        resumes=place is not None,
        hurried=hurried,
    )


def _following(
    lessons: Sequence[LessonEdition], left: list[LessonEdition], known: dict[int, LessonProgress]
) -> LessonEdition | None:
    """The lesson opened last; when that is read, the next one after it that is not."""
    here = [lesson for lesson in lessons if lesson.lesson_id in known]
    if not here or not left:
        return left[0] if left else None
    last = max(here, key=lambda lesson: known[lesson.lesson_id].last_at)
    if last in left:
        return last
    return next((lesson for lesson in left if lesson.position > last.position), left[0])


def _hurried(module: Module, enrolment: Enrolment | None) -> tuple[LessonEdition, ...]:
    """What to read once more, where only that is left to do: 1 query then, else none."""
    if enrolment is None or enrolment.completed_at is not None:
        return ()
    others = (one for name, one in asked_of(module) if name != lessons_read.NAME)
    if not all(one.met(module, enrolment) for one in others):
        return ()
    return pace.hurried_lessons(enrolment.learner_id, module)


def _done(progress: LessonProgress | None) -> bool:
    return progress is not None and progress.done_at is not None


@dataclass(frozen=True, slots=True)
class Home:
    """What the front page offers somebody who has begun: the module in hand, and what comes after it."""

    state: ModuleState | None
    path: list[Module]
    away_since: dt.datetime | None = None  # the last act, where something is unfinished and that is long ago

    @property
    def soon(self) -> tuple[LessonEdition, ...]:
        """The next two lessons after the one to go on with."""
        if self.state is None:
            return ()
        return tuple(lesson for lesson in self.state.left if lesson != self.state.next_lesson)[:2]

    @property
    def later(self) -> list[Module]:
        """What comes after what the page begins with."""
        return self.path if self.state else self.path[1:]


def home_of(learner: Learner) -> Home | None:
    """The front page of a learner: 2 queries while a module is open, else 1. ``None`` before the first act."""
    rows = list(
        Enrolment.objects.filter(learner=learner, module__published__isnull=False)
        .exclude(last_at=None)
        .select_related("module__published")
        .order_by("-last_at")
    )
    if not rows:
        return None
    state, open_row = None, next((row for row in rows if not row.completed_at), None)
    if open_row:
        progress = list(LessonProgress.objects.filter(learner=learner))
        open_row = _in_hand(rows, progress) or open_row
        state = _state(open_row.module, [p for p in progress if p.module_id == open_row.module_id], open_row)
    finished = frozenset(row.module_id for row in rows if row.completed_at)
    last_at = rows[0].last_at
    away = last_at if open_row and last_at and pauses.is_long(last_at) else None
    return Home(state, next_modules((open_row or rows[0]).module_id, finished), away)


def resume_among(enrolments: Iterable[Enrolment], progress: Iterable[LessonProgress]) -> ModuleState | None:
    """The same from rows at hand, the newest enrolment first: no query while the content stands."""
    rows = [row for row in enrolments if row.last_at and not row.completed_at and row.module.published_id]
    if not rows:
        return None
    row = _in_hand(rows, progress) or rows[0]
    return _state(row.module, [p for p in progress if p.module_id == row.module_id], row)


def _in_hand(rows: Iterable[Enrolment], progress: Iterable[LessonProgress]) -> Enrolment | None:
    """The open module in which a lesson was opened last: joining a class or asking opens none."""
    opened: dict[int, dt.datetime] = {}
    for place in progress:
        opened[place.module_id] = max(place.last_at, opened.get(place.module_id, place.last_at))
    begun = [row for row in rows if not row.completed_at and row.module_id in opened]
    return max(begun, key=lambda row: opened[row.module_id], default=None)


def onward_among(enrolments: Iterable[Enrolment]) -> Module | None:
    """What to learn next when nothing is open, from rows at hand: no query while the content stands."""
    rows = [row for row in enrolments if row.last_at]
    if not rows:
        return None
    finished = frozenset(row.module_id for row in rows if row.completed_at)
    return next(iter(next_modules(rows[0].module_id, finished)), None)


def openings(learner: Learner) -> list[FileOpening]:
    """Who opened this file last, ten at most: 1 query."""
    return list(learner.openings.all()[:10])


def people_of_helper(user: Any, name: str = "") -> QuerySet[Learner]:
    """Whose number a helper may change: learners of the own region and below, never staff."""
    people = Learner.objects.people().filter(user__is_staff=False, user__is_superuser=False)
    if not user.everywhere(Right.HELP_PEOPLE):
        wanted = Q(pk__in=[])
        for path in user.region_paths(Right.HELP_PEOPLE):
            wanted |= Q(region__path__startswith=path)
        people = people.filter(wanted)
    if name:
        people = people.filter(Q(user__display_name__icontains=name) | Q(user__username__icontains=name))
    return people.select_related("user", "region").order_by("user__display_name", "pk")
