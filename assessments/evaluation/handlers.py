"""What evaluation does when a fact is told."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from mooc.accounts import signals
from mooc.accounts.data import PlacesChanged
from mooc.jobs.tasks import run_job
from mooc.lib.queue import later

from . import services


@receiver(signals.places_changed)
def count_anew(fact: PlacesChanged, **_kwargs: Any) -> None:
    """A place stands elsewhere: the sums of old and new surroundings are counted now, not tonight."""
    later(run_job, services.count_anew().pk)
