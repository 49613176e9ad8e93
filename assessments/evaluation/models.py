"""Snapshots, reports, and who needs help."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from learners.models import Cohort, Learner
from mooc.accounts.models import Region
from mooc.accounts.rights import Right
from mooc.jobs.models import Job
from mooc.lib.models import TimeStamped
from mooc.lib.privacy.evidence import Evidence

from . import data
from .data import Figure, Scope, ScopeKind


class SnapshotQuerySet(models.QuerySet["EvaluationSnapshot"]):
    """Filters of snapshots."""

    def of(self, scope: Scope) -> SnapshotQuerySet:
        """Those of one scope, the newest first."""
        rows = self.filter(kind=scope.kind, key=scope.key, region_code=scope.region)
        return rows.order_by("-as_of")


class EvaluationSnapshot(TimeStamped):
    """All figures of a scope at a moment. Made again for the same moment, it is replaced by its equal."""

    kind = models.CharField(max_length=6, choices=ScopeKind.choices)
    key = models.CharField(max_length=60)
    region_code = models.CharField(max_length=12, blank=True)
    as_of = models.DateTimeField()
    model = models.CharField(max_length=10)
    figures = models.JSONField(default=list)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        ordering = ["-as_of"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key", "region_code", "as_of", "model"], name="snapshot_once"
            ),
        ]
        indexes = [models.Index(fields=["kind", "as_of"], name="snapshot_by_kind")]
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")

    def __str__(self) -> str:
        return f"{self.kind}:{self.key} {self.as_of:%Y-%m-%d}"

    def as_data(self) -> data.Snapshot:
        """The snapshot as what crosses borders."""
        figures = tuple(Figure(**row) for row in self.figures)
        return data.Snapshot(Scope(self.kind, self.key, self.region_code), self.as_of, self.model, figures)


class ReportQuerySet(models.QuerySet["EvaluationReport"]):
    """Filters of reports."""

    def visible_to(self, user: Any) -> ReportQuerySet:
        """Operators all, supervisors those of their regions and below. A report on everybody is the
        operator's."""
        if user.everywhere(Right.SEE_FIGURES):
            return self
        wanted = Q(pk__in=[])
        for path in user.region_paths(Right.SEE_FIGURES):
            wanted |= Q(region__path__startswith=path)
        return self.filter(wanted)


class EvaluationReport(TimeStamped):
    """One page for the files: a scope, a moment, a language. Its files are made once and never change."""

    job = models.OneToOneField(Job, models.SET_NULL, null=True, related_name="report")
    kind = models.CharField(max_length=6, choices=ScopeKind.choices)
    key = models.CharField(max_length=60)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="reports")
    title = models.CharField(max_length=200)
    language = models.CharField(max_length=8, choices=[("zh-hans", "中文"), ("en", "English")])
    as_of = models.DateTimeField(_("data date"))
    month = models.CharField(max_length=7, blank=True)  # 2026-10, for the monthly ones
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key", "region", "language", "month"], condition=~Q(month=""),
                name="report_once_a_month",
            ),
        ]  # fmt: skip
        verbose_name = _("evaluation report")
        verbose_name_plural = _("evaluation reports")

    def __str__(self) -> str:
        return self.title

    @property
    def scope(self) -> Scope:
        """What it is about."""
        narrowed = self.kind in (ScopeKind.COURSE, ScopeKind.MODULE) and self.region
        return Scope(self.kind, self.key, self.region.code if narrowed and self.region else "")


class ReportFile(Evidence):
    """A file of a report, kept in the database: it is backed up with the row and cannot get lost alone."""

    written_by = ("make_report",)

    report = models.ForeignKey(EvaluationReport, models.PROTECT, related_name="files")
    format = models.CharField(max_length=4, choices=[(f, f.upper()) for f in ("pdf", "xlsx", "csv")])
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "format"], name="reportfile_once")]

    def __str__(self) -> str:
        return f"{self.report_id}.{self.format}"


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
