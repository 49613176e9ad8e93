"""The actor of every record: a person with an account, or a phone without one."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mooc.accounts.models import Region, User
from mooc.accounts.rights import Right
from mooc.lib.models import TimeStamped


class LearnerQuerySet(models.QuerySet["Learner"]):
    """Filters of learners."""

    def people(self) -> LearnerQuerySet:
        """Learners with an account. Guests are devices and never counted as people."""
        return self.filter(user__isnull=False)

    def not_staff(self) -> LearnerQuerySet:
        """Without those who work here: they try lessons, and are learners in no figure. Village helpers learn
        like their neighbours and are counted. As roles are today."""
        return self.exclude(user__in=User.objects.staff())

    def visible_to(self, user: Any) -> LearnerQuerySet:
        """Operators all; supervisors and helpers their region and below; trainers their cohorts."""
        if user.everywhere(Right.SEE_PEOPLE):
            return self
        wanted = Q(pk__in=[])
        for path in user.region_paths(Right.SEE_PEOPLE):
            wanted |= Q(region__path__startswith=path)
        if user.has_own(Right.SEE_PEOPLE):
            wanted |= Q(memberships__cohort__trainer=user)
        return self.people().filter(wanted).distinct()


class Learner(TimeStamped):
    """Who learns. ``user`` is empty for a guest, whose phone holds the ``uuid`` in a signed cookie.

    ``version`` counts changes of anything that is laid over a page for this person.
    """

    goes_with = ("user",)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="learner"
    )
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, verbose_name=_("place"))
    birth_year = models.PositiveSmallIntegerField(
        _("year of birth"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1920), MaxValueValidator(2030)],
    )
    weekly_goal = models.PositiveSmallIntegerField(
        _("lessons a week"), default=0, validators=[MaxValueValidator(50)]
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    seen_at = models.DateTimeField(null=True, editable=False)
    code_hash = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    code_expires_at = models.DateTimeField(null=True, editable=False)

    objects = LearnerQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "seen_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["code_hash"], condition=~Q(code_hash=""), name="progress_code_once"
            ),
        ]
        verbose_name = _("learner")
        verbose_name_plural = _("learners")

    def __str__(self) -> str:
        return str(self.user) if self.user_id else f"guest {self.uuid.hex[:8]}"

    @property
    def is_guest(self) -> bool:
        """Whether this is a phone without an account."""
        return self.user_id is None

    @property
    def short_name(self) -> str:
        """What the page's script calls this learner, so that waiting acts go to nobody else; guests with a g."""
        return f"{'g' if self.is_guest else ''}{self.uuid.hex[:12]}"
