"""One training of the question engine: asked for, running, ended."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mooc.lib.jobrow import JobRow

from .theme import ClassifierVersion


class TrainingRun(JobRow):
    """When a training was asked for, began (``seen_at``) and ended, and what came of it. One that a person asks
    for stands here before it begins; one that begins by itself is made when it does."""

    lost_after = dt.timedelta(hours=1)  # it gives no sign of life on its way

    class Outcome(models.TextChoices):
        USED = "used", _("better or as good: in use")
        REFUSED = "refused", _("refused: worse than the one in use")
        SAME = "same", _("nothing new to learn from")

    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    version = models.ForeignKey(ClassifierVersion, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="queued"), name="training_one_waits")
        ]
        verbose_name = _("training of the question engine")
        verbose_name_plural = _("trainings of the question engine")

    def __str__(self) -> str:
        return f"{self.pk} {self.outcome}"
