"""Months that are closed: their figures by place and cause, and the last counted state of each person."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from learners.models import Learner
from mooc.accounts.models import Region
from mooc.lib.privacy.evidence import Evidence

from ..data import Cause

STANDING = "standing"  # beside the causes: what they all came to, from the first closing on


class MonthClose(Evidence):
    """A month whose figures stand. A month is closed once, in the order of the calendar.

    ``batch`` says which rows of :class:`ClosedPerson` are its states: those of others were counted by a worker that
    never came to its end. ``targets`` are those of its last day.
    """

    written_by = ("close_month",)

    month = models.CharField(max_length=7, unique=True)  # 2026-10
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    closed_at = models.DateTimeField(auto_now_add=True)
    model = models.CharField(max_length=10)
    batch = models.UUIDField(unique=True)
    targets = models.JSONField(default=dict)

    class Meta:
        ordering = ["-month"]
        verbose_name = _("closed month")
        verbose_name_plural = _("closed months")

    def __str__(self) -> str:
        return self.month


class ClosedFigure(Evidence):
    """What a cause added to the sums of one place at a closing, and ``STANDING``, the sums themselves.

    ``place`` is where it stood then, by the ids of regions from the top (``/1/5/17/``; ``/`` without a place), and
    never changes; ``region`` is that place today, also where it was merged into another. ``group`` is empty for
    places, ``cohort:7`` for a class.
    """

    written_by = ("close_month",)

    close = models.ForeignKey(MonthClose, models.PROTECT, related_name="figures")
    group = models.CharField(max_length=24, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+")
    place = models.CharField(max_length=80)
    cause = models.CharField(max_length=9, choices=[*Cause.choices, (STANDING, STANDING)])
    counts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["close", "group", "place", "cause"], name="closedfigure_once"),
        ]
        verbose_name = _("figure of a closed month")
        verbose_name_plural = _("figures of closed months")

    def __str__(self) -> str:
        return f"{self.close_id} {self.group or self.place} {self.cause}"


class ClosedPerson(Evidence):
    """What was counted of one person at the last closing, and where they stood: from it the next one tells what
    came late. Replaced at each closing; a person who is erased takes it along."""

    written_by = ("close_month", "merge_person", "erase_person")

    batch = models.UUIDField(default=uuid.uuid4)
    group = models.CharField(max_length=24, blank=True)
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="+")
    place = models.CharField(max_length=80)
    counts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["batch", "group", "learner"], name="closedperson_of_batch")]
        verbose_name = _("state of a person at a closing")
        verbose_name_plural = _("states of people at closings")

    def __str__(self) -> str:
        return f"{self.learner_id} {self.group}"


class ClosedDriftQuerySet(models.QuerySet["ClosedDrift"]):
    """Sums of them."""

    def people(self, group: str, region: Region | None) -> int:
        """How many people of a place or class are counted otherwise today; who went from one place to another is
        none for a place both stand in: 1 query."""
        rows = self.filter(group=group)
        if group or region is None:
            return _sum(rows.exclude(only_moved=True))
        part = f"/{region.pk}/"
        was, now = Q(was__contains=part), Q(now__contains=part)
        return _sum(rows.filter(was | now).exclude(was & now & Q(only_moved=True)))


def _sum(rows: Any) -> int:
    return int(rows.aggregate(n=Sum("people"))["n"] or 0)


class ClosedDrift(models.Model):
    """How many people are counted otherwise today than when a month was closed: found again every night until the
    next closing, which leaves the last number. ``was`` and ``now`` are places as in :class:`ClosedFigure`; empty:
    not counted. Counts of people, nobody's name."""

    close = models.ForeignKey(MonthClose, models.PROTECT, related_name="drift")
    group = models.CharField(max_length=24, blank=True)
    was = models.CharField(max_length=80, blank=True)
    now = models.CharField(max_length=80, blank=True)
    only_moved = models.BooleanField(default=False)
    people = models.PositiveIntegerField()
    found_at = models.DateTimeField()

    objects = ClosedDriftQuerySet.as_manager()

    class Meta:
        verbose_name = _("change since a closing")
        verbose_name_plural = _("changes since closings")

    def __str__(self) -> str:
        return f"{self.close_id} {self.was} {self.now} {self.people}"
