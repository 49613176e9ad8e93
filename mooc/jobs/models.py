"""Jobs people ask for and wait for, with how far they are."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from mooc.lib.jobrow import JobRow

from . import data


class Job(JobRow):
    """Work somebody waits for. ``key`` says what it is for: of two open jobs of one key only one is made."""

    lost = gettext_noop("It was begun three times and never came to its end.")

    kind = models.CharField(max_length=20)  # a code of ``data.kinds``
    key = models.CharField(max_length=120)
    as_of = models.DateTimeField()
    percent = models.PositiveSmallIntegerField(default=0)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "created_at"], name="job_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"], condition=Q(state__in=["queued", "running"]), name="job_one_open"
            ),
            models.CheckConstraint(condition=Q(percent__lte=100), name="job_percent_to_100"),
        ]
        verbose_name = _("job")
        verbose_name_plural = _("jobs")

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def kind_words(self) -> str:
        """What people call this kind of work; its code where the room that did it is gone."""
        kind = data.kinds.get(self.kind)
        return str(kind.words) if kind else self.kind
