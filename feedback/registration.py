"""What this app provides to lower rooms."""

from __future__ import annotations


def register() -> None:
    """Called once when Django is ready."""
