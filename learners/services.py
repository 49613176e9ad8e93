"""Writes of learners: acts in lessons, quiz results, enrolment."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import LessonEdition, Module
from mooc.accounts.staff import deeds
from mooc.lib.privacy import evidence

from .data import Act, Activity, ItemAnswer, ObjectType, Verb
from .models import Enrolment, FileOpening, Learner, LearningRecord, LessonProgress
from .record import pace
from .record.durations import honest_seconds
from .record.recording import Stored, derived_id, module_titles, record_act


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
    *,
    learner: Learner,
    lesson: LessonEdition,
    act_id: uuid.UUID,
    at: dt.datetime,
    signed_in: bool,
    claimed: dt.datetime | None = None,
) -> Stored:
    """A learner opened a lesson: ``initialized``, or ``resumed`` when it was open before."""
    known = LessonProgress.objects.filter(learner=learner, lesson_id=lesson.lesson_id).exists()
    verb = Verb.RESUMED if known else Verb.INITIALIZED
    act = Act(
        id=act_id,
        verb=verb,
        object=lesson_activity(lesson),
        happened_at=at,
        module=lesson.edition.module.slug,
        claimed_at=claimed,
    )
    return record_act(learner=learner, act=act, signed_in=signed_in)


def leave_lesson(
    *,
    learner: Learner,
    lesson: LessonEdition,
    act_id: uuid.UUID,
    at: dt.datetime,
    seconds: int,
    block: int,
    signed_in: bool,
    claimed: dt.datetime | None = None,
) -> Stored:
    """A learner left a lesson after ``seconds`` of visible time, at block ``block`` (from 1)."""
    act = Act(
        id=act_id,
        verb=Verb.SUSPENDED,
        object=lesson_activity(lesson),
        happened_at=at,
        module=lesson.edition.module.slug,
        seconds=honest_seconds(seconds, lesson_minutes=lesson.minutes),
        response=str(max(0, min(block, 999))),
        claimed_at=claimed,
    )
    return record_act(learner=learner, act=act, signed_in=signed_in)


def finish_lesson(
    *,
    learner: Learner,
    lesson: LessonEdition,
    signed_in: bool,
    at: dt.datetime | None = None,
    claimed: dt.datetime | None = None,
) -> Stored:
    """A learner read a lesson to its end. Once is enough: again changes nothing."""
    slug = lesson.lesson.slug
    act = Act(
        id=derived_id(learner, "completed", "lesson", slug),
        verb=Verb.COMPLETED,
        object=lesson_activity(lesson),
        happened_at=at or timezone.now(),
        module=lesson.edition.module.slug,
        completion=True,
        claimed_at=claimed,
    )
    if LessonProgress.objects.filter(
        learner=learner, lesson_id=lesson.lesson_id, done_at__isnull=False
    ).exists():
        return _read_again(learner, lesson, act, signed_in=signed_in)
    return record_act(learner=learner, act=act, signed_in=signed_in)


def _read_again(learner: Learner, lesson: LessonEdition, act: Act, *, signed_in: bool) -> Stored:
    """A lesson that was ticked is at its end once more. That counts where it was hurried through: the time
    since then was spent on it. Else nothing changes; nor when a phone sends again what is stored."""
    module, before = (
        lesson.edition.module,
        LearningRecord.objects.filter(learner=learner, object_id=act.object.id),
    )
    if act.claimed_at and before.filter(verb=Verb.COMPLETED, claimed_at=act.claimed_at).exists():
        return Stored.DUPLICATE
    open_still = Enrolment.objects.filter(learner=learner, module=module, completed_at=None).exists()
    if not open_still or lesson.lesson.slug not in {
        row.lesson.slug for row in pace.hurried_lessons(learner.pk, module)
    }:
        return Stored.DUPLICATE
    again = uuid.uuid5(act.id, act.claimed_at.isoformat()) if act.claimed_at else uuid.uuid4()
    record_act(
        learner=learner, act=replace(act, id=again, verb=Verb.SUSPENDED, completion=None), signed_in=signed_in
    )
    return Stored.DUPLICATE


def record_answer(
    *,
    learner: Learner,
    module: Module,
    answer: ItemAnswer,
    act_id: uuid.UUID,
    attempt: uuid.UUID,
    at: dt.datetime,
    signed_in: bool,
    claimed: dt.datetime | None = None,
    trusted: bool = False,
) -> Stored:
    """An answer to a quiz item, in a try or in a round of the notebook."""
    activity = Activity(ObjectType.ITEM, answer.item_code, answer.stem_zh, answer.stem_en, answer.edition)
    act = Act(
        id=act_id,
        verb=Verb.ANSWERED,
        object=activity,
        happened_at=at,
        module=module.slug,
        success=answer.right,
        score=answer.score,
        response=answer.response,
        attempt=attempt,
        claimed_at=claimed,
        shown=answer.shown,
        trusted=trusted,
    )
    return record_act(learner=learner, act=act, signed_in=signed_in, module=module)


def record_result(
    *,
    learner: Learner,
    module: Module,
    attempt: uuid.UUID,
    score: float,
    passed: bool,
    at: dt.datetime,
    again: str = "",
) -> Stored:
    """The result of a whole quiz, ``score`` 0–1. Learners alone decides what it completes.

    It never enrols: the answers before it have.

    :param again: why the same try has another result; the newest of a try counts, and it is one try.
    """
    activity = Activity(ObjectType.QUIZ, module.slug, *module_titles(module))
    words = ("result", str(attempt), again) if again else ("result", str(attempt))
    act = Act(
        id=derived_id(learner, *words),
        verb=Verb.PASSED if passed else Verb.FAILED,
        object=activity,
        happened_at=at,
        module=module.slug,
        success=passed,
        score=score,
        attempt=attempt,
        trusted=bool(again),
    )
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
                id=derived_id(learner, "registered", module.slug),
                verb=Verb.REGISTERED,
                object=activity,
                happened_at=at or timezone.now(),
                module=module.slug,
                response=how,
            ),
        )


OPENED_AGAIN = dt.timedelta(minutes=30)  # within, it is one looking


@evidence.writing("note_opening")
def note_opening(*, learner: Learner, by: Any) -> None:
    """Write down that somebody opened another's file: its owner can see it. Turning its pages is one opening."""
    since = timezone.now() - OPENED_AGAIN
    if not FileOpening.objects.filter(learner=learner, who=by.pk, opened_at__gt=since).exists():
        line = deeds.note(by=by, did=deeds.Did.OPENED, about=learner)
        FileOpening.objects.create(learner=learner, who=by.pk, who_name=str(by)[:40], role=line.role)


@evidence.writing("note_opening")
def note_opening_here(*, learner: Learner) -> None:
    """The same for whoever works at the server itself, where nobody is signed in."""
    deeds.note(by=None, did=deeds.Did.OPENED, about=learner)
    FileOpening.objects.create(learner=learner, who_name=_("at the server"), role="operator")
