"""Reports: asked for once however often the button is tapped, made once however often the job runs."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from learners.models import Cohort, LearningRecord
from mooc.accounts.models import Region, User
from mooc.accounts.rights import Reach, Right, roles_with
from mooc.jobs import services as jobs
from mooc.jobs.models import Job
from mooc.jobs.services import Pulse
from mooc.lib.errors import DomainError
from mooc.lib.jobrow import JobState, Stopped
from mooc.lib.privacy import evidence

from .. import access, services
from ..closing import months, selectors
from ..data import JobKind, Scope, ScopeKind
from ..measure.catalogue import targets_of
from ..models import EvaluationReport, ReportFile
from ..targets import selectors as targets
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
    *,
    scope: Scope,
    region: Region | None,
    language: str,
    by: User | None,
    month: str = "",
    again: bool = False,
) -> tuple[EvaluationReport, bool]:
    """A report on a scope, and whether there is a new job to run for it.

    :param region: where it is filed: whoever supervises it may read it. :param month: ``2026-10``, a month
        that is over: up to its end, and once for all; empty: up to now, once in a minute. :param again: a new
        version of a month beside the one that is made.
    """
    same = _same(scope, region, language, month)
    now = timezone.now()
    with transaction.atomic():
        found = (same if month else same.filter(created_at__gt=now - DOUBLE_TAP)).first()
        if found is not None and not (month and again and _can_follow(found, now)):
            return found, ask_again(report=found, by=by)
        version = found.version + 1 if found else 1
        as_of = months.end_of(month) if month else now
        key = f"{scope}:{language}:{month or f'{now:%Y-%m-%dT%H:%M}'}" + (f":{version}" if found else "")
        job, new = jobs.ask_for(kind=JobKind.REPORT, key=key, as_of=as_of, by=by)
        if not new:
            return EvaluationReport.objects.get(job=job), False
        report = EvaluationReport.objects.create(
            job=job,
            kind=scope.kind,
            key=scope.key,
            region=region,
            title=_title(scope, region, language),
            language=language,
            as_of=as_of,
            month=month,
            version=version,
            made_by=by,
        )
    return report, True


def _same(scope: Scope, region: Region | None, language: str, month: str) -> QuerySet[EvaluationReport]:
    """Reports of this kind, the last version first."""
    rows = EvaluationReport.objects.filter(
        kind=scope.kind, key=scope.key, region=region, language=language, month=month
    )
    return rows.select_related("job").order_by("-version", "-pk")


def _title(scope: Scope, region: Region | None, language: str) -> str:
    with translation.override(language):
        return access.title_of(scope, region)[:200]


def _can_follow(found: EvaluationReport, now: dt.datetime) -> bool:
    """Whether a version is made, and not one that was asked for a moment ago by the same tap."""
    return bool(found.made_at) and (found.version == 1 or found.created_at <= now - DOUBLE_TAP)


def count_again(*, report: EvaluationReport, by: User | None) -> tuple[EvaluationReport, bool]:
    """A later count of a report's month, as a new version beside it, and whether there is a new job to run.

    :raises DomainError: for a report that is of no month.
    """
    if not report.month:
        raise DomainError(_("Only a report of a month has versions."), code="no_month")
    return ask_for_report(
        scope=report.scope, region=report.region, language=report.language, by=by, month=report.month, again=True
    )  # fmt: skip


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
        sealed = facts.closing is not None and facts.closing.sealed
        with targets_of(facts.closing.targets if facts.closing else targets.of_report(report)):
            page = report_of(facts)
            made = {"csv": tables.as_csv(page), "xlsx": tables.as_xlsx(page), "pdf": paper.as_pdf(page)}
    pulse(95, 100)
    with evidence.writing("make_report"), transaction.atomic():
        if not pulse.end(JobState.DONE):
            raise Stopped
        services.store(facts.kept)
        ReportFile.objects.bulk_create(_file(report, kind, content) for kind, content in made.items())
        EvaluationReport.objects.filter(pk=report.pk).update(made_at=timezone.now(), sealed=sealed)


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
        if _comes_before_the_closing(report):  # somebody asked for it in the night before the closing
            report, new = count_again(report=report, by=None)
        if new and report.job_id:
            found.append(report.job_id)
    return found


def _comes_before_the_closing(report: EvaluationReport) -> bool:
    """Whether a monthly report was made from figures that were not closed yet, and now are."""
    if (
        not report.made_at
        or report.sealed
        or selectors.closed(report.scope, report.region, report.month) is None
    ):
        return False
    versions = EvaluationReport.objects.filter(
        kind=report.kind, key=report.key, region=report.region, language=report.language, month=report.month
    )
    return not versions.filter(sealed=True).exists()


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
