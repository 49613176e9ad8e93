"""The spine: one append-only row for every act of learning."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mooc.accounts.models import Region
from mooc.lib.privacy.evidence import Evidence
from mooc.lib.text.localized import Localized

from ..data import ObjectType, Verb
from .cohort import Cohort
from .learner import Learner


class LearningRecord(Evidence):
    """An act of learning (xAPI statement). Rows are added, never changed.

    The object is a closed type, a stable text id, the edition and a snapshot of its titles: no
    foreign key upward, so the record stays readable when the content is gone.
    """

    written_by = ("record_act", "merge_person", "erase_person", "scale_data")

    uuid = models.UUIDField(unique=True)
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="records")
    verb = models.CharField(max_length=12, choices=Verb.choices)
    object_type = models.CharField(max_length=10, choices=ObjectType.choices)
    object_id = models.CharField(max_length=100)
    edition = models.PositiveIntegerField(default=0)
    title_zh = models.CharField(max_length=200, blank=True)
    title_en = models.CharField(max_length=300, blank=True)
    module_slug = models.CharField(max_length=60, blank=True)
    success = models.BooleanField(null=True)
    completion = models.BooleanField(null=True)
    score = models.FloatField(null=True)
    seconds = models.PositiveIntegerField(null=True)
    response = models.CharField(max_length=500, blank=True)
    shown = models.CharField(max_length=120, blank=True)  # of an answer: option ids in the order shown
    attempt = models.UUIDField(null=True)
    cohort = models.ForeignKey(Cohort, models.PROTECT, null=True)
    region = models.ForeignKey(Region, models.PROTECT, null=True)
    happened_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, help_text=_("by the phone's own clock, when it said"))
    stored_at = models.DateTimeField(auto_now_add=True)
    fingerprint = models.CharField(max_length=64, help_text=_("hash of what was sent, to know a resend"))

    title = Localized("title")

    class Meta:
        indexes = [
            models.Index(fields=["learner", "happened_at"]),
            models.Index(fields=["learner", "object_type", "object_id"]),
            models.Index(fields=["object_type", "object_id", "verb"]),
            models.Index(fields=["happened_at"]),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(verb__in=Verb.values), name="record_verb_known"),
            models.CheckConstraint(
                condition=Q(object_type__in=ObjectType.values), name="record_object_known"
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__range=(0, 1)), name="record_score_0_to_1"
            ),
        ]
        verbose_name = _("learning record")
        verbose_name_plural = _("learning records")

    def __str__(self) -> str:
        return f"{self.learner_id} {self.verb} {self.object_type}:{self.object_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise TypeError("learning records are never changed")
        super().save(*args, **kwargs)
