"""Writes of evaluation: snapshots of one scope, and of everything at once as a job."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils import timezone

from courses.models import Course, Module
from learners.models import Cohort, Learner
from mooc.accounts.models import User
from mooc.jobs import services as jobs
from mooc.jobs.models import Job
from mooc.jobs.services import Pulse
from mooc.lib import jobrow
from mooc.lib.jobrow import JobState, Stopped

from . import data
from .counting import totals
from .counting.reach import reach_of
from .data import JobKind, Scope, ScopeKind
from .help import checking, helping
from .measure.catalogue import MODEL
from .measure.tally import Tally, figures_of
from .models import EvaluationSnapshot, HelpClassCheck, HelpNeed, HelpReturn

WHOLE_TREE = "tree"  # the key of the nightly job
CLASS_COUNTS_ON = dt.timedelta(days=180)  # after its end
KEEP_DAILY = dt.timedelta(days=60)  # older ones: the first of each month


def today_begins() -> dt.datetime:
    """Midnight: what the nightly snapshot counts up to."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def snapshot_of(scope: Scope, as_of: dt.datetime, counts: Mapping[str, int] | None = None) -> data.Snapshot:
    """Compute the figures of a scope now, without storing them.

    :param counts: of the archive, in the place of those that would be counted.

    :raises UnknownScope: when there is no such place, class, course or module.
    """
    tally = totals.tally(reach_of(scope, as_of))
    if counts is not None:
        tally.counts = Counter(counts)
    return data.Snapshot(scope, as_of, MODEL, figures_of(tally, scope.kind))


def take_snapshot(scope: Scope, as_of: dt.datetime) -> data.Snapshot:
    """Compute and store the figures of a scope, of a region with all below; the same moment again replaces
    them.

    :raises UnknownScope: when there is no such place, class, course or module.
    """
    if scope.kind != ScopeKind.REGION:
        taken = {scope.key: snapshot_of(scope, as_of)}
    else:
        taken = snapshots_by_place(scope, scope.key, as_of)
    store(taken.values())
    return taken[scope.key]


def snapshots_by_place(
    scope: Scope,
    code: str,
    as_of: dt.datetime,
    progress: totals.Progress = totals.no_progress,
    sums: Mapping[str, Mapping[str, int]] | None = None,
) -> dict[str, data.Snapshot]:
    """The snapshot of a scope under ``code``, and by code that of the same people in each region below it
    where some of them live: 16 queries.

    :param sums: counts of the archive by code, in the place of all that would be counted.
    :raises UnknownScope: when there is no such place, class, course or module.
    """
    tallies = totals.tallies_by_place(reach_of(scope, as_of), code, progress)
    if sums is not None:
        for key in {*tallies, *sums}:
            tallies.setdefault(key, Tally()).counts = Counter(sums.get(key, {}))
    return {
        key: data.Snapshot(
            scope if key == code else Scope(ScopeKind.REGION, key),
            as_of,
            MODEL,
            figures_of(tally, scope.kind),
        )
        for key, tally in tallies.items()
    }


def store(snapshots: Iterable[data.Snapshot]) -> None:
    """Write snapshots, in the place of those of the same scope and moment."""
    rows = [
        EvaluationSnapshot(
            kind=s.scope.kind,
            key=s.scope.key,
            region_code=s.scope.region,
            as_of=s.as_of,
            model=s.model,
            figures=[figure.as_json() for figure in s.figures],
        )
        for s in snapshots
    ]
    EvaluationSnapshot.objects.bulk_create(
        rows,
        update_conflicts=True,
        update_fields=["figures", "updated_at"],
        batch_size=100,
        unique_fields=["kind", "key", "region_code", "as_of", "model"],
    )


def count_anew() -> Job:
    """A job that counts everything up to this moment: one that waits does it too, one that runs was sent back
    (see ``moving``)."""
    now = timezone.now()
    job, new = jobs.ask_for(kind=JobKind.EVALUATE, key=WHOLE_TREE, as_of=now, by=None)
    if not new:
        jobrow.open_of(Job).filter(pk=job.pk).update(as_of=now)
    return job


def evaluate(job: Job, pulse: Pulse) -> None:
    """The work of an evaluation job: everything, a region and all below, a class, course or module. All of it is stored
    in one transaction at the end: cancelled or killed, it has changed nothing."""
    scope, others = _asked(job)
    pulse(0, 100)
    taken: list[data.Snapshot] = []
    if scope.kind == ScopeKind.REGION:
        taken += snapshots_by_place(
            scope, scope.key, job.as_of, lambda done, of: pulse(40 * done, 100 * of)
        ).values()
    for number, other in enumerate(others, start=1):
        taken.append(snapshot_of(other, job.as_of))
        pulse(40 + 45 * number // len(others), 100)
    learners = reach_of(scope, job.as_of).learners
    if scope.kind in (ScopeKind.COURSE, ScopeKind.MODULE):
        learners = learners.none()  # who needs help is asked of places and classes
    needs = list(helping.needs_of(learners, job.as_of))
    pulse(90, 100)
    checks = _checks(job)
    pulse(95, 100)
    with transaction.atomic():
        store(taken)
        checking.store(*checks)
        helping.replace_needs(learners, needs)
        HelpNeed.objects.exclude(learner__in=Learner.objects.not_staff()).delete()  # who got a role since
        if job.key == WHOLE_TREE:
            forget_old(job.as_of)
        if not pulse.end(JobState.DONE):
            raise Stopped


def _checks(job: Job) -> tuple[list[HelpReturn], list[HelpClassCheck]]:
    """Once a night a little of whether calls help and the rule is right: one day, and a few classes."""
    if job.key != WHOLE_TREE:
        return [], []
    day = checking.day_to_count(job.as_of)
    classes = [checking.check_class(row) for row in checking.classes_to_check(job.as_of)]
    return checking.count_returns(day) if day else [], classes


def _asked(job: Job) -> tuple[Scope, list[Scope]]:
    """Whose people a job is about, and what is counted besides their places."""
    if job.key == WHOLE_TREE:
        return Scope(ScopeKind.REGION, ""), _other_scopes(job.as_of)
    kind, _sign, key = job.key.rpartition(":")
    key, _at, region = key.partition("@")
    scope = Scope(kind or ScopeKind.REGION, key, region)
    return scope, [scope] if kind else []


def _other_scopes(as_of: dt.datetime) -> list[Scope]:
    """Classes that run or ended lately, courses, modules."""
    since = timezone.localdate(as_of) - CLASS_COUNTS_ON
    cohorts = Cohort.objects.filter(ends_on__gte=since).order_by("pk").values_list("code", flat=True)
    courses = Course.objects.order_by("pk").values_list("slug", flat=True)
    modules = Module.objects.published().order_by("pk").values_list("slug", flat=True)
    return [
        *(Scope(ScopeKind.COHORT, code) for code in cohorts),
        *(Scope(ScopeKind.COURSE, slug) for slug in courses),
        *(Scope(ScopeKind.MODULE, slug) for slug in modules),
    ]


def forget_old(as_of: dt.datetime) -> int:
    """Drop old daily snapshots, but for the first day of each month. Returns how many."""
    old = EvaluationSnapshot.objects.filter(as_of__lt=as_of - KEEP_DAILY).exclude(as_of__day=1)
    count, _rows = old.delete()
    return count


def evaluate_again(job: Job, by: User | None) -> Job:
    """A new job that counts what one that failed was to count."""
    again, _new = jobs.ask_for(kind=JobKind.EVALUATE, key=job.key, as_of=job.as_of, by=by)
    return again
