"""Who opened whose tracking file: shown to its owner."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from mooc.lib.privacy.evidence import Evidence

from .learner import Learner


class FileOpening(Evidence):
    """Somebody other than its owner opened a tracking file: who it was stands here, whatever becomes of them."""

    written_by = ("note_opening", "merge_person", "erase_person")

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="openings")
    who = models.BigIntegerField(null=True)  # the account's number: it stays when the account goes
    who_name = models.CharField(max_length=40, blank=True)
    role = models.CharField(max_length=60, blank=True)
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-opened_at"]
        verbose_name = _("opening of a file")
        verbose_name_plural = _("openings of files")

    def __str__(self) -> str:
        return f"{self.learner_id} {self.opened_at:%Y-%m-%d}"
