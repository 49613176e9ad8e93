"""Jobs: the row comes first, and carries the safety."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mooc.lib.models import TimeStamped

from . import data
from .data import JobState

LOST_AFTER = dt.timedelta(minutes=3)  # without a sign of life a running job's worker is gone
MOST_TRIES = 3


class JobQuerySet(models.QuerySet["Job"]):
    """Filters of jobs."""

    def takeable(self, now: dt.datetime) -> JobQuerySet:
        """Waiting, or left by a worker that died."""
        lost = Q(state=JobState.RUNNING, seen_at__lt=now - LOST_AFTER)
        return self.filter(Q(state=JobState.QUEUED) | lost)

    def open(self) -> JobQuerySet:
        """Not ended yet."""
        return self.filter(state__in=[JobState.QUEUED, JobState.RUNNING])


class Job(TimeStamped):
    """Work somebody waits for. The row comes first and carries the safety: a lost message or a killed
    worker leaves it open, and a sweeper sends it again.

    ``key`` says what it is for: of two open jobs of one key only one is made. ``turn`` counts who runs it:
    a worker that was thought dead and comes back finds another number, and stops.
    """

    kind = models.CharField(max_length=20)  # a code of ``data.kinds``
    key = models.CharField(max_length=120)
    as_of = models.DateTimeField()
    state = models.CharField(_("state"), max_length=9, choices=JobState.choices, default=JobState.QUEUED)
    percent = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)  # as in the code; translated for each reader
    tries = models.PositiveSmallIntegerField(default=0)
    turn = models.PositiveIntegerField(default=0)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    seen_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

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
    def is_open(self) -> bool:
        """Whether something may still come of it."""
        return self.state in (JobState.QUEUED, JobState.RUNNING)

    @property
    def kind_words(self) -> str:
        """What people call this kind of work; its code where the room that did it is gone."""
        kind = data.kinds.get(self.kind)
        return str(kind.words) if kind else self.kind
