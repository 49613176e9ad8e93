"""Tries at a quiz and the answers given in them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from learners.models import Learner
from mooc.lib.models import TimeStamped
from mooc.lib.privacy.evidence import Evidence

from .bank import Item, Quiz


class Attempt(Evidence, TimeStamped):
    """One try at a quiz. ``uuid`` comes from the phone; ``items`` fixes which items, in order.

    A learner has at most one open try at a quiz: two tabs or two phones continue the same one.
    """

    written_by = (
        "start_attempt",
        "answer_item",
        "finish_tries",
        "judge_again",
        "merge_person",
        "erase_person",
        "scale_data",
    )

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    quiz = models.ForeignKey(Quiz, models.PROTECT, related_name="attempts")
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="attempts")
    item_codes = models.CharField(max_length=420)  # codes parted by spaces: fixed when it starts
    answered_codes = models.CharField(max_length=420, blank=True)  # those answered so far, in that order
    edition = models.PositiveIntegerField(default=0)
    right = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveSmallIntegerField()
    needed = models.PositiveSmallIntegerField(null=True)  # right answers that were enough when it was judged
    score = models.FloatField(null=True)
    passed = models.BooleanField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["quiz", "learner"], condition=Q(finished_at=None), name="attempt_one_open"
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__range=(0, 1)), name="attempt_score_0_to_1"
            ),
        ]
        verbose_name = _("try")
        verbose_name_plural = _("tries")

    def __str__(self) -> str:
        return f"{self.learner_id} {self.quiz_id} {self.right}/{self.total}"


class Response(Evidence):
    """The answer to one item in one try: the first stands."""

    written_by = ("answer_item", "judge_again", "erase_person", "scale_data")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="responses")
    item = models.ForeignKey(Item, models.PROTECT, related_name="responses")
    answer = models.JSONField(default=dict)  # of the form of the item's kind
    score = models.FloatField()  # 0.0–1.0, how much of it is right
    edition = models.PositiveIntegerField(default=0)  # of the item, as asked; 0: before editions were kept
    shown = models.JSONField(default=list)  # its lines by id, in the order they stood on the screen
    right = models.BooleanField()
    mended_at = models.DateTimeField(null=True)  # when it was judged right after all, by a mended key
    answered_at = models.DateTimeField()

    class Meta:
        ordering = ["attempt_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "item"], name="response_first_stands"),
            models.CheckConstraint(condition=Q(score__range=(0, 1)), name="response_score_0_to_1"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.item_id}"
