"""Writes of feedback: questions, reports, wishes."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import Lesson
from learners.data import Act, Activity, ObjectType, Verb
from learners.models import Learner, LessonProgress
from learners.record.recording import record_act
from mooc.lib.errors import Conflict, DomainError, TooMany
from mooc.lib.events import emit
from mooc.lib.privacy import evidence
from mooc.lib.text.cleaning import clean

from .. import signals
from ..data import QuestionAsked, ReportKind
from ..engine import similar
from ..models import ContentReport, Question, Reply

MOST_LETTERS = 1000
AN_HOUR, A_DAY = 12, 40  # questions of one learner


def ask_question(
    *,
    learner: Learner,
    text: str,
    lesson: Lesson | None,
    block: int | None,
    question_id: uuid.UUID,
    signed_in: bool,
    at: dt.datetime | None = None,
    claimed: dt.datetime | None = None,
) -> Question:
    """Store a question; the same id again, or the same words within a day, give the one already stored.

    :raises Conflict: when the id stands for other words, or for somebody else's.
    :raises DomainError: for an empty or too long text, or after too many questions; nothing is stored.
    """
    words = clean_post(text)
    if known := Question.objects.filter(uuid=question_id).first():
        return _the_same(known, learner, words)
    if same := _asked_already(learner, words):
        return same
    vector, encoder = similar.vector_of(words)
    try:
        with transaction.atomic():
            question = Question.objects.create(
                uuid=question_id,
                learner=learner,
                text=words,
                lesson=lesson,
                block=block or _left_at(learner, lesson),
                vector=vector,
                encoder=encoder,
                held=not is_trusted(learner),
            )
            act = _asked(question, at=at or timezone.now(), claimed=claimed)
            record_act(learner=learner, act=act, signed_in=signed_in)
            emit(signals.question_asked, QuestionAsked(question.pk))
    except IntegrityError:  # the same tap, a moment earlier
        return _the_same(Question.objects.get(uuid=question_id), learner, words)
    return question


def _asked(question: Question, *, at: dt.datetime, claimed: dt.datetime | None) -> Act:
    """The act of asking, as the learning record keeps it."""
    name = str(question.uuid)
    return Act(
        id=question.uuid,
        verb=Verb.ASKED,
        object=Activity(ObjectType.QUESTION, name, question.text[:200], question.text[:300]),
        happened_at=at,
        module=question.lesson.module.slug if question.lesson else "",
        claimed_at=claimed,
    )


def _left_at(learner: Learner, lesson: Lesson | None) -> int | None:
    """The block on the screen when a lesson was left to ask about it, where the phone has told: 1 query."""
    rows = LessonProgress.objects.filter(learner=learner, lesson=lesson)
    return rows.values_list("block", flat=True).first() or None if lesson else None


def _the_same(known: Question, learner: Learner, words: str) -> Question:
    if known.learner_id == learner.pk and known.text == words:
        return known
    raise Conflict(_("This was already stored as something else."))


def _asked_already(learner: Learner, words: str) -> Question | None:
    """The same words of today; or a refusal when somebody has asked very much.

    The limit is per learner: a classroom behind one address is many learners.
    """
    now = timezone.now()
    today = Question.objects.filter(learner=learner, created_at__gt=now - dt.timedelta(days=1))
    recent = list(today.only("pk", "text", "created_at", "learner")[:A_DAY])
    for question in recent:
        if question.text == words:
            return question
    within_hour = sum(question.created_at > now - dt.timedelta(hours=1) for question in recent)
    if len(recent) >= A_DAY or within_hour >= AN_HOUR:
        raise TooMany(_("That is a lot of questions. Wait for the first answers, or call the station."))
    return None


def is_trusted(learner: Learner) -> bool:
    """Whether what this person writes is shown to others at once: somebody with an account, of whom a
    trainer has let a post through and hidden none."""
    if learner.is_guest:
        return False
    asked = list(Question.objects.filter(learner=learner).values_list("held", "hidden_at", "answered_at"))
    replies = list(Reply.objects.filter(learner=learner).values_list("held", "hidden_at"))
    hidden = any(row[1] for row in (*asked, *replies))
    seen = any(not held and answered for held, _at, answered in asked) or any(
        not held for held, _at in replies
    )
    return seen and not hidden


def clean_post(text: str) -> str:
    """What somebody wrote, without control characters.

    :raises DomainError: when there is no word in it, or too many.
    """
    return _words(text, needed=True)


def _words(text: str, *, needed: bool) -> str:
    words = clean(text, lines=True)
    if needed and not any(ch.isalnum() for ch in words):
        raise DomainError(_("Write a few words first."), code="empty", field="text")
    if len(words) > MOST_LETTERS:
        raise DomainError(
            _("That is very long. Say it in 1000 letters or fewer."), code="too_long", field="text"
        )
    return words


@evidence.writing("report_content")
def report_content(
    *, learner: Learner | None, lesson: Lesson | None, kind: str, text: str, report_id: uuid.UUID
) -> ContentReport:
    """Store a word on what is wrong, old or missing; the same id again gives the stored one.

    :raises Conflict: when the id stands for other words, or for somebody else's.
    :raises DomainError: for an unknown kind, or a kind that needs words without any.
    """
    if kind not in ReportKind.values:
        raise DomainError(_("Choose what it is about."), code="kind", field="kind")
    words = _words(text, needed=kind in (ReportKind.COMPLAINT, ReportKind.WISH))
    edition = lesson.module.published.number if lesson and lesson.module.published else 0
    report, made = ContentReport.objects.get_or_create(
        uuid=report_id,
        defaults={
            "learner": learner,
            "lesson": lesson,
            "kind": kind,
            "text": words,
            "edition": edition,
        },
    )
    mine = report.learner_id is None or learner is None or report.learner_id == learner.pk
    if not made and not (mine and (report.kind, report.text) == (kind, words)):
        raise Conflict(_("This was already stored as something else."))
    return report
