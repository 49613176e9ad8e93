"""What this app provides to lower rooms."""

from __future__ import annotations


def register() -> None:
    """Called once when Django is ready."""
    from mooc.lib import registry

    from . import people

    registry.merge_person.register("feedback", people.merge)
    registry.erase_person.register("feedback", people.erase)
    registry.export_person.register("feedback", people.export)
    registry.tracking_section.register("feedback", people.sections)
