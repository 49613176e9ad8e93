"""Targets that were set on this site, each a row of its own."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mooc.accounts.data import Role
from mooc.lib.privacy.evidence import Evidence
from mooc.lib.text.localized import Localized

LEAST, MOST = 1, 99  # per cent; of 100 no number of people would ever be sure


class Target(Evidence):
    """The value an indicator is to reach from a day on. Added, never changed: another target is another row.

    ``value`` is a share. ``tier`` is a level of modules; empty: whatever has no row of its own tier. ``number`` counts
    the rows of an indicator: two people who saw the same last one cannot both add the next. ``set_on`` is the local
    day of ``set_at``; no target begins before it. Who set it stands as on that day: name, role, place.
    """

    written_by = ("set_target",)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    indicator = models.CharField(max_length=30)
    tier = models.CharField(max_length=2, blank=True)
    value = models.DecimalField(max_digits=3, decimal_places=2)
    valid_from = models.DateField()
    number = models.PositiveIntegerField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    who_name = models.CharField(max_length=40)
    role = models.CharField(max_length=12, blank=True)
    place_zh = models.CharField(max_length=60, blank=True)
    place_en = models.CharField(max_length=80, blank=True)
    set_at = models.DateTimeField()
    set_on = models.DateField()
    why = models.CharField(max_length=200)

    place = Localized("place")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "number"], name="target_once_seen"),
            models.CheckConstraint(condition=Q(value__gte="0.01", value__lte="0.99"), name="target_a_share"),
            models.CheckConstraint(condition=Q(valid_from__gte=F("set_on")), name="target_never_back"),
            models.CheckConstraint(condition=~Q(why=""), name="target_with_reason"),
        ]
        verbose_name = _("target")
        verbose_name_plural = _("targets")

    def __str__(self) -> str:
        return f"{self.indicator} {self.tier} {self.value} {self.valid_from}"

    @property
    def office(self) -> str:
        """Whose office set it: role and place, nobody's name."""
        role = str(Role(self.role).label) if self.role else str(_("Operator"))
        return f"{self.place} · {role}" if self.place else role
