"""A practical task: what a learner does with goods of their own, and what is looked at."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.models import Module
from mooc.lib.models import TimeStamped
from mooc.lib.text.localized import Localized

from ..data import AssignmentMedia


class Assignment(TimeStamped):
    """The practical task of a module, from its content file.

    ``steps``: ``[{zh, en}]``. ``slips``: ``[{slip: {zh, en}, kind: {zh, en}}]``. ``criteria``:
    ``[{weight, must, name: {zh, en}, levels: [{zh, en}] × 4}]``, weights together 100.
    """

    goes_with = ("module",)

    module = models.OneToOneField(Module, models.CASCADE, related_name="assignment", verbose_name=_("module"))
    code = models.CharField(_("code"), max_length=20, unique=True)
    media = models.CharField(_("shown as"), max_length=8, choices=AssignmentMedia)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    title_zh = models.CharField(_("title (Chinese)"), max_length=80)
    title_en = models.CharField(_("title (English)"), max_length=120)
    hand_in_zh = models.CharField(_("what there is afterwards (Chinese)"), max_length=300)
    hand_in_en = models.CharField(_("what there is afterwards (English)"), max_length=500)
    helper_zh = models.CharField(_("what a helper sees (Chinese)"), max_length=300)
    helper_en = models.CharField(_("what a helper sees (English)"), max_length=500)
    steps = models.JSONField(_("steps"))
    slips = models.JSONField(_("typical mistakes"))
    criteria = models.JSONField(_("criteria"))

    title, hand_in, helper = Localized("title"), Localized("hand_in"), Localized("helper")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(minutes__range=(5, 240)), name="assignment_minutes_5_to_240"),
            models.CheckConstraint(
                condition=Q(media__in=AssignmentMedia.values), name="assignment_media_known"
            ),
        ]
        verbose_name = _("practical task")
        verbose_name_plural = _("practical tasks")

    def __str__(self) -> str:
        return f"{self.title}"

    def get_absolute_url(self) -> str:
        return reverse("assessments:assignment", args=[self.module.slug])
