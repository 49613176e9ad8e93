"""Classes: a trainer or helper makes one, people join by link, QR or code."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from courses.models import Module
from mooc.accounts.models import Region
from mooc.accounts.rights import Right
from mooc.lib.models import CharInCode, TimeStamped
from mooc.lib.privacy.evidence import Evidence

from .learner import Learner

JOIN_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that looks like something else


def new_join_code() -> str:
    """Eight characters, 39 bits: long enough not to be guessed, short enough to read out."""
    return "".join(secrets.choice(JOIN_ALPHABET) for _ in range(8))


class CohortQuerySet(models.QuerySet["Cohort"]):
    """Filters of classes."""

    def visible_to(self, user: Any) -> CohortQuerySet:
        """Operators all; who leads it; supervisors and helpers those of their region and below."""
        if user.everywhere(Right.SEE_CLASSES):
            return self
        wanted = Q(trainer=user)
        for path in user.region_paths(Right.SEE_CLASSES):
            wanted |= Q(region__path__startswith=path)
        return self.filter(wanted)


class Cohort(TimeStamped):
    """A class of people who learn the same modules in a place over some weeks."""

    title = models.CharField(_("name of the class"), max_length=60)
    code = CharInCode(_("code to join"), max_length=8, unique=True, default=new_join_code, editable=False)
    trainer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="cohorts", verbose_name=_("led by")
    )
    region = models.ForeignKey(Region, models.PROTECT, related_name="cohorts", verbose_name=_("place"))
    modules = models.ManyToManyField(Module, blank=True, related_name="cohorts", verbose_name=_("modules"))
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    open_to_join = models.BooleanField(_("people may join"), default=True)

    objects = CohortQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["-starts_on", "title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")),
                name="cohort_ends_after_it_starts",
                violation_error_message=_("The class cannot end before it starts."),
            ),
        ]
        verbose_name = _("class")
        verbose_name_plural = _("classes")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("learners:join", args=[self.code])


class CohortMember(Evidence, TimeStamped):
    """A learner in a class. Whoever is taken out keeps the row: the class was attended until then."""

    written_by = ("join_cohort", "take_out", "merge_person", "erase_person", "demo")

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="members")
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="memberships")
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cohort", "learner"], name="member_once")]
        verbose_name = _("member")
        verbose_name_plural = _("members")

    def __str__(self) -> str:
        return f"{self.cohort_id} {self.learner_id}"


class CohortStay(Evidence):
    """From when to when a learner was in a class. Whoever leaves and comes back has two rows: what was done
    between them is not the class's. ``left_at`` is empty while the stay lasts."""

    written_by = ("join_cohort", "take_out", "merge_person", "erase_person", "demo")

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="stays")
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="stays")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["learner", "cohort", "joined_at"], name="stay_of_learner")]
        constraints = [
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=models.F("joined_at")), name="stay_ends_after_it_begins"
            ),
        ]  # fmt: skip
        verbose_name = _("stay in a class")
        verbose_name_plural = _("stays in classes")

    def __str__(self) -> str:
        return f"{self.cohort_id} {self.learner_id} {self.joined_at:%Y-%m-%d}"
