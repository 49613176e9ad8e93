"""Writes of learners: acts in lessons, quiz results, enrolment."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from courses.models import LessonEdition, Module
from mooc.accounts import deeds

from .data import Act, Activity, ObjectType, Verb
from .durations import honest_seconds
from .models import Enrolment, FileOpening, Learner, LessonProgress
from .recording import Stored, derived_id, module_titles, record_act


def lesson_activity(lesson: LessonEdition) -> Activity:
    """The object of an act in a lesson."""
    return Activity(
        ObjectType.LESSON,
        lesson.lesson.slug,
        lesson.title_zh or lesson.title_en,
        lesson.title_en or lesson.title_zh,
        lesson.edition.number,
    )


def open_lesson(
    *, learner: Learner, lesson: LessonEdition, act_id: uuid.UUID, at: dt.datetime, signed_in: bool,
    claimed: dt.datetime | None = None,
) -> Stored:  # fmt: skip
    """A learner opened a lesson: ``initialized``, or ``resumed`` when it was open before."""
    known = LessonProgress.objects.filter(learner=learner, lesson_id=lesson.lesson_id).exists()
    verb = Verb.RESUMED if known else Verb.INITIALIZED
    act = Act(
        act_id, verb, lesson_activity(lesson), at, lesson.edition.module.slug, claimed_at=claimed
    )  # fmt: skip
    return record_act(learner=learner, act=act, signed_in=signed_in)


def leave_lesson(
    *, learner: Learner, lesson: LessonEdition, act_id: uuid.UUID, at: dt.datetime, seconds: int, block: int,
    signed_in: bool, claimed: dt.datetime | None = None,
) -> Stored:  # fmt: skip
    """A learner left a lesson after ``seconds`` of visible time, at block ``block`` (from 1)."""
    act = Act(
        act_id, Verb.SUSPENDED, lesson_activity(lesson), at, lesson.edition.module.slug,
        seconds=honest_seconds(seconds, lesson_minutes=lesson.minutes), response=str(max(0, min(block, 999))),
        claimed_at=claimed,
    )  # fmt: skip
    return record_act(learner=learner, act=act, signed_in=signed_in)


def finish_lesson(
    *, learner: Learner, lesson: LessonEdition, signed_in: bool, at: dt.datetime | None = None,
    claimed: dt.datetime | None = None,
) -> Stored:  # fmt: skip
    """A learner read a lesson to its end. Once is enough: again changes nothing."""
    slug = lesson.lesson.slug
    act = Act(
        derived_id(learner, "completed", "lesson", slug), Verb.COMPLETED, lesson_activity(lesson),
        at or timezone.now(), lesson.edition.module.slug, completion=True, claimed_at=claimed,
    )  # fmt: skip
    if LessonProgress.objects.filter(
        learner=learner, lesson_id=lesson.lesson_id, done_at__isnull=False
    ).exists():
        return Stored.DUPLICATE
    return record_act(learner=learner, act=act, signed_in=signed_in)


def record_answer(
    *, learner: Learner, module: Module, act_id: uuid.UUID, item_code: str, stem_zh: str, stem_en: str,
    right: bool, response: str, attempt: uuid.UUID, at: dt.datetime, signed_in: bool,
    claimed: dt.datetime | None = None,
) -> Stored:  # fmt: skip
    """An answer to a quiz item."""
    activity = Activity(ObjectType.ITEM, item_code, stem_zh, stem_en)
    act = Act(
        act_id, Verb.ANSWERED, activity, at, module.slug, success=right, response=response, attempt=attempt,
        claimed_at=claimed,
    )  # fmt: skip
    return record_act(learner=learner, act=act, signed_in=signed_in, module=module)


def record_result(
    *, learner: Learner, module: Module, attempt: uuid.UUID, score: float, passed: bool, at: dt.datetime,
) -> Stored:  # fmt: skip
    """The result of a whole quiz, ``score`` 0–1. Learners alone decides what it completes.

    It never enrols: the answers before it have.
    """
    activity = Activity(ObjectType.QUIZ, module.slug, *module_titles(module))
    act = Act(
        derived_id(learner, "result", str(attempt)), Verb.PASSED if passed else Verb.FAILED, activity, at,
        module.slug, success=passed, score=score, attempt=attempt,
    )  # fmt: skip
    return record_act(learner=learner, act=act, module=module)


def enrol(
    *,
    learner: Learner,
    module: Module,
    how: str = Enrolment.How.START,
    at: dt.datetime | None = None,
) -> Stored:
    """Put a learner in a module. Once is enough: again changes nothing."""
    if Enrolment.objects.filter(learner=learner, module=module, enrolled_at__isnull=False).exists():
        return Stored.DUPLICATE
    activity = Activity(ObjectType.MODULE, module.slug, *module_titles(module))
    with transaction.atomic():
        return record_act(
            learner=learner,
            act=Act(
                derived_id(learner, "registered", module.slug),
                Verb.REGISTERED,
                activity,
                at or timezone.now(),
                module.slug,
                response=how,
            ),
        )


OPENED_AGAIN = dt.timedelta(minutes=30)  # within, it is one looking


def note_opening(*, learner: Learner, by: Any) -> None:
    """Write down that somebody opened another's file: its owner can see it. Turning its pages is one opening."""
    since = timezone.now() - OPENED_AGAIN
    if not FileOpening.objects.filter(learner=learner, who=by.pk, opened_at__gt=since).exists():
        line = deeds.note(by=by, did=deeds.Did.OPENED, about=learner)
        FileOpening.objects.create(learner=learner, who=by.pk, who_name=str(by)[:40], role=line.role)
