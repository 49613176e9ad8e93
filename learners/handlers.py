"""What learners does when a fact is told."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from courses import signals

from . import tasks


@receiver([signals.module_published, signals.module_asks_changed])
def settle(fact: Any, **_kwargs: Any) -> None:
    """What a module asks has changed: a class is settled at once, a county in the background."""
    tasks.settle_module(fact.module_id)
