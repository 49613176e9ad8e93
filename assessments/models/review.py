"""The wrong-answer notebook."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from learners.models import Learner
from mooc.lib.models import TimeStamped
from mooc.lib.privacy.evidence import Evidence

from .bank import Item


class ReviewCard(Evidence, TimeStamped):
    """An item a learner once got wrong, with its memory state (FSRS) and when it is due again."""

    written_by = ("answer_item", "review_item", "judge_again", "merge_person", "erase_person")

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="review_cards")
    item = models.ForeignKey(Item, models.PROTECT, related_name="review_cards")
    stability = models.FloatField(null=True)  # days until recall falls to 90 %
    difficulty = models.FloatField(null=True)  # 1–10
    due_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True)
    reviews = models.PositiveIntegerField(default=0)
    lapses = models.PositiveIntegerField(default=0)
    learnt_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["learner", "item"], name="reviewcard_once")]
        indexes = [models.Index(fields=["learner", "due_at"])]
        verbose_name = _("review card")
        verbose_name_plural = _("review cards")

    def __str__(self) -> str:
        return f"{self.learner_id} {self.item_id}"
