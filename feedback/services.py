"""Writes of feedback: questions, reports, wishes."""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import Lesson
from learners.data import Act, Activity, ObjectType, Verb
from learners.models import Learner
from learners.recording import record_act
from mooc.lib.errors import Conflict, DomainError
from mooc.lib.text import clean

from .data import ReportKind
from .models import ContentReport, Question

MOST_LETTERS = 1000


def ask_question(
    *,
    learner: Learner,
    text: str,
    lesson: Lesson | None,
    block: int | None,
    question_id: uuid.UUID,
    signed_in: bool,
) -> Question:
    """Store a question; the same id again gives the one already stored.

    :raises DomainError: for an empty or too long text; nothing is stored.
    """
    words = _words(text, needed=True)
    known = Question.objects.filter(uuid=question_id).first()
    if known:
        if known.learner_id != learner.pk:
            raise Conflict(_("This was already stored as something else."))
        return known
    try:
        with transaction.atomic():
            question = Question.objects.create(
                uuid=question_id, learner=learner, text=words, lesson=lesson, block=block
            )
            activity = Activity(ObjectType.QUESTION, str(question_id), words[:200], words[:300])
            act = Act(
                question_id,
                Verb.ASKED,
                activity,
                timezone.now(),
                lesson.module.slug if lesson else "",
            )
            record_act(learner=learner, act=act, signed_in=signed_in)
    except IntegrityError:  # the same tap, a moment earlier
        return Question.objects.get(uuid=question_id, learner=learner)
    return question


def _words(text: str, *, needed: bool) -> str:
    words = clean(text, lines=True)
    if needed and not any(ch.isalnum() for ch in words):
        raise DomainError(_("Write a few words first."), code="empty", field="text")
    if len(words) > MOST_LETTERS:
        raise DomainError(
            _("That is very long. Say it in 1000 letters or fewer."), code="too_long", field="text"
        )
    return words


def report_content(
    *, learner: Learner | None, lesson: Lesson | None, kind: str, text: str, report_id: uuid.UUID
) -> ContentReport:
    """Store a word on what is wrong, old or missing; the same id again gives the stored one.

    :raises DomainError: for an unknown kind, or a kind that needs words without any.
    """
    if kind not in ReportKind.values:
        raise DomainError(_("Choose what it is about."), code="kind", field="kind")
    words = _words(text, needed=kind in (ReportKind.COMPLAINT, ReportKind.WISH))
    edition = lesson.module.published.number if lesson and lesson.module.published else 0
    report, _made = ContentReport.objects.get_or_create(
        uuid=report_id,
        defaults={
            "learner": learner,
            "lesson": lesson,
            "kind": kind,
            "text": words,
            "edition": edition,
        },
    )
    return report
