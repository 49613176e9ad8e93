"""Monthly papers are made from the closed month, reconcile to the digit, and are counted again beside it."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.db import models
from django.test import Client
from django.utils import timezone, translation

from assessments.evaluation import tasks
from assessments.evaluation.closing import months, services
from assessments.evaluation.data import JobKind, Scope, ScopeKind
from assessments.evaluation.measure import catalogue
from assessments.evaluation.models import EvaluationReport, EvaluationSnapshot, MonthClose, ReportFile
from assessments.evaluation.reports import making
from courses.models import Module
from learners import services as learning
from learners.models import Learner
from learners.people.merging import erase
from mooc.jobs import services as jobs
from mooc.jobs import tasks as job_tasks
from mooc.jobs.models import Job
from tests import world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
NOW = months.last_over(timezone.localdate())
BEFORE = months.before(NOW)
LONG_AGO = timezone.now() - dt.timedelta(days=400)


@pytest.fixture
def county(make_user: Any, regions: dict[str, Any], people: dict[str, Any]) -> dict[str, Any]:
    """Seven people of a county who enrolled in the month before the last."""
    found = people | regions
    for number in range(7):
        found[f"p{number}"] = comes(make_user, f"p{number}", regions["village"], BEFORE)
    return found | {"make_user": make_user}


def comes(make_user: Any, name: str, region: Any, month: str) -> Learner:
    who = world.person(make_user, name, region, date_joined=LONG_AGO)
    at = months.begin_of(month) + dt.timedelta(days=5)
    learning.enrol(learner=who, module=Module.objects.get(slug=world.SLUG), at=at)
    return who


def close(month: str) -> None:
    job, _new = jobs.ask_for(kind=JobKind.CLOSE, key=services.KEY, as_of=months.end_of(month), by=None)
    jobs.run(job.pk)
    assert MonthClose.objects.filter(month=month).exists()


def paper(county: dict[str, Any], month: str, language: str = "en") -> EvaluationReport:
    report, _new = making.ask_for_report(
        scope=Scope(ScopeKind.REGION, "360321"),
        region=county["county"],
        language=language,
        by=None,
        month=month,
    )
    return made(report)


def made(report: EvaluationReport) -> EvaluationReport:
    job_tasks.run_job(report.job_id)
    report.refresh_from_db()
    assert report.made_at, report.job and report.job.error
    return report


def table(report: EvaluationReport, title: str) -> list[list[str]]:
    """The rows of a part of the CSV, its heads first."""
    content = bytes(ReportFile.objects.get(report=report, format="csv").content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))
    begin = next(n for n, row in enumerate(rows) if row == [title]) + 1
    return rows[begin : next(n for n in range(begin, len(rows)) if not rows[n])]


def text(report: EvaluationReport) -> str:
    return bytes(ReportFile.objects.get(report=report, format="csv").content).decode("utf-8-sig")


def numbers(report: EvaluationReport, code: str) -> tuple[str, str]:
    """Value as shown, and the month before."""
    row = next(row for row in table(report, "Figures") if row[0] == code)
    return row[3], row[-1]


def test_two_papers_that_follow_each_other_reconcile_to_the_digit(county: dict[str, Any]) -> None:
    close(BEFORE)
    first = paper(county, BEFORE)
    assert numbers(first, "enrolled")[0] == "7"
    assert "The first closing" in text(first)
    comes(county["make_user"], "in_time", county["village"], NOW)
    comes(county["make_user"], "late", county["village"], BEFORE)
    Learner.objects.filter(pk=county["p0"].pk).update(region=county["county2"])
    erase(learner=county["p1"])
    close(NOW)
    second = paper(county, NOW)
    assert numbers(second, "enrolled") == ("8", "7")
    heads, *rows = table(second, "Reconciliation")
    assert heads == [
        "Short name",
        "Figure",
        "Month before",
        "in the month",
        "known late",
        "moved",
        "This month",
    ]
    row = next(row for row in rows if row[0] == "enrolled")
    assert row[2:] == ["7", "1", "1", "-1", "8"]
    for row in rows:
        assert int(row[2]) + sum(int(cell) for cell in row[3:-1]) == int(row[-1]), row
    said = text(second)
    assert "Enrolled: 7, in the month +1, known late +1, moved −1, now 8" in said
    assert "A few people were erased since; their part stays, without a name." in said
    assert (first.sealed, second.sealed, second.version) == (True, True, 1)


def test_what_comes_after_the_closing_changes_no_paper_and_is_counted_again_beside_it(
    county: dict[str, Any],
) -> None:
    close(BEFORE)
    comes(county["make_user"], "late", county["village"], BEFORE)
    sealed = paper(county, BEFORE)
    assert numbers(sealed, "enrolled")[0] == "7"
    kept = list(EvaluationSnapshot.objects.filter(as_of=months.end_of(BEFORE)).order_by("pk").values())
    again, new = making.count_again(report=sealed, by=None)
    assert (new, making.count_again(report=sealed, by=None)) == (True, (again, False))  # a second tap
    made(again)
    assert numbers(again, "enrolled")[0] == "8"
    assert "Enrolled 7, now 8" in text(again)
    assert (again.version, again.sealed, again.month) == (2, False, BEFORE)
    assert ReportFile.objects.filter(report=sealed).count() == 3
    assert (
        list(EvaluationSnapshot.objects.filter(as_of=months.end_of(BEFORE)).order_by("pk").values()) == kept
    )


def test_a_paper_made_before_the_closing_says_so_and_the_sealed_one_follows(county: dict[str, Any]) -> None:
    early = paper(county, NOW, "zh-hans")
    assert not early.sealed
    with translation.override("zh-hans"):
        assert str(
            translation.gettext("This month was not closed when this was made: its figures may still change.")
        ) in text(early)
    today = timezone.localdate()
    making.ask_for_monthly(today)
    assert EvaluationReport.objects.filter(kind="region", key="360321").count() == 1
    close(NOW)
    for job in making.ask_for_monthly(today):
        job_tasks.run_job(job)
    sealed = EvaluationReport.objects.get(kind="region", key="360321", sealed=True)
    assert (sealed.version, sealed.language) == (2, "zh-hans")
    assert making.ask_for_monthly(today) == []


def test_the_reports_of_a_month_wait_until_it_is_closed(county: dict[str, Any], monkeypatch: Any) -> None:
    sent: list[int] = []
    monkeypatch.setattr(tasks, "later", lambda _task, job: sent.append(job))
    tasks.monthly_reports()
    assert [job.kind for job in Job.objects.all()] == [JobKind.CLOSE]
    jobs.run(sent.pop())
    tasks.monthly_reports()
    assert sent
    assert set(Job.objects.filter(pk__in=sent).values_list("kind", flat=True)) == {JobKind.REPORT}


def test_a_target_changed_on_the_day_of_closing_judges_no_closed_month(county: dict[str, Any]) -> None:
    close(NOW)
    stood = MonthClose.objects.get()
    as_if = stood.targets | {"passed": 0.5}  # the target was another when the month was closed
    models.QuerySet(MonthClose).filter(pk=stood.pk).update(targets=as_if)
    row = next(row for row in table(paper(county, NOW), "Figures") if row[0] == "passed")
    assert row[9] == "50%"
    assert catalogue.target_of(catalogue.indicator_of("passed")) == 0.8  # everywhere else it is today's


def test_the_button_makes_a_version_and_only_of_a_month(county: dict[str, Any]) -> None:
    close(NOW)
    sealed = paper(county, NOW)
    client = Client()
    client.force_login(county["supervisor"])
    answer = client.post(f"/supervision/reports/{sealed.pk}/recount/")
    newest = EvaluationReport.objects.get(version=2)
    assert answer.headers["Location"] == f"/supervision/reports/{newest.pk}/"
    plain, _new = making.ask_for_report(
        scope=Scope(ScopeKind.REGION, "360321"), region=county["county"], language="en", by=None
    )
    assert client.post(f"/supervision/reports/{plain.pk}/recount/").status_code == 400
