"""Two accounts of one person that were put together, with what is needed to part them again."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from mooc.lib.privacy.evidence import Evidence


class AccountMerge(Evidence):
    """One merge. It names accounts by number, so that it outlives them; ``rows`` is emptied after thirty days."""

    written_by = ("merge_person", "forget_rows", "erase_person")

    kept_user = models.PositiveBigIntegerField(_("account that stays"))
    gone_user = models.PositiveBigIntegerField(_("account that goes"))
    kept_learner = models.PositiveBigIntegerField(db_index=True)
    gone_learner = models.PositiveBigIntegerField()
    kept_name = models.CharField(_("name that stays"), max_length=150)
    gone_name = models.CharField(_("name that goes"), max_length=150)
    kept_phone = models.CharField(max_length=11, blank=True)
    gone_phone = models.CharField(max_length=11, blank=True)
    rows = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    merged_by = models.PositiveBigIntegerField()
    merged_by_name = models.CharField(_("merged by"), max_length=150)
    merged_at = models.DateTimeField(_("merged at"), auto_now_add=True)
    undone_by = models.PositiveBigIntegerField(null=True)
    undone_at = models.DateTimeField(_("undone at"), null=True)

    class Meta:
        ordering = ["-merged_at"]
        verbose_name = _("merge of accounts")
        verbose_name_plural = _("merges of accounts")

    def __str__(self) -> str:
        return f"{self.gone_name} → {self.kept_name}"
