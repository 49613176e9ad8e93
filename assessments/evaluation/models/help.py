"""Who may need help, and what was done for them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from learners.models import Cohort, Learner
from mooc.lib.privacy.evidence import Evidence

from .. import data


class HelpNeed(models.Model):
    """Somebody who may need help, by the transparent points of the evaluation model. Advice to a person,
    never a decision; made anew every night. ``reasons`` is ``[{"code", "points", …numbers}]``."""

    goes_with = ("cohort",)

    learner = models.OneToOneField(Learner, models.CASCADE, related_name="help_need")
    cohort = models.ForeignKey(Cohort, models.CASCADE, null=True, related_name="+")
    points = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)
    as_of = models.DateTimeField()

    class Meta:
        ordering = ["-points", "learner_id"]

    def __str__(self) -> str:
        return f"{self.learner_id} {self.points}"


class HelpGiven(Evidence):
    """What was done for somebody: the measure of a warning is whether they came back."""

    written_by = ("log_help", "merge_person", "erase_person")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="help_given")
    action = models.CharField(_("what was done"), max_length=8, choices=data.HelpAction.choices)
    note = models.CharField(_("note"), max_length=200, blank=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField()
    points = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-given_at"]

    def __str__(self) -> str:
        return f"{self.learner_id} {self.action}"
