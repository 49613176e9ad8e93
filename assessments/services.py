"""Writes of assessments: answers, results, the notebook."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence, Set

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from learners.models import Learner
from learners.services import record_answer
from mooc.lib import evidence
from mooc.lib.errors import DomainError

from . import review, scoring, tries
from .bank import AskedQuiz, asked_quiz
from .data import ItemKind
from .models import Attempt, Quiz, Response, ReviewCard


def start_attempt(*, learner: Learner, quiz: Quiz, attempt_id: uuid.UUID) -> Attempt:
    """The learner's open try at this quiz, made under ``attempt_id`` when there is none.

    :raises DomainError: when the quiz has no items, or the id is a try of somebody else.
    """
    with evidence.writing("start_attempt"), transaction.atomic():
        return _attempt(learner, asked_quiz(quiz.pk), attempt_id)


def _attempt(learner: Learner, asked: AskedQuiz, attempt_id: uuid.UUID) -> Attempt:
    """The try to answer in, held until the transaction ends: two tabs answer one after the other."""
    known = _held_attempt(learner, asked.quiz, attempt_id)
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
            return Attempt.objects.create(
                uuid=attempt_id, quiz=asked.quiz, learner=learner, item_codes=" ".join(codes), total=len(codes),
                edition=edition.number if edition else 0,
            )  # fmt: skip
    except IntegrityError:  # the other tab was a moment earlier
        return Attempt.objects.select_for_update().get(quiz=asked.quiz, learner=learner, finished_at=None)


def _held_attempt(learner: Learner, quiz: Quiz, attempt_id: uuid.UUID) -> Attempt | None:
    """The try of that id, else the open one: 1 query for all but the first answer."""
    rows = Attempt.objects.select_for_update().order_by()
    try:
        known = rows.get(uuid=attempt_id)
    except Attempt.DoesNotExist:
        return rows.filter(quiz=quiz, learner=learner, finished_at=None).first()
    if known.learner_id != learner.pk or known.quiz_id != quiz.pk:
        raise DomainError(_("This try is not yours."), code="id_conflict")
    return known


def answer_item(
    *, learner: Learner, quiz: Quiz, attempt_id: uuid.UUID, item_code: str, chosen: Sequence[int], signed_in: bool,
    at: dt.datetime | None = None, claimed: dt.datetime | None = None,
) -> tuple[Attempt, Response]:  # fmt: skip
    """Store one answer, and the result when it was the last. The first answer to an item stands.

    :param chosen: option ids.
    :raises DomainError: when the item is not in this try, or no option of it was chosen.
    """
    asked, now = asked_quiz(quiz.pk), at or timezone.now()
    with evidence.writing("answer_item"), transaction.atomic():
        attempt = _attempt(learner, asked, attempt_id)
        if item_code in attempt.answered_codes.split():
            return attempt, attempt.responses.get(item__code=item_code)
        item = asked.items.get(item_code)
        if item is None or attempt.finished_at or item_code not in attempt.item_codes.split():
            raise DomainError(
                _("This question was taken out of the quiz. Here is what comes next."), code="unknown_item"
            )
        right = judge(item.options, item.right, chosen, many=item.many)
        shown = ",".join(map(str, scoring.arranged(item.order, item.kind, attempt.uuid, item_code)))
        response = Response.objects.create(
            uuid=scoring.response_id(attempt.uuid, item_code), attempt=attempt, item_id=item.pk,
            chosen=",".join(str(pk) for pk in sorted(set(chosen))), right=right, answered_at=now,
            edition=item.edition, shown=shown,
        )  # fmt: skip
        record_answer(
            learner=learner, module=asked.quiz.module, act_id=response.uuid, item_code=item_code,
            stem_zh=item.stem_zh, stem_en=item.stem_en, right=right, response=response.chosen,
            attempt=attempt.uuid, at=now, signed_in=signed_in, claimed=claimed, edition=item.edition, shown=shown,
        )  # fmt: skip
        _keep_in_notebook(learner, item.pk, right, now)
        tries.count_answer(attempt, asked, response, item_code)
    return attempt, response


def judge(options: Set[int], right: Set[int], chosen: Sequence[int], *, many: bool) -> bool:
    """Whether exactly the right options were chosen. All by option id.

    :param many: the item asks for several options, and is sent by a button of its own.
    :raises DomainError: when nothing, or something that is no option of the item, was chosen.
    """
    picked = set(chosen)
    if not picked or not picked <= options:
        text = (
            _("Tap the right answers first, then “Send my answers”.")
            if many
            else _("Tap one of the answers.")
        )
        raise DomainError(text, code="no_choice", field="choice")
    return scoring.is_right(picked, right)


def _keep_in_notebook(learner: Learner, item_id: int, right: bool, now: dt.datetime) -> None:
    """A wrong answer makes a card, or brings a learnt one back."""
    if right:
        return
    memory = review.first_memory(now)
    card, made = ReviewCard.objects.get_or_create(learner=learner, item_id=item_id, defaults=_columns(memory))
    if not made:
        ReviewCard.objects.filter(pk=card.pk).update(
            lapses=card.lapses + 1, learnt_at=None, **_columns(memory)
        )


def _columns(memory: review.Memory) -> dict[str, object]:
    return {
        "stability": memory.stability, "difficulty": memory.difficulty, "due_at": memory.due_at,
        "last_at": memory.last_at,
    }  # fmt: skip


def card_order(card: ReviewCard, options: Sequence[scoring.T]) -> list[scoring.T]:
    """The options of a card in the order they stand this time."""
    return scoring.arranged(options, card.item.kind, uuid.UUID(int=card.pk), str(card.reviews))


def review_item(
    *,
    card: ReviewCard,
    round_number: int,
    chosen: Sequence[int],
    signed_in: bool,
    now: dt.datetime | None = None,
) -> bool:
    """Answer a card of the notebook and plan when it comes again. Returns whether it was right.

    :param round_number: which time this card is answered, from the form: a resend changes nothing.
    """
    now = now or timezone.now()
    with evidence.writing("review_item"), transaction.atomic():
        card = (
            ReviewCard.objects.select_for_update().select_related("item__module", "learner").get(pk=card.pk)
        )
        key = dict(card.item.options.values_list("pk", "right"))
        many = card.item.kind == ItemKind.MULTIPLE
        right = judge(key.keys(), {pk for pk, good in key.items() if good}, chosen, many=many)
        if card.reviews != round_number:
            return right
        shown = ",".join(map(str, card_order(card, list(key))))
        memory = review.Memory(card.stability, card.difficulty, card.due_at, card.last_at)
        after = review.after_review(memory, right=right, now=now)
        for name, value in _columns(after).items():
            setattr(card, name, value)
        card.reviews += 1
        card.lapses += not right
        card.learnt_at = now if after.learnt else None
        card.save()
        act_id = scoring.response_id(card.learner.uuid, f"review {card.pk} {round_number}")
        record_answer(
            learner=card.learner, module=card.item.module, act_id=act_id, item_code=card.item.code,
            stem_zh=card.item.stem_zh, stem_en=card.item.stem_en, right=right,
            response=",".join(str(pk) for pk in sorted(set(chosen))), attempt=act_id, at=now, signed_in=signed_in,
            edition=card.item.edition, shown=shown,
        )  # fmt: skip
    return right
