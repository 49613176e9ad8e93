"""Writes of assessments: answers, results, the notebook."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from learners.models import Learner
from learners.services import record_answer, record_result
from mooc.lib.errors import DomainError

from . import review, scoring
from .models import Attempt, Item, Option, Quiz, Response, ReviewCard


def start_attempt(*, learner: Learner, quiz: Quiz, attempt_id: uuid.UUID) -> Attempt:
    """The learner's open try at this quiz, made under ``attempt_id`` when there is none.

    :raises DomainError: when the quiz has no items, or the id is a try of somebody else or done.
    """
    known = Attempt.objects.filter(uuid=attempt_id).first()
    if known:
        if known.learner_id != learner.pk or known.quiz_id != quiz.pk:
            raise DomainError(_("This try is not yours."), code="id_conflict")
        return known
    open_one = Attempt.objects.filter(quiz=quiz, learner=learner, finished_at=None).first()
    if open_one:
        return open_one
    codes = scoring.draw(list(quiz.live_codes()), quiz.length, attempt_id)
    if not codes:
        raise DomainError(_("This quiz has no questions yet."), code="empty")
    try:
        with transaction.atomic():
            return Attempt.objects.create(
                uuid=attempt_id, quiz=quiz, learner=learner, item_codes=" ".join(codes), total=len(codes),
                edition=quiz.module.published.number if quiz.module.published else 0,
            )  # fmt: skip
    except IntegrityError:  # the other tab was a moment earlier
        return Attempt.objects.get(quiz=quiz, learner=learner, finished_at=None)


def answer_item(
    *, learner: Learner, quiz: Quiz, attempt_id: uuid.UUID, item_code: str, chosen: Sequence[int], signed_in: bool,
    at: dt.datetime | None = None,
) -> tuple[Attempt, Response]:  # fmt: skip
    """Store one answer, and the result when it was the last. The first answer to an item stands.

    :param chosen: option ids.
    :raises DomainError: when the item is not in this try, or no option of it was chosen.
    """
    now = at or timezone.now()
    with transaction.atomic():
        attempt = _locked_attempt(learner, quiz, attempt_id)
        if item_code not in attempt.item_codes.split():
            raise DomainError(_("This question is not in your quiz. Start it again."), code="unknown_item")
        given = list(attempt.responses.select_related("item"))
        before = next((response for response in given if response.item.code == item_code), None)
        if before:
            return attempt, before
        options = list(Option.objects.filter(item__code=item_code).select_related("item"))
        right = judge(options, chosen)
        item = options[0].item
        response = Response.objects.create(
            uuid=scoring.response_id(attempt.uuid, item_code),
            attempt=attempt,
            item=item,
            chosen=",".join(str(pk) for pk in sorted(set(chosen))),
            right=right,
            answered_at=now,
        )
        _tell_learners(attempt, quiz, item, response, signed_in)
        _keep_in_notebook(learner, item, right, now)
        _count(attempt, quiz, [*given, response], now, signed_in)
    return attempt, response


def _locked_attempt(learner: Learner, quiz: Quiz, attempt_id: uuid.UUID) -> Attempt:
    """The try to answer in, held until the transaction ends: two tabs answer one after the other."""
    mine = Attempt.objects.select_for_update().filter(uuid=attempt_id, learner=learner, quiz=quiz).first()
    if mine is not None:
        return mine
    attempt = start_attempt(learner=learner, quiz=quiz, attempt_id=attempt_id)
    return Attempt.objects.select_for_update().get(pk=attempt.pk)


def _tell_learners(attempt: Attempt, quiz: Quiz, item: Item, response: Response, signed_in: bool) -> None:
    record_answer(
        learner=attempt.learner,
        module=quiz.module,
        act_id=response.uuid,
        item_code=item.code,
        stem_zh=item.stem_zh,
        stem_en=item.stem_en,
        right=response.right,
        response=response.chosen,
        attempt=attempt.uuid,
        at=response.answered_at,
        signed_in=signed_in,
    )


def judge(options: Sequence[Option], chosen: Sequence[int]) -> bool:
    """Whether exactly the right options were chosen.

    :raises DomainError: when nothing, or something that is no option of the item, was chosen.
    """
    picked = set(chosen)
    if not picked or not picked <= {option.pk for option in options}:
        raise DomainError(_("Tap one of the answers."), code="no_choice", field="choice")
    return scoring.is_right(picked, {option.pk for option in options if option.right})


def _count(attempt: Attempt, quiz: Quiz, given: list[Response], now: dt.datetime, signed_in: bool) -> None:
    """Bring the try up to date; the last answer finishes it and its result goes down to learners."""
    attempt.right = sum(response.right for response in given)
    if len(given) >= attempt.total:
        attempt.finished_at = now
        attempt.score = scoring.score(attempt.right, attempt.total)
        attempt.passed = scoring.passed(attempt.right, attempt.total, quiz.pass_percent)
    attempt.save(update_fields=["right", "finished_at", "score", "passed", "updated_at"])
    if attempt.finished_at:
        record_result(
            learner=attempt.learner, module=quiz.module, attempt=attempt.uuid, score=attempt.score or 0.0,
            passed=bool(attempt.passed), at=now, signed_in=signed_in,
        )  # fmt: skip


def _keep_in_notebook(learner: Learner, item: Item, right: bool, now: dt.datetime) -> None:
    """A wrong answer makes a card, or brings a learnt one back."""
    if right:
        return
    memory = review.first_memory(now)
    card, made = ReviewCard.objects.get_or_create(learner=learner, item=item, defaults=_columns(memory))
    if not made:
        ReviewCard.objects.filter(pk=card.pk).update(
            lapses=card.lapses + 1, learnt_at=None, **_columns(memory)
        )


def _columns(memory: review.Memory) -> dict[str, object]:
    return {
        "stability": memory.stability, "difficulty": memory.difficulty, "due_at": memory.due_at,
        "last_at": memory.last_at,
    }  # fmt: skip


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
    with transaction.atomic():
        card = (
            ReviewCard.objects.select_for_update().select_related("item__module", "learner").get(pk=card.pk)
        )
        right = judge(list(card.item.options.all()), chosen)
        if card.reviews != round_number:
            return right
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
        )  # fmt: skip
    return right
