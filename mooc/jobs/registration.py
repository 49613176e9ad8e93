"""What jobs provides: numbers an operator watches, and its line in the register of personal data."""

from __future__ import annotations


def register() -> None:
    """Called once when Django is ready."""
    from mooc.lib import registry

    from . import gauges, personal_data

    gauges.register()
    registry.personal_data.register("jobs", personal_data.tables)
