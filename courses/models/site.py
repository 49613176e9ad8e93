"""One row that changes whenever published content does."""

from __future__ import annotations

from django.db import models


class ContentState(models.Model):
    """The content version: the key of every cached page."""

    version = models.PositiveBigIntegerField(default=1)

    def __str__(self) -> str:
        return str(self.version)
