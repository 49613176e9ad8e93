"""What assessments does when a fact is told."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from courses import signals

from .quiz import tasks


@receiver([signals.module_published, signals.module_asks_changed])
def finish_tries(fact: Any, **_kwargs: Any) -> None:
    """What a quiz may ask has changed: no try waits for a question that is gone."""
    tasks.finish_tries(fact.module_id)
