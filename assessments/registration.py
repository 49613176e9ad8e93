"""What this app provides to lower rooms."""

from __future__ import annotations


def register() -> None:
    """Called once when Django is ready."""
    from mooc.lib import registry

    from . import bank_loader, people

    registry.content_part.register("quiz", bank_loader.load_items)
    registry.merge_person.register("assessments", people.merge)
    registry.erase_person.register("assessments", people.erase)
    registry.export_person.register("assessments", people.export)
    registry.tracking_section.register("assessments", people.sections)
