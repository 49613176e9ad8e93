"""What jobs provides: numbers an operator watches, and its line in the register of personal data."""

from __future__ import annotations


def register() -> None:
    """Called once when Django is ready."""
    from mooc.lib import jobrow, registry

    from . import gauges, personal_data, services
    from .models import Job

    gauges.register()
    jobrow.swept.register("jobs", jobrow.Swept(Job, "heavy", services.run))
    registry.personal_data.register("jobs", personal_data.tables)
