"""What this app provides to lower rooms."""

from __future__ import annotations


def register() -> None:
    """Called once when Django is ready."""
    from mooc.lib import registry

    from . import bank_loader

    registry.content_part.register("quiz", bank_loader.load_items)
