"""Reports and their files."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mooc.accounts.models import Region
from mooc.accounts.rights import Right
from mooc.jobs.models import Job
from mooc.lib.models import TimeStamped
from mooc.lib.privacy.evidence import Evidence

from ..data import Scope, ScopeKind


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
    version = models.PositiveSmallIntegerField(default=1)  # of that month: counted again later
    sealed = models.BooleanField(default=False)  # made from the figures of the closed month
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key", "region", "language", "month", "version"], condition=~Q(month=""),
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
