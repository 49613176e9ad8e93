"""Groups of unsure questions that may be a theme nobody has named yet."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from mooc.lib.models import TimeStamped

from .question import Question


class ProposalQuerySet(models.QuerySet["ThemeProposal"]):
    """Filters of proposals."""

    def visible_to(self, user: Any) -> ProposalQuerySet:
        """Those of which this trainer may read enough questions."""
        from ..engine.classifier.clusters import (
            FEWEST_IN_GROUP,  # numpy: not for every process that has models
        )

        seen = ThemeProposal.objects.filter(questions__in=Question.objects.visible_to(user)).order_by()
        enough = seen.annotate(n=Count("questions", distinct=True)).filter(n__gte=FEWEST_IN_GROUP)
        return self.filter(pk__in=enough.values("pk"))


class ThemeProposal(TimeStamped):
    """One group the nightly search found. Named, it becomes a theme; else the next night replaces it.

    ``central`` are the ids of the questions nearest to its middle, best first.
    """

    words = models.CharField(_("telling words"), max_length=200, blank=True)
    questions = models.ManyToManyField(Question, related_name="+", verbose_name=_("questions"))
    central = models.JSONField(default=list)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("possible new theme")
        verbose_name_plural = _("possible new themes")

    def __str__(self) -> str:
        return self.words
