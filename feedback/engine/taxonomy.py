"""The themes the product comes with: there after migrating, and again after the database was emptied."""

from __future__ import annotations

from ..models import Theme
from .classifier import corpus


def ensure_themes() -> int:
    """Make the themes that are missing. What was renamed here stays. Returns how many were made."""
    known = set(Theme.objects.values_list("code", flat=True))
    missing = [
        Theme(
            code=row.code,
            name_zh=row.zh,
            name_en=row.en,
            about_zh=row.about_zh,
            about_en=row.about_en,
            order=order,
        )
        for order, row in enumerate(corpus.themes())
        if row.code not in known
    ]
    Theme.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)
