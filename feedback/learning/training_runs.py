"""Whether the engine's training waits, runs or has ended, and with what result: for its page in the admin."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from mooc.lib import jobrow
from mooc.lib.jobrow import Hold, JobState

from ..models import ClassifierVersion, TrainingRun

Outcome = TrainingRun.Outcome
WAITING, RUNNING, ENDED = "waiting", "running", "ended"


def ask() -> TrainingRun:
    """Note that somebody wants a training; pressing twice asks once."""
    return TrainingRun.objects.get_or_create(state=JobState.QUEUED)[0]


def take() -> Hold[TrainingRun]:
    """The training that waits, or a new one, in this worker's hand."""
    while True:
        hold = jobrow.take(TrainingRun, ask().pk)
        if hold is not None:  # else another worker was quicker
            return hold


def not_needed() -> None:
    """What waits has ended before it began: nothing was corrected since."""
    waiting = TrainingRun.objects.filter(state=JobState.QUEUED)
    waiting.update(state=JobState.DONE, ended_at=timezone.now(), outcome=Outcome.SAME)


def outcome_of(version: ClassifierVersion, *, made: bool) -> str:
    """What became of a training that gave this version."""
    if not made:
        return Outcome.SAME
    return Outcome.REFUSED if version.state == ClassifierVersion.State.REFUSED else Outcome.USED


@dataclass(frozen=True, slots=True)
class Standing:
    """What the page says. ``at`` is when it was asked for, began or ended; a training that broke off has no
    outcome."""

    state: str = ""
    at: dt.datetime | None = None
    outcome: str = ""
    version: int | None = None


def standing(*, due: bool, now: dt.datetime | None = None) -> Standing:
    """How it stands with the newest training: 2 queries. One that runs is said before one that waits.

    :param due: whether enough was corrected for one that begins by itself.
    """
    now = now or timezone.now()
    alive = TrainingRun.objects.filter(state=JobState.RUNNING, seen_at__gte=now - TrainingRun.lost_after)
    running = alive.first()
    if running is not None:
        return Standing(RUNNING, running.seen_at)
    row = TrainingRun.objects.first()
    if row is not None and row.is_open:  # also one whose worker died: the sweep begins it again
        return Standing(WAITING, row.created_at)
    if due and not (row is not None and row.state == JobState.FAILED):
        return Standing(WAITING)
    return Standing() if row is None else Standing(ENDED, row.ended_at, row.outcome, row.version_id)
