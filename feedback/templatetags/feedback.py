"""Template tags of feedback."""

from __future__ import annotations

from django import template

from ..masking import mask

register = template.Library()


@register.filter
def masked(text: str) -> str:
    """What people wrote, as other readers see it."""
    return mask(text)
