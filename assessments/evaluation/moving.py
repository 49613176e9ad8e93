"""What evaluation does when a place gets another code, or goes into another: figures and reports are found
under the new one. Called inside the transaction that changes the place."""

from __future__ import annotations

from django.db.models import Q

from mooc.accounts.models import Region
from mooc.jobs.models import Job
from mooc.lib import jobrow
from mooc.lib.jobrow import JobState

from .data import JobKind, ScopeKind
from .models import EvaluationReport, EvaluationSnapshot


def move(old: str, new: str) -> None:
    """Figures, reports and open jobs of a place go by its new code, where it has another."""
    if old != new:
        _recode(old, new)
    begin_again(old, new)


def _recode(old: str, new: str) -> None:
    snapshots = EvaluationSnapshot.objects
    snapshots.filter(kind=ScopeKind.REGION, key=new).delete()  # of a place that had the code before
    snapshots.filter(kind=ScopeKind.REGION, key=old).update(key=new)
    snapshots.filter(region_code=new).delete()
    snapshots.filter(region_code=old).update(region_code=new)
    EvaluationReport.objects.filter(kind=ScopeKind.REGION, key=old).update(key=new)


def merge(gone: Region, kept: Region) -> None:
    """Reports of the place that goes are filed under the one that stays, each as it was made. Figures of a
    place that is no more are dropped: those of the other are counted anew."""
    EvaluationSnapshot.objects.filter(
        Q(kind=ScopeKind.REGION, key=gone.code) | Q(region_code=gone.code)
    ).delete()
    for report in EvaluationReport.objects.filter(region=gone).exclude(month=""):
        same = {"kind": report.kind, "key": report.key, "language": report.language, "month": report.month}
        if EvaluationReport.objects.filter(region=kept, **same).exists():
            EvaluationReport.objects.filter(pk=report.pk).update(
                month=""
            )  # one a month; its title says which
    unmade = EvaluationReport.objects.filter(kind=ScopeKind.REGION, key=gone.code, made_at=None)
    unmade.update(key=kept.code, month="")  # of what is there when it is made
    begin_again(gone.code, kept.code)


def begin_again(old: str, new: str) -> None:
    """Whoever counts now began with the places as they were: the work is queued again, and what comes of the
    first turn is not stored. Jobs of the place go by its new code."""
    jobrow.open_of(Job).update(state=JobState.QUEUED, seen_at=None, percent=0)
    for job in jobrow.open_of(Job).filter(key__contains=old):
        key = _renamed(job, old, new)
        if key == job.key:
            continue
        if jobrow.open_of(Job).filter(kind=job.kind, key=key).exists():
            Job.objects.filter(pk=job.pk).update(state=JobState.CANCELLED)
        else:
            Job.objects.filter(pk=job.pk).update(key=key)


def _renamed(job: Job, old: str, new: str) -> str:
    """The key with the place's new code, where it stands whole: ``360321``, ``module:x@360321``,
    ``region:360321:en:…``."""
    if job.kind == JobKind.EVALUATE and job.key == old:
        return new
    head, sign, tail = job.key.partition("@")
    if sign and tail.split(":")[0] == old:
        return head + sign + new + tail[len(old) :]
    begin = f"{ScopeKind.REGION}:{old}"
    if job.key == begin or job.key.startswith(begin + ":"):
        return f"{ScopeKind.REGION}:{new}" + job.key[len(begin) :]
    return job.key
