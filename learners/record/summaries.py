"""Summaries from records: the same arithmetic for one new record and for a whole rebuild.

:func:`replay` is pure; :func:`bring_up_to_date` reads a learner's records of one module, replays
them and writes the result. So the summary can never drift from the records, in whatever order they came.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from courses.models import Lesson, Module
from mooc.lib.text.digits import whole_number

from ..data import ObjectType, Verb
from ..models import Enrolment, LearningRecord, LessonProgress

NO_LESSON = "-"  # no slug looks like this
UNKNOWN = float("inf")  # how long somebody read who came from nowhere: believed
#: The columns :func:`replay` looks at.
REPLAYED = (
    "uuid",
    "verb",
    "object_type",
    "object_id",
    "happened_at",
    "seconds",
    "score",
    "response",
    "attempt",
)


@dataclass(slots=True)
class LessonSummary:
    """Mirror of ``LessonProgress``."""

    first_at: dt.datetime
    last_at: dt.datetime
    block: int = 0
    seconds: int = 0
    done_at: dt.datetime | None = None
    seen: float = 0.0  # seconds that went by while it was before somebody's eyes, at most; not stored


@dataclass(slots=True)
class ModuleSummary:
    """Mirror of ``Enrolment``, with its lessons by slug."""

    completed_at: dt.datetime | None = None
    how: str = ""
    enrolled_at: dt.datetime | None = None
    last_at: dt.datetime | None = None
    first_score: float | None = None
    best_score: float | None = None
    quiz_tries: int = 0
    quiz_passed_at: dt.datetime | None = None
    scores: dict[Any, float] = field(default_factory=dict)  # by try, the newest of each
    lessons: dict[str, LessonSummary] = field(default_factory=dict)
    lesson_at: dt.datetime | None = None  # the last act in any lesson; not stored

    @property
    def seconds(self) -> int:
        """Honest seconds over all lessons."""
        return sum(lesson.seconds for lesson in self.lessons.values())

    @property
    def done(self) -> set[str]:
        """Slugs of the lessons that were finished."""
        return {slug for slug, lesson in self.lessons.items() if lesson.done_at}


def replay(records: Iterable[Any]) -> ModuleSummary:
    """Fold the records of one learner in one module, in the order they happened.

    :param records: rows with the columns of ``REPLAYED``.
    """
    summary = ModuleSummary()
    for record in sorted(records, key=lambda r: (r.happened_at, r.uuid)):
        summary.last_at = record.happened_at
        if record.verb == Verb.REGISTERED:
            if summary.enrolled_at is None:
                summary.how, summary.enrolled_at = record.response, record.happened_at
        elif record.object_type == ObjectType.MODULE and record.verb == Verb.COMPLETED:
            summary.completed_at = summary.completed_at or record.happened_at
        elif record.object_type == ObjectType.LESSON:
            _lesson(summary, record)
        elif record.object_type == ObjectType.QUIZ and record.verb in (Verb.PASSED, Verb.FAILED):
            _quiz(summary, record)
    return summary


def _lesson(summary: ModuleSummary, record: Any) -> None:
    at = record.happened_at
    lesson = summary.lessons.get(record.object_id)
    if lesson is None:
        lesson = summary.lessons[record.object_id] = LessonSummary(first_at=at, last_at=at)
        if record.verb not in (Verb.INITIALIZED, Verb.RESUMED):  # no script: since the lesson before, if any
            before = summary.lesson_at
            lesson.seen = (at - before).total_seconds() if before else UNKNOWN
    elif record.verb not in (Verb.INITIALIZED, Verb.RESUMED):  # between leaving and coming back nobody read
        lesson.seen += (at - lesson.last_at).total_seconds()
    lesson.last_at = summary.lesson_at = at
    lesson.seconds += record.seconds or 0
    if record.verb == Verb.SUSPENDED and (block := whole_number(record.response, 3)) is not None:
        lesson.block = block
    if record.verb == Verb.COMPLETED and lesson.done_at is None:
        lesson.done_at = at


def _quiz(summary: ModuleSummary, record: Any) -> None:
    summary.scores[record.attempt or record.uuid] = record.score or 0.0  # judged again, it is the same try
    summary.quiz_tries = len(summary.scores)
    summary.first_score = next(iter(summary.scores.values()))
    summary.best_score = max(summary.scores.values())
    if record.verb == Verb.PASSED and summary.quiz_passed_at is None:
        summary.quiz_passed_at = record.happened_at


def enrolment_values(summary: ModuleSummary) -> dict[str, Any]:
    """The columns of ``Enrolment`` for a summary."""
    return {
        "how": summary.how,
        "enrolled_at": summary.enrolled_at,
        "last_at": summary.last_at,
        "lessons_done": len(summary.done),
        "seconds": summary.seconds,
        "first_score": summary.first_score,
        "best_score": summary.best_score,
        "quiz_tries": summary.quiz_tries,
        "quiz_passed_at": summary.quiz_passed_at,
        "completed_at": summary.completed_at,
    }


def lesson_values(lesson: LessonSummary, module_id: int) -> dict[str, Any]:
    """The columns of ``LessonProgress`` for a summary."""
    return {
        "module_id": module_id,
        "block": lesson.block,
        "seconds": lesson.seconds,
        "first_at": lesson.first_at,
        "last_at": lesson.last_at,
        "done_at": lesson.done_at,
    }


def bring_up_to_date(learner_id: int, module: Module, *, only_lesson: str = "") -> ModuleSummary:
    """Write the summaries of one learner in one module from their records.

    :param only_lesson: the one lesson that can have changed (``NO_LESSON``: none), to spare reads and
        writes; when empty, all records are read and all lessons written.
    """
    records = LearningRecord.objects.filter(learner_id=learner_id, module_slug=module.slug)
    rows = Enrolment.objects.filter(learner_id=learner_id, module=module)
    known = rows.only("last_at").first()
    if only_lesson and known:
        # Answers are most of the records and move nothing but the last moment, which is kept below.
        records = records.exclude(verb=Verb.ANSWERED)
    summary = replay(records.values_list(*REPLAYED, named=True))
    if only_lesson and known and known.last_at:
        summary.last_at = max(summary.last_at or known.last_at, known.last_at)
    values = enrolment_values(summary)
    if not (known and rows.update(**values)):
        Enrolment.objects.update_or_create(learner_id=learner_id, module=module, defaults=values)
    slugs = {only_lesson} & summary.lessons.keys() if only_lesson else summary.lessons.keys()
    ids = (
        dict(Lesson.objects.filter(slug__in=slugs, module=module).values_list("slug", "pk")) if slugs else {}
    )
    for slug, pk in ids.items():
        LessonProgress.objects.update_or_create(
            learner_id=learner_id,
            lesson_id=pk,
            defaults=lesson_values(summary.lessons[slug], module.pk),
        )
    return summary


def read_summary(learner_id: int, module_slug: str) -> ModuleSummary:
    """What the records of one learner in one module say, without writing it: 1 query."""
    records = LearningRecord.objects.filter(learner_id=learner_id, module_slug=module_slug)
    return replay(records.exclude(verb=Verb.ANSWERED).values_list(*REPLAYED, named=True))


def touch_known(learner_id: int, module: Module, at: dt.datetime, *, enrolled: bool) -> bool:
    """Move forward when the learner was last here, where they are known: 1 query.

    :param enrolled: only where they are enrolled.
    :returns: whether such a row was there and older than ``at``.
    """
    rows = Enrolment.objects.filter(learner_id=learner_id, module=module, last_at__lt=at)
    if enrolled:
        rows = rows.filter(enrolled_at__isnull=False)
    return bool(rows.update(last_at=at))


def touch(learner_id: int, module: Module, at: dt.datetime) -> None:
    """An act that changes nothing but when the learner was last here (an answer)."""
    enrolment, made = Enrolment.objects.get_or_create(
        learner_id=learner_id, module=module, defaults={"last_at": at}
    )
    if not made and (enrolment.last_at is None or enrolment.last_at < at):
        Enrolment.objects.filter(pk=enrolment.pk).update(last_at=at)


def differences(learner_id: int) -> list[str]:
    """Where a learner's summaries differ from their records; empty when they agree."""
    found = []
    by_module: dict[str, list[LearningRecord]] = {}
    for record in LearningRecord.objects.filter(learner_id=learner_id).exclude(module_slug=""):
        by_module.setdefault(record.module_slug, []).append(record)
    stored = {
        e.module.slug: e for e in Enrolment.objects.filter(learner_id=learner_id).select_related("module")
    }
    lessons = {
        p.lesson.slug: p
        for p in LessonProgress.objects.filter(learner_id=learner_id).select_related("lesson")
    }
    for slug in by_module.keys() | stored.keys():
        summary = replay(by_module.get(slug, []))
        row = stored.get(slug)
        wanted = enrolment_values(summary)
        if row is None or any(getattr(row, name) != value for name, value in wanted.items()):
            found.append(f"learner {learner_id} module {slug}")
        for lesson_slug, lesson in summary.lessons.items():
            progress = lessons.pop(lesson_slug, None)
            values = lesson_values(lesson, 0)
            values.pop("module_id")
            if progress is None or any(getattr(progress, name) != value for name, value in values.items()):
                found.append(f"learner {learner_id} lesson {lesson_slug}")
    return found + [f"learner {learner_id} lesson {slug} (no record)" for slug in lessons]
