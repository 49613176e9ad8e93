"""Base classes for models. This room has no tables of its own."""

from __future__ import annotations

from django.db import models


class TimeStamped(models.Model):
    """When a row was made and last changed."""

    created_at = models.DateTimeField(auto_now_add=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True, editable=False)

    class Meta:
        abstract = True
