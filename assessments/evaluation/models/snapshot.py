"""All figures of a scope at a moment."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from mooc.lib.models import TimeStamped

from .. import data
from ..data import Figure, Scope, ScopeKind


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
