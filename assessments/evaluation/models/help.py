"""Who may need help, and what was done for them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from learners.data import StopReason
from learners.models import Cohort, Learner
from mooc.accounts.models import Region
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
    outcome = models.CharField(
        _("what came of it"), max_length=9, blank=True, choices=data.HelpOutcome.choices
    )
    reason = models.CharField(_("why they stopped"), max_length=7, blank=True, choices=StopReason.choices)
    next_on = models.DateField(_("next time"), null=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField()
    points = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-given_at"]

    def __str__(self) -> str:
        return f"{self.learner_id} {self.action}"


class HelpReturn(models.Model):
    """How many of those the rule pointed at on a day acted again within fourteen days: spoken with, and not
    called at all. Numbers of people, no names; a row for each place where some live."""

    day = models.DateField(db_index=True)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+")
    called = models.PositiveIntegerField(default=0)
    called_back = models.PositiveIntegerField(default=0)
    waited = models.PositiveIntegerField(default=0)
    waited_back = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("count of people who came back")
        verbose_name_plural = _("counts of people who came back")

    def __str__(self) -> str:
        return f"{self.day} {self.region_id}"


class HelpClassCheck(models.Model):
    """The rule against what became of a class that is over: whom it pointed at half way, and who stopped.
    Numbers of people, no names."""

    goes_with = ("cohort",)

    cohort = models.OneToOneField(Cohort, models.CASCADE, related_name="help_check")
    day = models.DateField()
    flagged_stopped = models.PositiveIntegerField(default=0)
    flagged_stayed = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)
    spared = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("check of the help rule")
        verbose_name_plural = _("checks of the help rule")

    def __str__(self) -> str:
        return f"{self.cohort_id} {self.day}"
