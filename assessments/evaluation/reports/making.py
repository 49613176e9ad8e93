"""Reports: asked for once however often the button is tapped, made once however often the job runs."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from learners.models import Cohort, LearningRecord
from mooc.accounts.models import Region, User
from mooc.accounts.rights import Reach, Right, roles_with
from mooc.jobs import services as jobs
from mooc.jobs.models import Job
from mooc.jobs.services import Pulse
from mooc.lib.jobrow import JobState, Stopped
from mooc.lib.privacy import evidence

from .. import access, services
from ..data import JobKind, Scope, ScopeKind
from ..models import EvaluationReport, ReportFile
from . import tables
from .gathering import facts_of
from .reporting import report_of

DOUBLE_TAP = dt.timedelta(minutes=1)
FORMATS = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def ask_for_report(
    *, scope: Scope, region: Region | None, language: str, by: User | None, month: str = ""
) -> tuple[EvaluationReport, bool]:
    """A report on a scope, and whether there is a new job to run for it.

    :param region: where it is filed: whoever supervises it may read it. :param month: ``2026-10``, a month
        that is over: up to its end, and once for all; empty: up to now, once in a minute.
    """
    same = EvaluationReport.objects.filter(
        kind=scope.kind, key=scope.key, region=region, language=language, month=month
    )
    now = timezone.now()
    with transaction.atomic():
        found = (
            (same if month else same.filter(created_at__gt=now - DOUBLE_TAP)).select_related("job").first()
        )
        if found is not None:
            return found, ask_again(report=found, by=by)
        as_of = end_of(month) if month else now
        key = f"{scope}:{language}:{month or f'{now:%Y-%m-%dT%H:%M}'}"
        job, new = jobs.ask_for(kind=JobKind.REPORT, key=key, as_of=as_of, by=by)
        if not new:
            return EvaluationReport.objects.get(job=job), False
        with translation.override(language):
            title = access.title_of(scope, region)[:200]
        report = EvaluationReport.objects.create(
            job=job,
            kind=scope.kind,
            key=scope.key,
            region=region,
            title=title,
            language=language,
            as_of=as_of,
            month=month,
            made_by=by,
        )
    return report, True


def ask_again(*, report: EvaluationReport, by: User | None) -> bool:
    """A new job for a report whose job failed or was cancelled. Whether there is one to run."""
    job = report.job
    if report.made_at or (job and job.is_open):
        return False
    key = job.key if job else f"{report.scope}:{report.language}:{report.pk}"
    with transaction.atomic():
        again, new = jobs.ask_for(kind=JobKind.REPORT, key=key, as_of=report.as_of, by=by)
        if new:
            EvaluationReport.objects.filter(pk=report.pk).update(job=again)
            report.job = again
    return new


def make_again(job: Job, by: User | None) -> Job | None:
    """A new job for the report of one that failed; None when its files are there, or are being made."""
    report = EvaluationReport.objects.filter(job=job).first()
    return report.job if report is not None and ask_again(report=report, by=by) else None


def make_report(job: Job, pulse: Pulse) -> None:
    """The work of a report job: figures, page and tables, stored in one transaction with the job's end."""
    from . import paper  # fonts and paper take 28 MB: only for whoever prints

    report = EvaluationReport.objects.select_related("region").get(job=job)
    pulse(5, 100)
    with translation.override(report.language):
        facts = facts_of(report, lambda done, of: pulse(50 * done, 100 * of))
        pulse(60, 100)
        page = report_of(facts)
        made = {"csv": tables.as_csv(page), "xlsx": tables.as_xlsx(page), "pdf": paper.as_pdf(page)}
    pulse(95, 100)
    with evidence.writing("make_report"), transaction.atomic():
        if not pulse.end(JobState.DONE):
            raise Stopped
        services.store(facts.kept)
        ReportFile.objects.bulk_create(_file(report, kind, content) for kind, content in made.items())
        EvaluationReport.objects.filter(pk=report.pk).update(made_at=timezone.now())


def ask_for_monthly(today: dt.date) -> list[int]:
    """Reports on the month before ``today``, for every place somebody supervises and every class that
    ran in it, in the site's language. Returns the ids of jobs to run; asked again, there are none."""
    last = today.replace(day=1) - dt.timedelta(days=1)
    month = f"{last:%Y-%m}"
    places = Region.objects.filter(
        rolegrant__role__in=roles_with(Right.SEE_FIGURES, [Reach.REGION])
    ).distinct()
    classes = Cohort.objects.filter(starts_on__lte=last, ends_on__gte=last.replace(day=1))
    wanted = [(Scope(ScopeKind.REGION, region.code), region) for region in places]
    wanted += [(Scope(ScopeKind.COHORT, row.code), row.region) for row in classes.select_related("region")]
    found = []
    for scope, region in wanted:
        report, new = ask_for_report(
            scope=scope, region=region, language=settings.LANGUAGE_CODE, by=None, month=month
        )
        if new and report.job_id:
            found.append(report.job_id)
    return found


def end_of(month: str) -> dt.datetime:
    """The midnight that ends a month ``2026-10``."""
    first = dt.date.fromisoformat(f"{month}-01")
    following = (first + dt.timedelta(days=31)).replace(day=1)
    return timezone.make_aware(dt.datetime.combine(following, dt.time()))


def first_day() -> dt.date:
    """The day of the first learning record; before there is one, today: 1 query."""
    first = LearningRecord.objects.order_by("happened_at").values_list("happened_at", flat=True).first()
    return timezone.localdate(first) if first else timezone.localdate()


def months_over(today: dt.date, count: int = 12, since: dt.date = dt.date.min) -> list[str]:
    """The last months that are over, the newest first, none that ended before ``since``."""
    found: list[str] = []
    for _n in range(count):
        today = today.replace(day=1) - dt.timedelta(days=1)
        if today < since:
            break
        found.append(f"{today:%Y-%m}")
    return found


def _file(report: EvaluationReport, kind: str, content: bytes) -> ReportFile:
    sha256 = hashlib.sha256(content).hexdigest()
    return ReportFile(report=report, format=kind, content=content, sha256=sha256, size=len(content))
