"""Help for trainers who write the same thing often."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mooc.lib.models import TimeStamped


class SavedReplyQuerySet(models.QuerySet["SavedReply"]):
    """Filters of saved replies."""

    def visible_to(self, user: Any) -> SavedReplyQuerySet:
        """Those for all trainers, and one's own."""
        return self.filter(models.Q(owner=None) | models.Q(owner=user))


class SavedReply(TimeStamped):
    """A text a trainer puts into an answer with one tap. Without an owner it is for all."""

    title = models.CharField(_("title"), max_length=60)
    text = models.TextField(_("text"), max_length=2000)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("only for"),
    )

    objects = SavedReplyQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        verbose_name = _("saved reply")
        verbose_name_plural = _("saved replies")

    def __str__(self) -> str:
        return self.title
