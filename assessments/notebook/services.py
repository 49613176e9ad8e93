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
from ..bank.asked import as_asked, as_shown, judge, listed
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
        "stability": memory.stability, "difficulty": memory.difficulty, "due_at": memory.due_at,
        "last_at": memory.last_at,
    }  # fmt: skip


def card_order(card: ReviewCard, options: Sequence[int], kind: str) -> list[int]:
    """The options of a card by their ids, in the order they stand this time."""
    return scoring.order(options, kind, uuid.UUID(int=card.pk), str(card.reviews))


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What became of an answer in the notebook. ``chosen`` and ``right`` are of the answer that counts."""

    right: bool
    chosen: frozenset[int]
    stored: Stored
    same: bool = True  # what was sent is what counts


def review_item(
    *, card: ReviewCard, round_number: int, chosen: Sequence[int], signed_in: bool,
    now: dt.datetime | None = None, claimed: dt.datetime | None = None, edition: int | None = None,
) -> Reviewed:  # fmt: skip
    """Answer a card of the notebook and plan when it comes again. The first answer of a round counts.

    :param round_number: which time this card is answered, from the form: a resend changes nothing.
    """
    with evidence.writing("review_item"), transaction.atomic():
        card = (
            ReviewCard.objects.select_for_update().select_related("item__module", "learner").get(pk=card.pk)
        )
        item = as_shown(as_asked(card.item), edition, now or timezone.now(), chosen)
        right = judge(item.options, item.right, chosen, many=item.many)
        picked = frozenset(chosen)
        if card.reviews != round_number:
            return _reviewed_before(card, round_number, picked, right)
        now = max(now or timezone.now(), card.last_at or card.created_at)  # memory knows no way back
        shown = ",".join(map(str, card_order(card, item.order, item.kind)))
        _plan(card, right, now)
        act_id = _review_id(card, round_number)
        record_answer(
            learner=card.learner, module=card.item.module, act_id=act_id, item_code=card.item.code,
            stem_zh=item.stem_zh, stem_en=item.stem_en, right=right, response=listed(picked),
            attempt=act_id, at=now, signed_in=signed_in, claimed=claimed, edition=item.edition, shown=shown,
        )  # fmt: skip
    return Reviewed(right, picked, Stored.STORED)


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


def _reviewed_before(card: ReviewCard, round_number: int, picked: frozenset[int], right: bool) -> Reviewed:
    """The answer of that round as it stands, whatever is sent now."""
    known = LearningRecord.objects.filter(uuid=_review_id(card, round_number)).first()
    if known is None or not known.response:
        return Reviewed(right, picked, Stored.DUPLICATE, same=False)
    stood = frozenset(map(int, known.response.split(",")))
    return Reviewed(bool(known.success), stood, Stored.DUPLICATE, same=stood == picked)
