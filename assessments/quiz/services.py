"""Writes of a quiz: tries begin, answers are stored, the last one gives the result."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from learners.models import Learner
from learners.services import record_answer
from mooc.lib.errors import DomainError
from mooc.lib.privacy import evidence

from .. import scoring
from ..bank.asked import Answered, AskedItem, answered
from ..kinds.base import Choice
from ..models import Attempt, Item, Quiz, Response
from ..notebook.services import keep_in_notebook
from . import tries
from .asked import AskedQuiz, asked_quiz


def start_attempt(*, learner: Learner, quiz: Quiz, attempt_id: uuid.UUID) -> Attempt:
    """The learner's open try at this quiz, made under ``attempt_id`` when there is none.

    :raises DomainError: when the quiz has no items, or the id is a try of somebody else.
    """
    with evidence.writing("start_attempt"), transaction.atomic():
        return _attempt(learner, asked_quiz(quiz.pk), attempt_id)


def _attempt(
    learner: Learner, asked: AskedQuiz, attempt_id: uuid.UUID, *, by_its_id: bool = False
) -> Attempt:
    """The try to answer in, held until the transaction ends: two tabs answer one after the other."""
    known = _held_attempt(learner, asked.quiz, attempt_id, by_its_id=by_its_id)
    if known is not None and (known.uuid == attempt_id or tries.left_of(known, asked)):
        return known
    if known is not None:  # all it still asked was taken out of use: it ends, and this is a new one
        tries.end(known, asked.quiz, at=timezone.now())
    codes = scoring.draw(asked.live_codes, asked.quiz.length, attempt_id)
    if not codes:
        raise DomainError(_("This quiz has no questions yet."), code="empty")
    edition = asked.quiz.module.published
    try:
        with transaction.atomic():
            made: Attempt = Attempt.objects.create(
                uuid=attempt_id,
                quiz=asked.quiz,
                learner=learner,
                item_codes=" ".join(codes),
                total=len(codes),
                edition=edition.number if edition else 0,
            )
    except IntegrityError:  # the other tab was a moment earlier
        rows = Attempt.objects.select_for_update().filter(quiz=asked.quiz, learner=learner)
        made = rows.get(uuid=attempt_id) if by_its_id else rows.get(finished_at=None)
    return made


def _held_attempt(learner: Learner, quiz: Quiz, attempt_id: uuid.UUID, *, by_its_id: bool) -> Attempt | None:
    """The try of that id, else the open one: 1 query for all but the first answer.

    :param by_its_id: a phone made this try without network: it stands for itself, and an open one is left.
        A try that was left has an end and no score; what still comes for it is stored in it.
    """
    rows = Attempt.objects.select_for_update().order_by()
    try:
        known: Attempt = rows.get(uuid=attempt_id)
    except Attempt.DoesNotExist:
        others = rows.filter(quiz=quiz, learner=learner, finished_at=None)
        if not by_its_id:
            other: Attempt | None = others.first()
            return other
        others.update(finished_at=timezone.now())
        return None
    if known.learner_id != learner.pk or known.quiz_id != quiz.pk:
        raise DomainError(_("This try is not yours."), code="id_conflict")
    return known


def answer_item(
    *,
    learner: Learner,
    quiz: Quiz,
    attempt_id: uuid.UUID,
    item_code: str,
    choice: Choice,
    signed_in: bool,
    at: dt.datetime | None = None,
    claimed: dt.datetime | None = None,
    by_its_id: bool = False,
    edition: int | None = None,
) -> tuple[Attempt, Response]:
    """Store one answer, and the result when it was the last. The first answer to an item stands.

    :param choice: what the form of the question sent; ``edition`` of the item, as it was shown.
    :param by_its_id: the try was made on a phone without network, see :func:`_held_attempt`.
    :raises DomainError: when the item is not in this try, or what was sent is no answer to it.
    """
    asked, now = asked_quiz(quiz.pk, withdrawn=True), at or timezone.now()
    with evidence.writing("answer_item"), transaction.atomic():
        attempt = _attempt(learner, asked, attempt_id, by_its_id=by_its_id)
        if item_code in attempt.answered_codes.split():
            return attempt, attempt.responses.get(item__code=item_code)
        item = _item_of(attempt, asked, item_code, now, by_its_id=by_its_id)
        given = answered(item, edition, now, choice)
        response = _store(attempt, item, given, now)
        record_answer(
            learner=learner,
            module=asked.quiz.module,
            answer=given.as_act(item_code, response.shown),
            act_id=response.uuid,
            attempt=attempt.uuid,
            at=now,
            signed_in=signed_in,
            claimed=claimed,
        )
        keep_in_notebook(learner, item.pk, response.right, now)
        tries.count_answer(attempt, asked, response, item_code)
    return attempt, response


def _item_of(
    attempt: Attempt, asked: AskedQuiz, item_code: str, now: dt.datetime, *, by_its_id: bool
) -> AskedItem:
    """The item of a code as this try asks it.

    :raises DomainError: when the try does not ask it, or is over.
    """
    item = asked.items.get(item_code)
    over = attempt.finished_at and not (by_its_id and attempt.score is None)
    if by_its_id and item is not None and not over:
        _take_in(attempt, asked, item_code, now)
    if item is None or over or item_code not in attempt.item_codes.split():
        message = _("This question was taken out of the quiz. Here is what comes next.")
        raise DomainError(message, code="unknown_item")
    return item


def _store(attempt: Attempt, item: AskedItem, given: Answered, at: dt.datetime) -> Response:
    """The row of an answer, with what was asked: the edition, and the lines in the order they stood."""
    return Response.objects.create(
        uuid=scoring.response_id(attempt.uuid, item.code),
        attempt=attempt,
        item_id=item.pk,
        answer=given.answer,
        score=given.mark.score,
        right=given.mark.right,
        answered_at=at,
        edition=given.wording.number,
        shown=given.order(scoring.seed(attempt.uuid, item.code)),
    )


def _take_in(attempt: Attempt, asked: AskedQuiz, item_code: str, at: dt.datetime) -> None:
    """A question that the phone drew from the questions of that day: it takes the place of one drawn here.

    Only when the questions have changed since; else the lot says the same on both sides, and nobody chooses.
    """
    codes, answered = attempt.item_codes.split(), set(attempt.answered_codes.split())
    free = [code for code in codes if code not in answered]
    if item_code in codes or not free:  # a try that has its result stays as it is
        return
    if not Item.objects.filter(module=asked.quiz.module_id, updated_at__gt=at).exists():
        return
    if len(codes) < asked.quiz.length:  # fewer are in use now than the phone asked
        codes.append(item_code)
    else:
        codes[codes.index(free[-1])] = item_code
    attempt.item_codes, attempt.total = " ".join(codes), len(codes)
    attempt.save(update_fields=["item_codes", "total", "updated_at"])
