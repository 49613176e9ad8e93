"""Whether the engine's training waits, runs or has ended, and with what result: for its page in the admin."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.utils import timezone

from ..models import ClassifierVersion, TrainingRun

Outcome = TrainingRun.Outcome
LONGEST = dt.timedelta(hours=1)  # a worker that was killed says no more: after that it has broken off
WAITING, RUNNING, ENDED = "waiting", "running", "ended"


def ask() -> TrainingRun:
    """Note that somebody wants a training; pressing twice asks once."""
    waiting = TrainingRun.objects.filter(begun_at=None, ended_at=None).first()
    return waiting or TrainingRun.objects.create()


def not_needed() -> None:
    """What waits has ended before it began: nothing was corrected since."""
    TrainingRun.objects.filter(begun_at=None, ended_at=None).update(
        ended_at=timezone.now(), outcome=Outcome.SAME
    )


@contextmanager
def running() -> Iterator[TrainingRun]:
    """A training from its begin to its end. Whoever trains says the outcome and the version on the row;
    an error is an outcome too."""
    now = timezone.now()
    row = ask()
    TrainingRun.objects.filter(begun_at=None, ended_at=None).update(begun_at=now)
    row.begun_at = now
    try:
        yield row
    except Exception:
        row.outcome = Outcome.FAILED
        raise
    finally:
        if row.outcome:  # a worker that is stopped midway has none
            row.ended_at = timezone.now()
            row.save()


def outcome_of(version: ClassifierVersion, *, made: bool) -> str:
    """What became of a training that gave this version."""
    if not made:
        return Outcome.SAME
    return Outcome.REFUSED if version.state == ClassifierVersion.State.REFUSED else Outcome.USED


@dataclass(frozen=True, slots=True)
class Standing:
    """What the page says. ``at`` is when it was asked for, began or ended."""

    state: str = ""
    at: dt.datetime | None = None
    outcome: str = ""
    version: int | None = None


def standing(*, due: bool, now: dt.datetime | None = None) -> Standing:
    """How it stands with the newest training: 2 queries. One that runs is said before one that waits.

    :param due: whether enough was corrected for one that begins by itself.
    """
    now = now or timezone.now()
    begun = TrainingRun.objects.exclude(begun_at=None).first()
    if begun is not None and begun.begun_at and not begun.ended_at and now - begun.begun_at <= LONGEST:
        return Standing(RUNNING, begun.begun_at)
    row = TrainingRun.objects.first()
    if row is not None and not row.begun_at and not row.ended_at:
        return Standing(WAITING, row.created_at)
    failed = row is not None and (row.outcome == Outcome.FAILED or not row.ended_at)
    if due and not failed:
        return Standing(WAITING)
    if row is None:
        return Standing()
    return Standing(ENDED, row.ended_at or row.begun_at, row.outcome or Outcome.FAILED, row.version_id)
