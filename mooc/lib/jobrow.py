"""A row that is a job: taken by one worker at a time, taken over from a dead one, ended once.

The row comes first and carries the safety: a lost message or a killed worker leaves it open, and the sweep
(``mooc.jobs.tasks.sweep``) takes it again. A room keeps rows of its own and says here what differs.
"""

from __future__ import annotations

import datetime as dt
import http.client
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .errors import DomainError
from .models import TimeStamped
from .registry import Registry

logger = logging.getLogger(__name__)
AWAY = (OSError, http.client.HTTPException)  # somebody else's machine does not answer; of smtplib too


class JobState(models.TextChoices):
    """Where a job stands."""

    QUEUED = "queued", pgettext_lazy("of a job", "waiting")
    RUNNING = "running", pgettext_lazy("of a job", "running")
    DONE = "done", pgettext_lazy("of a job", "done")
    FAILED = "failed", pgettext_lazy("of a job", "failed")
    CANCELLED = "cancelled", pgettext_lazy("of a job", "cancelled")


OPEN = [JobState.QUEUED, JobState.RUNNING]


def state_field(*, done: str | Promise | None = None, none: str | Promise | None = None) -> Any:
    """The column of a kind's state.

    :param done: what "done" is called here.
    :param none: what a row without a job is called, where there are such; it is then what a row begins with.
    """
    words = {**dict(JobState.choices), **({JobState.DONE.value: done} if done else {})}
    if none:
        words = {"": none, **words}
    return models.CharField(
        _("state"), max_length=9, choices=list(words.items()), default="" if none else JobState.QUEUED.value,
        blank=bool(none),
    )  # fmt: skip


class JobRow(TimeStamped):
    """Columns of a row that is a job.

    ``tries`` counts who took it: a worker that was thought dead and comes back finds another number, and
    writes nothing. ``seen_at`` is the last sign of life of whoever has it or had it last.
    """

    lost_after: ClassVar[dt.timedelta] = dt.timedelta(minutes=3)  # so long silent, and its worker is gone
    most_tries: ClassVar[int] = 3
    tried_again: ClassVar[bool] = (
        False  # after an error it waits ``lost_after`` for another try; else it failed
    )
    lost: ClassVar[str] = ""  # what ``error`` says when no worker came to its end
    forgets: ClassVar[dict[str, Any]] = {}  # what columns hold once it has ended

    state = state_field()
    tries = models.PositiveSmallIntegerField(default=0)
    seen_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)  # as in the code; translated for each reader

    class Meta:
        abstract = True

    @classmethod
    def too_late(cls, now: dt.datetime) -> Q:
        """Rows nobody needs done any more."""
        return Q(pk__in=[])

    @property
    def is_open(self) -> bool:
        """Whether something may still come of it."""
        return self.state in OPEN


Row = TypeVar("Row", bound=JobRow)
Result = TypeVar("Result")


class Stopped(Exception):
    """The job was cancelled, or another worker has it: leave everything as it is."""


class Hold(Generic[Row]):
    """A row in this worker's hand, until another has it."""

    def __init__(self, row: Row) -> None:
        self.row = row

    def alive(self, **also: Any) -> None:
        """Give a sign of life.

        :raises Stopped: when the row is no longer this worker's.
        """
        if not self._mine().update(seen_at=timezone.now(), **also):
            raise Stopped

    def end(self, state: JobState = JobState.DONE, error: str = "", **also: Any) -> bool:
        """End the job, if it is still this worker's: inside the transaction that writes its result."""
        ended = {"state": state, "error": error[:300], "ended_at": timezone.now(), **self.row.forgets}
        return bool(self._mine().update(**(ended | also)))

    def put_back(self, error: str) -> None:
        """Leave it for another try, or end it after the last one."""
        if self.row.tries >= self.row.most_tries:
            self.end(JobState.FAILED, error)
        else:
            self._mine().update(state=JobState.QUEUED, error=error[:300], seen_at=timezone.now())

    def _mine(self) -> QuerySet[Row]:
        rows: QuerySet[Row] = type(self.row)._default_manager.all()
        return rows.filter(pk=self.row.pk, state=JobState.RUNNING, tries=self.row.tries)


def open_of(model: type[Row]) -> QuerySet[Row]:
    """Rows that have not ended yet."""
    rows: QuerySet[Row] = model._default_manager.all()
    return rows.filter(state__in=OPEN)


def free(model: type[Row], now: dt.datetime) -> QuerySet[Row]:
    """Open rows in nobody's hand: not taken yet, put back a while ago, or left by a worker that died."""
    return open_of(model).filter(Q(seen_at=None) | Q(seen_at__lt=now - model.lost_after))


def waiting(model: type[Row]) -> list[int]:
    """Ids of rows to be taken, fifty at most: those tried least come first, so what fails holds up no other."""
    rows = free(model, timezone.now()).order_by("tries", "pk")
    return list(rows.values_list("pk", flat=True)[:50])


def take(model: type[Row], pk: int) -> Hold[Row] | None:
    """Take a row for this worker, by one update with a condition: of two workers one gets it, on SQLite and
    PostgreSQL alike. A row that is too late or was tried often enough is given up."""
    now = timezone.now()
    row = free(model, now).filter(pk=pk)
    given_up = {"state": JobState.FAILED, "ended_at": now, **model.forgets}
    row.filter(model.too_late(now)).update(**given_up)
    row.filter(tries__gte=model.most_tries).update(
        **(given_up | ({"error": model.lost} if model.lost else {}))
    )
    if not row.update(state=JobState.RUNNING, seen_at=now, tries=F("tries") + 1):
        return None
    taken = model._default_manager.filter(pk=pk).first()
    return None if taken is None else Hold(taken)


def run(model: type[Row], pk: int, work: Callable[[Hold[Row]], Result]) -> Result | None:
    """Take a row and do its work, unless it ended, was cancelled, or another worker has it.

    :param work: idempotent; ends the row by its hold. No transaction is open around it.
    :returns: what ``work`` returned; None when it was not done or failed.
    """
    hold = take(model, pk)
    return None if hold is None else carry_out(hold, work)


def carry_out(hold: Hold[Row], work: Callable[[Hold[Row]], Result]) -> Result | None:
    """Do the work of a row that was taken; an error is written on it and raised, unless it is tried again."""
    name = f"{hold.row._meta.label} {hold.row.pk}"
    try:
        return work(hold)
    except Stopped:
        logger.info("%s stopped: cancelled, or taken by another worker", name)
    except DomainError as error:
        with translation.override(None):  # kept in the language of the code: readers have their own
            hold.end(JobState.FAILED, str(error))
    except Exception as error:
        away = hold.row.tried_again and isinstance(error, AWAY)
        logger.log(
            logging.WARNING if away else logging.ERROR, "%s not done, try %s: %s", name, hold.row.tries,
            type(error).__name__, exc_info=not away,
        )  # fmt: skip
        if not hold.row.tried_again:
            hold.end(JobState.FAILED, type(error).__name__)
            raise
        hold.put_back(type(error).__name__)
    return None


@dataclass(frozen=True, slots=True)
class Swept:
    """A kind of rows, for the sweep.

    :param model: their table.
    :param queue: where they are done: ``urgent`` or ``heavy``.
    :param do: takes and does the row of an id.
    """

    model: type[JobRow]
    queue: str
    do: Callable[[int], object]


#: kinds of rows that are jobs, in the order in which they are swept.
swept: Registry[Swept] = Registry("rows that are jobs")
