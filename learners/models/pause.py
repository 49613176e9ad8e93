"""Why somebody stayed away for a while: asked once, answered with one tap or not at all."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..data import StopReason
from .learner import Learner


class Pause(models.Model):
    """One long pause of somebody, and what they tapped. Without a reason they would rather not be asked again."""

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="pauses")
    since = models.DateTimeField()  # the last act before it
    reason = models.CharField(_("why they stopped"), max_length=7, blank=True, choices=StopReason.choices)
    told_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-since"]
        constraints = [models.UniqueConstraint(fields=["learner", "since"], name="pause_once")]
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")

    def __str__(self) -> str:
        return f"{self.learner_id} {self.since:%Y-%m-%d}"
