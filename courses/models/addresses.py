"""Addresses that were given to modules and lessons besides the first."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .modules import Lesson, Module


class Address(models.Model):
    """A name in the browser's line. Acts are recorded under the slug, which never changes once learners have
    seen it; an address that was ever given leads there for good."""

    goes_with = ("module", "lesson")

    kind = models.CharField(max_length=7, choices=[("modules", _("module")), ("lessons", _("lesson"))])
    text = models.SlugField(max_length=80)
    current = models.BooleanField(default=True)
    module = models.ForeignKey(Module, models.CASCADE, null=True, related_name="addresses")
    lesson = models.ForeignKey(Lesson, models.CASCADE, null=True, related_name="addresses")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "text"], name="address_once"),
            models.CheckConstraint(
                condition=Q(kind="modules", module__isnull=False, lesson=None)
                | Q(kind="lessons", lesson__isnull=False, module=None),
                name="address_of_one_thing",
            ),
        ]
        verbose_name = _("address")
        verbose_name_plural = _("addresses")

    def __str__(self) -> str:
        return f"/{self.kind}/{self.text}/"
