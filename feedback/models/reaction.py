"""How a module was, in one tap."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models import Module
from learners.models import Learner
from mooc.lib.models import TimeStamped
from mooc.lib.privacy.evidence import Evidence

from ..data import Face


class Reaction(Evidence, TimeStamped):
    """A learner's word on a module; a later one takes the place of the earlier."""

    written_by = ("react", "merge_person", "erase_person", "scale_data")

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="reactions")
    module = models.ForeignKey(Module, models.PROTECT, related_name="reactions")
    face = models.PositiveSmallIntegerField(_("face"), choices=Face.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "module"], name="reaction_once"),
            models.CheckConstraint(condition=Q(face__in=Face.values), name="reaction_face_known"),
        ]
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")

    def __str__(self) -> str:
        return f"{self.module_id} {self.face}"
