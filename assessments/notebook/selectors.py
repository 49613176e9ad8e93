"""Page-shaped reads of the notebook, each with a fixed number of queries."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from learners.models import Learner

from .. import scoring
from ..bank import editions
from ..kinds.base import Choice, ItemContext
from ..models import ReviewCard


def _due(learner: Learner) -> QuerySet[ReviewCard]:
    return ReviewCard.objects.filter(
        learner=learner, due_at__lte=timezone.now(), learnt_at=None, item__live=True
    )


def due_count(learner: Learner) -> int:
    """How many cards are due now: 1 query."""
    return _due(learner).count()


def due_cards(learner: Learner) -> list[ReviewCard]:
    """Cards due now, the longest waiting first, twenty at most: 1 query."""
    return list(
        _due(learner).select_related("item__lesson", "item__module__published").order_by("due_at", "pk")[:20]
    )


def card_context(card: ReviewCard, choice: Choice = ()) -> ItemContext:
    """A card as a question: 1 query. :param choice: what was sent for it and refused."""
    wording = editions.now(card.item)
    ids = wording.kind.arrange(
        [option.pk for option in wording.options], scoring.card_seed(card.pk, card.reviews)
    )
    return wording.kind.ask(wording.options, ids, choice)
