"""Writes of the notebook: what went wrong comes into it, and is answered there until it sits."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from learners.models import Learner, LearningRecord
from learners.record.recording import Stored
from learners.services import record_answer
from mooc.lib.privacy import evidence

from .. import scoring
from ..bank import editions
from ..bank.asked import Answered, answered, as_asked
from ..kinds.base import Choice, ItemContext, ids_in
from ..models import ReviewCard
from . import memory as remembering


def keep_in_notebook(learner: Learner, item_id: int, right: bool, now: dt.datetime) -> None:
    """A wrong answer makes a card, or brings a learnt one back."""
    if right:
        return
    memory = remembering.first_memory(now)
    card, made = ReviewCard.objects.get_or_create(learner=learner, item_id=item_id, defaults=_columns(memory))
    if not made:
        ReviewCard.objects.filter(pk=card.pk).update(
            lapses=card.lapses + 1, learnt_at=None, **_columns(memory)
        )


def _columns(memory: remembering.Memory) -> dict[str, object]:
    return {
        "stability": memory.stability,
        "difficulty": memory.difficulty,
        "due_at": memory.due_at,
        "last_at": memory.last_at,
    }


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What became of an answer in the notebook: ``given`` is the answer that counts.

    :param right: whether it was taken for right. :param order: the lines by id, as they stood on the screen.
    :param same: what was sent is what counts.
    """

    given: Answered
    right: bool
    order: Sequence[int]
    stored: Stored
    same: bool = True

    @property
    def show(self) -> ItemContext:
        """For the page that says why."""
        wording = self.given.wording
        return wording.kind.explain(wording.options, self.order, self.given.answer, counted=self.right)


def review_item(
    *,
    card: ReviewCard,
    round_number: int,
    choice: Choice,
    signed_in: bool,
    now: dt.datetime | None = None,
    claimed: dt.datetime | None = None,
    edition: int | None = None,
) -> Reviewed:
    """Answer a card of the notebook and plan when it comes again. The first answer of a round counts.

    :param choice: what the form of the card sent.
    :param round_number: which time this card is answered, from the form: a resend changes nothing.
    :raises DomainError: when what was sent is no answer.
    """
    with evidence.writing("review_item"), transaction.atomic():
        card = (
            ReviewCard.objects.select_for_update().select_related("item__module", "learner").get(pk=card.pk)
        )
        given = answered(as_asked(card.item), edition, now or timezone.now(), choice)
        order = given.order(scoring.card_seed(card.pk, round_number))
        if card.reviews != round_number:
            return _reviewed_before(card, round_number, given, order)
        now = max(now or timezone.now(), card.last_at or card.created_at)  # memory knows no way back
        _plan(card, given.mark.right, now)
        act_id = _review_id(card, round_number)
        record_answer(
            learner=card.learner,
            module=card.item.module,
            answer=given.as_act(card.item.code, order),
            act_id=act_id,
            attempt=act_id,
            at=now,
            signed_in=signed_in,
            claimed=claimed,
        )
    return Reviewed(given, given.mark.right, order, Stored.STORED)


def _plan(card: ReviewCard, right: bool, now: dt.datetime) -> None:
    memory = remembering.Memory(card.stability, card.difficulty, card.due_at, card.last_at)
    after = remembering.after_review(memory, right=right, now=now)
    for name, value in _columns(after).items():
        setattr(card, name, value)
    card.reviews += 1
    card.lapses += not right
    card.learnt_at = now if after.learnt else None
    card.save()


def _review_id(card: ReviewCard, round_number: int) -> uuid.UUID:
    return scoring.response_id(card.learner.uuid, f"review {card.pk} {round_number}")


def _reviewed_before(card: ReviewCard, round_number: int, sent: Answered, order: Sequence[int]) -> Reviewed:
    """The answer of that round as it stands, whatever is sent now."""
    known = LearningRecord.objects.filter(uuid=_review_id(card, round_number)).first()
    if known is None or not known.response:
        return Reviewed(sent, sent.mark.right, order, Stored.DUPLICATE, same=False)
    wording = editions.wording(card.item, known.edition)
    answer = wording.kind.from_text(known.response)
    stood = Answered(wording, answer, wording.kind.judge(answer, wording.options))
    shown = ids_in(known.shown) or order
    return Reviewed(stood, bool(known.success), shown, Stored.DUPLICATE, same=answer == sent.answer)
