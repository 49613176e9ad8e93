"""Who answers for a monthly paper: reported, signed by somebody above, taken back."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mooc.lib.privacy.evidence import Evidence

from ..data import SignAct
from .report import EvaluationReport


class SignOff(Evidence):
    """One act about a paper, added and never changed. Where a paper stands is said by its last act.

    ``who_name`` is the name of that day; ``changed`` how many people were counted otherwise by then.
    """

    written_by = ("sign_off",)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    report = models.ForeignKey(EvaluationReport, models.PROTECT, related_name="sign_offs")
    act = models.CharField(max_length=10, choices=SignAct.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    who_name = models.CharField(max_length=40)
    at = models.DateTimeField()
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    changed = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(act=SignAct.TAKEN_BACK) | ~models.Q(reason=""),
                name="signoff_back_with_reason",
            ),
        ]
        verbose_name = _("signature of a paper")
        verbose_name_plural = _("signatures of papers")

    def __str__(self) -> str:
        return f"{self.report_id} {self.act}"
