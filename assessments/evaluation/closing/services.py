"""Closing months: once each, in order, all of it or nothing. See ``docs/evaluation.md``, "Closing a month"."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from learners.models import Cohort, Learner
from mooc.accounts.models import User
from mooc.jobs import services as jobs
from mooc.jobs.models import Job
from mooc.jobs.services import Pulse
from mooc.lib.jobrow import JobState, Stopped
from mooc.lib.privacy import evidence

from ..data import Cause, JobKind
from ..measure.catalogue import MODEL
from ..models import ClosedDrift, ClosedFigure, ClosedPerson, MonthClose
from ..models.closed import STANDING
from ..targets import selectors as targets
from . import ledger, months, states
from .ledger import NOWHERE, Counts, Ledger, Stored, Today

CLASS_COUNTS_ON = dt.timedelta(days=180)  # after its end
KEY = "months"  # of the job: one at a time, whatever month it is for
ROWS = 500  # in one statement
Drift = Counter[tuple[str, str, str, bool]]  # people by group, place then, place today, whether that is all


@dataclass(slots=True)
class _Counting:
    """A closing under way: its sums, and what it has read of the closing before.

    :param base: the closing before; ``None``: this is the first. :param known: the groups it had. :param groups:
        those counted so far. :param living: by group and place the sums of those who were counted then and still are.
        :param read: keys of the rows of theirs. :param seen: by group whom it has counted today.
    """

    month: str
    base: MonthClose | None
    known: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    batch: uuid.UUID = field(default_factory=uuid.uuid4)
    ledgers: dict[str, Ledger] = field(default_factory=lambda: defaultdict(Ledger))
    living: dict[tuple[str, str], Counts] = field(default_factory=lambda: defaultdict(Counter))
    read: set[int] = field(default_factory=set)
    seen: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    drift: Drift = field(default_factory=Counter)

    def rest(self, group: str) -> dict[bool, Cause]:
        """What the difference at the beginning of the month is called."""
        return ledger.rest_of(
            first=group not in self.known, same_model=bool(self.base and self.base.model == MODEL)
        )


def _begin(month: str, base: MonthClose | None) -> _Counting:
    counting = _Counting(month, base)
    if base:
        counting.known.update(base.figures.order_by().values_list("group", flat=True).distinct())
    return counting


def last_close() -> MonthClose | None:
    """The closing that was last: 1 query."""
    found: MonthClose | None = MonthClose.objects.order_by("-month").first()
    return found


def ask_to_close(today: dt.date, by: User | None = None) -> Job | None:
    """A job that closes the months that are over by ``today``; ``None`` when all are closed."""
    month = months.last_over(today)
    if not due(month):
        return None
    job, _new = jobs.ask_for(kind=JobKind.CLOSE, key=KEY, as_of=months.end_of(month), by=by)
    return job


def close_again(job: Job, by: User | None) -> Job | None:
    """A new job for one that failed."""
    return ask_to_close(timezone.localdate(job.as_of), by)


def due(month: str) -> list[str]:
    """The months to close so that ``month`` is: those since the last closing; before the first one it alone."""
    last = last_close()
    found = [] if last else [month]
    while last and (found[-1] if found else last.month) < month:
        found.append(months.after(found[-1] if found else last.month))
    return found


def close_months(job: Job, pulse: Pulse) -> None:
    """The work of a closing job. Each month is written in one transaction at its end; states of people are laid
    down before under a number of this run's own, which counts for nothing until then: killed anywhere, it has
    changed nothing."""
    found = due(months.last_over(timezone.localdate(job.as_of)))
    for number, month in enumerate(found, start=1):
        sweep()
        counting = _count(month, pulse)
        _write(counting, pulse, last=number == len(found))
    if not found and not pulse.end(JobState.DONE):
        raise Stopped
    sweep()


def _count(month: str, pulse: Pulse) -> _Counting:
    """Count everybody and every class that still has papers."""
    counting = _begin(month, last_close())
    begin, end = months.begin_of(month), months.end_of(month)
    of, done = Learner.objects.people().count(), 0
    for portion in states.of_everybody(begin, end):
        _take(counting, "", portion)
        done += len(portion)
        pulse(90 * min(done, of), 100 * max(of, 1))
    for cohort in classes(begin, end):
        group = states.group_of(cohort)
        _take(counting, group, _people_of(counting, group, cohort, begin, end))
        pulse(90, 100)
    _leftover(counting)
    _remainders(counting)
    return counting


def classes(begin: dt.datetime, end: dt.datetime) -> Iterable[Cohort]:
    """Classes that had begun, and ran or ended lately."""
    since = timezone.localdate(begin) - CLASS_COUNTS_ON
    return Cohort.objects.filter(starts_on__lt=timezone.localdate(end), ends_on__gte=since).order_by("pk")


def _people_of(
    counting: _Counting, group: str, cohort: Cohort, begin: dt.datetime, end: dt.datetime
) -> states.Portion:
    """The people of a class, and those who were counted in it at the closing before."""
    former: list[int] = []
    if counting.base:
        rows = ClosedPerson.objects.filter(batch=counting.base.batch, group=group)
        former = list(rows.values_list("learner_id", flat=True))
    return states.of_class(cohort, begin, end, former)


def _take(counting: _Counting, group: str, portion: states.Portion) -> None:
    """Add some people to the sums, and lay down their states. Who was erased since they were counted is left out."""
    counting.groups.add(group)
    with evidence.writing("close_month"), transaction.atomic():
        held = Learner.objects.select_for_update(no_key=True).filter(pk__in=portion).order_by("pk")
        there = list(held.values_list("pk", flat=True))
        stored = _stored(counting, group, there)
        for learner in there:
            _add(counting, group, learner, portion[learner], stored.get(learner, []))
        ClosedPerson.objects.bulk_create(
            (
                ClosedPerson(
                    batch=counting.batch, group=group, learner_id=pk, place=portion[pk].place, counts=portion[pk].end
                )
                for pk in there
                if portion[pk].end
            ),
            batch_size=ROWS,
        )  # fmt: skip


def _stored(counting: _Counting, group: str, learners: list[int]) -> dict[int, list[Stored]]:
    """What the closing before had of these people."""
    found: dict[int, list[Stored]] = defaultdict(list)
    if counting.base is None:
        return found
    rows = ClosedPerson.objects.filter(batch=counting.base.batch, group=group, learner__in=learners)
    for pk, learner, place, counts in rows.order_by("pk").values_list("pk", "learner_id", "place", "counts"):
        if pk not in counting.read:  # two became one while we count: it was read as the other's
            counting.read.add(pk)
            counting.living[group, place].update(counts)
            found[learner].append(Stored(place, Counter(counts)))
    return found


def _add(counting: _Counting, group: str, learner: int, today: Today, stored: list[Stored]) -> None:
    counting.seen[group].add(learner)
    counting.ledgers[group].note(ledger.changes(stored, today, counting.rest(group)))
    counting.drift.update((group, *one) for one in drifted(stored, today.place, today.begin))


def drifted(stored: list[Stored], place: str, now: Counts) -> Iterator[tuple[str, str, bool]]:
    """Whether a person is counted otherwise than at a closing: place then, place today, whether that is all."""
    if not stored and now:
        yield NOWHERE, place, False
    for one in stored:
        same = len(stored) == 1 and one.counts == now
        if not same or one.place != place:
            yield one.place, place, same


def _leftover(counting: _Counting) -> None:
    """Rows nobody was counted with: they became another's after that one was counted, whose they are already, or
    the person is none of those who are counted any more (works here now, say)."""
    if counting.base is None:
        return
    rows = ClosedPerson.objects.filter(batch=counting.base.batch, group__in=counting.groups)
    left = sorted(set(rows.values_list("pk", flat=True)) - counting.read)
    for at in range(0, len(left), ROWS):
        some = rows.filter(pk__in=left[at : at + ROWS])
        for group, learner, place, counts in some.values_list("group", "learner_id", "place", "counts"):
            counting.living[group, place].update(counts)
            cause = Cause.MERGED if learner in counting.seen[group] else Cause.CORRECTED
            counting.ledgers[group].note([ledger.Change(place, cause, ledger.negative(counts))])
            counting.drift[group, place, place, False] += 1


def _remainders(counting: _Counting) -> None:
    """What stands without anybody behind it: of the erased."""
    stands = states.places()
    for group, place, region, standing in _standing_rows(counting.base):
        if group not in counting.groups:
            continue  # a class whose papers have come to their end
        now_at = stands.get(region, place)
        living = counting.living[group, place]
        found = list(ledger.remainder(place, now_at, standing, living))
        counting.ledgers[group].note(found)
        counting.drift[group, place, NOWHERE, False] += found[0].counts[ledger.ERASED]


def _standing_rows(close: MonthClose | None) -> Iterator[tuple[str, str, int | None, Counts]]:
    rows = ClosedFigure.objects.filter(close=close, cause=STANDING) if close else ClosedFigure.objects.none()
    for group, place, region, counts in rows.values_list("group", "place", "region_id", "counts").iterator():
        yield group, place, region, Counter(counts)


def _write(counting: _Counting, pulse: Pulse, *, last: bool) -> None:
    """The closing, its sums, and what the one before has become: one transaction with the job's end."""
    figures = list(_figures(counting))
    with evidence.writing("close_month"), transaction.atomic():
        if not last:
            pulse(0, 100)
        elif not pulse.end(JobState.DONE):
            raise Stopped
        close = MonthClose.objects.create(
            month=counting.month, begins=months.begin_of(counting.month), ends=months.end_of(counting.month),
            model=MODEL, batch=counting.batch, targets=targets.of_month(counting.month),
        )  # fmt: skip
        for row in figures:
            row.close = close
        ClosedFigure.objects.bulk_create(figures, batch_size=ROWS)
        if counting.base:
            write_drift(counting.base, counting.drift)


def _figures(counting: _Counting) -> Iterator[ClosedFigure]:
    """The rows of a closing: by place each cause that changed anything, and the sums."""
    before: dict[str, dict[str, Counts]] = defaultdict(dict)
    regions = {place: region for region, place in states.places().items()}
    for group, place, region, counts in _standing_rows(counting.base):
        before[group][place] = counts
        regions.setdefault(place, region)  # merged into another since: the row says into which
    for group in sorted(counting.groups):
        sums = counting.ledgers[group]
        standing = sums.standing(before[group])
        for place in sorted({*standing, *sums.sums}):
            causes = {str(cause): counts for cause, counts in sums.by_cause(place).items()}
            causes[STANDING] = standing.get(place, Counter())
            for cause, counts in causes.items():
                if counts:
                    yield ClosedFigure(
                        group=group, region_id=regions.get(place), place=place, cause=cause, counts=counts
                    )


def write_drift(close: MonthClose, drift: Drift) -> None:
    """Put these numbers of a closing in the place of the ones before."""
    ClosedDrift.objects.filter(close=close).delete()
    now = timezone.now()
    rows = (
        ClosedDrift(close=close, group=group, was=was, now=at, only_moved=only, people=people, found_at=now)
        for (group, was, at, only), people in drift.items()
        if people
    )
    ClosedDrift.objects.bulk_create(rows, batch_size=ROWS)


def recount(job: Job, pulse: Pulse) -> None:
    """The work of a recount: how many people are counted otherwise today than at the last closing."""
    close = last_close()
    if close:
        counting = _begin(close.month, close)
        of, done = Learner.objects.people().count(), 0
        for portion in states.of_everybody(close.ends, close.ends):
            _compare(counting, "", portion)
            done += len(portion)
            pulse(90 * min(done, of), 100 * max(of, 1))
        for cohort in classes(close.begins, close.ends):
            group = states.group_of(cohort)
            _compare(counting, group, _people_of(counting, group, cohort, close.ends, close.ends))
            pulse(90, 100)
        _leftover(counting)
        _remainders(counting)
    with transaction.atomic():
        if not pulse.end(JobState.DONE):
            raise Stopped
        if close and close == last_close():
            write_drift(close, counting.drift)


def _compare(counting: _Counting, group: str, portion: states.Portion) -> None:
    counting.groups.add(group)
    stored = _stored(counting, group, list(portion))
    for learner, today in portion.items():
        _add(counting, group, learner, today, stored.get(learner, []))


def ask_to_recount(by: User | None = None) -> Job | None:
    """A job that finds what changed since the last closing; ``None`` before there is one."""
    close = last_close()
    if close is None:
        return None
    job, _new = jobs.ask_for(kind=JobKind.RECOUNT, key=KEY, as_of=close.ends, by=by)
    return job


def recount_again(job: Job, by: User | None) -> Job | None:
    """A new job for one that failed."""
    return ask_to_recount(by)


@evidence.writing("close_month")
def sweep() -> int:
    """Drop states no closing stands on: of the month before, of workers that never came to their end."""
    last = MonthClose.objects.order_by("-month").values_list("batch", flat=True).first()
    count = 0
    while True:
        rows: Any = ClosedPerson.objects.exclude(batch=last) if last else ClosedPerson.objects.all()
        keys = list(rows.order_by("pk").values_list("pk", flat=True)[: 4 * ROWS])
        if not keys:
            return count
        for at in range(0, len(keys), ROWS):
            count += ClosedPerson.objects.filter(pk__in=keys[at : at + ROWS]).delete()[0]
