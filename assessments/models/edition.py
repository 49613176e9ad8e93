"""How a question read, edition by edition: an answer names the one it was given to."""

from __future__ import annotations

from django.db import models

from mooc.lib.models import CharInCode
from mooc.lib.privacy.evidence import Evidence
from mooc.lib.text.localized import Localized

from .. import kinds
from .bank import Item


class ItemEdition(Evidence):
    """A question as it was asked, with its answers and its key. Added when it is saved, never changed.

    ``options`` in their order, each ``{"id", "zh", "en", "right"}``.
    """

    written_by = ("keep_edition",)
    goes_with = ("item",)

    item = models.ForeignKey(Item, models.CASCADE, related_name="editions")
    number = models.PositiveIntegerField()
    kind = CharInCode(max_length=20, choices=kinds.choices)
    stem_zh = models.CharField(max_length=200)
    stem_en = models.CharField(max_length=300)
    why_zh = models.CharField(max_length=300)
    why_en = models.CharField(max_length=400)
    options = models.JSONField()
    made_at = models.DateTimeField(auto_now_add=True)

    stem = Localized("stem")

    class Meta:
        ordering = ["item_id", "number"]
        constraints = [models.UniqueConstraint(fields=["item", "number"], name="itemedition_once")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.number}"
