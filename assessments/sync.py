"""What a phone made offline, item by item: stored, duplicate or rejected."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from courses.models import Lesson, LessonEdition
from feedback.models import Question
from feedback.services import ask_question
from learners import services as learning
from learners.models import Learner, LearningRecord
from learners.recording import Stored
from mooc.lib.errors import DomainError
from mooc.lib.http import parse_uuid

from . import services
from .bank import asked_quiz
from .models import Quiz, Response

logger = logging.getLogger(__name__)


def store_item(*, learner: Learner, item: Any) -> dict[str, str]:
    """Store one item in a savepoint of its own and say what became of it. Never raises."""
    shown = str(item.get("id", ""))[:36] if isinstance(item, Mapping) else ""
    try:
        with transaction.atomic():
            stored = _store(learner, item)
        return {"id": shown, "status": stored.value, "code": "", "detail": ""}
    except DomainError as error:
        return {"id": shown, "status": "rejected", "code": error.code, "detail": str(error)}
    except DatabaseError:
        logger.exception("sync item not stored")
        return {
            "id": shown,
            "status": "rejected",
            "code": "not_stored",
            "detail": _("Not stored. Send it again later."),
        }


def _store(learner: Learner, item: Any) -> Stored:
    if not isinstance(item, Mapping):
        raise DomainError(_("An item is an object."), code="unreadable")
    identifier = parse_uuid(item.get("id") if isinstance(item.get("id"), str) else None)
    kinds: dict[str, Callable[[Learner, uuid.UUID, Mapping[str, Any]], Stored]] = {
        "record": _record, "answer": _answer, "question": _question,
    }  # fmt: skip
    kind = item.get("kind")
    if identifier is None:
        raise DomainError(_("The item has no usable id."), code="bad_id")
    if not isinstance(kind, str) or kind not in kinds:
        raise DomainError(_("This kind of item is not known."), code="bad_kind")
    return kinds[kind](learner, identifier, item)


def _text(item: Mapping[str, Any], name: str, most: int) -> str:
    value = item.get(name, "")
    if not isinstance(value, str) or len(value) > most or "\x00" in value:
        raise DomainError(_("“%(name)s” is not usable.") % {"name": name}, code="bad_value")
    return value


def _number(item: Mapping[str, Any], name: str, most: int) -> int:
    value = item.get(name, 0)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise DomainError(_("“%(name)s” is not usable.") % {"name": name}, code="bad_value")
    return value


def _time(item: Mapping[str, Any]) -> dt.datetime:
    try:
        moment = parse_datetime(_text(item, "at", 40))
    except ValueError:
        moment = None
    if moment is None:
        raise DomainError(_("“at” is a time like 2026-11-23T08:30:00+08:00."), code="bad_time")
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _record(learner: Learner, identifier: uuid.UUID, item: Mapping[str, Any]) -> Stored:
    lesson = (
        LessonEdition.objects.filter(
            lesson__slug=_text(item, "lesson", 80), edition__published_of__isnull=False
        )
        .select_related("lesson", "edition__module")
        .first()
    )
    if lesson is None:
        raise DomainError(_("This lesson is not here."), code="unknown_lesson")
    verb, at = _text(item, "verb", 12), _time(item)
    known = LearningRecord.objects.filter(uuid=identifier).first()
    if known is not None:
        return _same(
            known.learner_id == learner.pk
            and known.object_id == lesson.lesson.slug
            and _verb_fits(known, verb)
        )
    common: dict[str, Any] = {"learner": learner, "lesson": lesson, "at": at, "signed_in": True}
    if verb == "initialized":
        return learning.open_lesson(act_id=identifier, **common)
    if verb == "suspended":
        seconds, block = _number(item, "seconds", 86_400), _number(item, "block", 999)
        return learning.leave_lesson(act_id=identifier, seconds=seconds, block=block, **common)
    if verb == "completed":
        return learning.finish_lesson(**common)
    raise DomainError(_("This verb is not known here."), code="bad_verb")


def _verb_fits(known: LearningRecord, verb: str) -> bool:
    return known.verb == verb or (known.verb == "resumed" and verb == "initialized")


def _same(same: bool) -> Stored:
    if same:
        return Stored.DUPLICATE
    raise DomainError(_("This id already stands for something else."), code="id_conflict")


def _answer(learner: Learner, identifier: uuid.UUID, item: Mapping[str, Any]) -> Stored:
    quiz = (
        Quiz.objects.filter(module__slug=_text(item, "quiz", 60), module__published__isnull=False)
        .values_list("pk", flat=True)
        .first()
    )
    attempt_id = parse_uuid(_text(item, "attempt", 36))
    if quiz is None or attempt_id is None:
        raise DomainError(_("This quiz is not here."), code="unknown_quiz")
    chosen = item.get("chosen")
    if not isinstance(chosen, list) or len(chosen) > 20 or not all(type(pk) is int for pk in chosen):
        raise DomainError(_("“chosen” is a list of answer ids."), code="bad_value")
    code = _text(item, "item", 20)
    before = (
        Response.objects.filter(attempt__uuid=attempt_id, item__code=code).select_related("attempt").first()
    )
    if before is not None:
        same = before.attempt.learner_id == learner.pk and before.chosen == ",".join(
            map(str, sorted(set(chosen)))
        )
        return _same(same)
    services.answer_item(
        learner=learner,
        quiz=asked_quiz(quiz).quiz,
        attempt_id=attempt_id,
        item_code=code,
        chosen=chosen,
        signed_in=True,
        at=_time(item),
    )
    return Stored.STORED


def _question(learner: Learner, identifier: uuid.UUID, item: Mapping[str, Any]) -> Stored:
    text = _text(item, "text", 20_000)
    known = Question.objects.filter(uuid=identifier).first()
    if known is not None:
        return _same(known.learner_id == learner.pk and known.text == text.strip())
    slug = _text(item, "lesson", 80)
    lesson = (
        Lesson.objects.published().select_related("module__published").filter(slug=slug).first()
        if slug
        else None
    )
    ask_question(
        learner=learner,
        text=text,
        lesson=lesson,
        block=None,
        question_id=identifier,
        signed_in=True,
    )
    return Stored.STORED
