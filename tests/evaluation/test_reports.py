"""Reports: asked for once, made once, on one page; the same figures everywhere; nobody else's."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import subprocess
import time
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.translation import gettext
from openpyxl import load_workbook

from assessments.evaluation import selectors, services
from assessments.evaluation.closing import months
from assessments.evaluation.data import Scope, ScopeKind, Unit
from assessments.evaluation.help import helping
from assessments.evaluation.measure.catalogue import SHIPPED
from assessments.evaluation.measure.places import PlaceRow
from assessments.evaluation.models import EvaluationReport, EvaluationSnapshot, ReportFile
from assessments.evaluation.reports import making, paper, reporting, tables
from assessments.evaluation.reports.gathering import facts_of
from assessments.evaluation.templatetags.reports import file_size
from courses.models import Module
from learners import services as learning
from learners.classes import cohorts
from learners.models import LearningRecord
from mooc.accounts.models import User
from mooc.jobs import services as jobs
from mooc.jobs import tasks as job_tasks
from mooc.jobs.models import Job
from mooc.lib import jobrow
from mooc.lib.jobrow import JobState
from mooc.lib.privacy import evidence
from tests import world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
COUNTY, COUNTY2 = "360321", "360322"


@pytest.fixture
def county(make_user: Any, regions: dict[str, Any], people: dict[str, Any]) -> dict[str, Any]:
    """The small world, one person of every role, the regions."""
    return people | regions | world.build(make_user, regions)


def client_for(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ask(county: dict[str, Any], language: str = "en", **asked: Any) -> EvaluationReport:
    fields = {
        "scope": Scope(ScopeKind.REGION, COUNTY),
        "region": county["county"],
        "by": county["supervisor"],
    }
    report, _new = making.ask_for_report(language=language, **(fields | asked))
    return report


def make(county: dict[str, Any], language: str = "en", **asked: Any) -> EvaluationReport:
    report = ask(county, language, **asked)
    job_tasks.run_job(report.job_id)
    report.refresh_from_db()
    return report


def content(report: EvaluationReport, kind: str) -> bytes:
    return bytes(ReportFile.objects.get(report=report, format=kind).content)


def text_of(pdf: bytes, *options: str) -> str:
    done = subprocess.run(["pdftotext", *options, "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def pages_of(pdf: bytes, folder: Path) -> tuple[int, str]:
    """How many pages, and of which size."""
    file = folder / "report.pdf"
    file.write_bytes(pdf)
    done = subprocess.run(["pdfinfo", str(file)], capture_output=True, check=True, text=True)
    facts = dict(line.split(":", 1) for line in done.stdout.splitlines() if ":" in line)
    return int(facts["Pages"]), facts["Page size"].strip()


# --- asking ----------------------------------------------------------------------------------------


def test_a_report_is_asked_for_made_and_taken_along(county: dict[str, Any]) -> None:
    client = client_for(county["supervisor"])
    data = {"what": f"region:{COUNTY}", "month": "", "language": "zh-hans"}
    answer = client.post("/supervision/reports/", data)
    report = EvaluationReport.objects.get()
    assert answer.headers["Location"] == f"/supervision/reports/{report.pk}/"
    waiting = client.get(answer.headers["Location"])
    assert waiting.headers["Refresh"] == "2"
    assert "<progress" in waiting.content.decode()
    job_tasks.run_job(report.job_id)
    done = client.get(answer.headers["Location"])
    html = done.content.decode()
    assert "Refresh" not in done.headers
    for file in report.files.all():
        assert file.sha256 in html
        got = client.get(f"/supervision/reports/{report.pk}/files/{file.format}/")
        assert got.content == bytes(file.content)
        assert len(got.content) == file.size
        assert got["Content-Disposition"].startswith("attachment; filename")
        assert (got["X-Content-Type-Options"], got["Cache-Control"]) == ("nosniff", "no-store")
    assert f"/supervision/reports/{report.pk}/" in client.get("/supervision/reports/").content.decode()


def test_a_double_tap_is_one_report(county: dict[str, Any]) -> None:
    first, second = ask(county), ask(county)
    assert first == second
    job_tasks.run_job(first.job_id)
    assert ask(county) == first
    assert ask(county, "zh-hans") != first
    assert (EvaluationReport.objects.count(), Job.objects.count()) == (2, 2)


@pytest.mark.parametrize(
    "change", [{"what": ""}, {"what": "county"}, {"what": "planet:mars"}, {"month": "2026-13"}, {"month": "soon"},
               {"month": "2099-01"}, {"language": "fr"}, {"what": "x" * 500}],
)  # fmt: skip
def test_bad_input_gets_a_sentence_and_what_was_chosen_stays(
    county: dict[str, Any], change: dict[str, str]
) -> None:
    client = client_for(county["supervisor"])
    data = {"what": f"region:{COUNTY}", "month": "", "language": "en"} | change
    answer = client.post("/supervision/reports/", data)
    html = answer.content.decode()
    assert answer.status_code == 400
    assert 'class="error"' in html
    if "what" not in change:
        assert f'<option value="region:{COUNTY}" selected>' in html
    if "language" not in change:
        assert '<option value="en" selected>' in html
    assert not EvaluationReport.objects.exists()
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "what",
    ["region:36", f"region:{COUNTY2}", f"region:{COUNTY2}\x00", "cohort:NONE", "course:none", "module:none"],
)
def test_what_is_not_ones_own_is_not_there(county: dict[str, Any], what: str) -> None:
    client = client_for(county["supervisor"])
    data = {"what": what, "month": "", "language": "en"}
    assert client.post("/supervision/reports/", data).status_code in (400, 404)
    assert not EvaluationReport.objects.exists()


def test_every_kind_of_scope_has_its_report(county: dict[str, Any], tmp_path: Path) -> None:
    cohort = make_class(county)
    module = Module.objects.get(slug=world.SLUG)
    client = client_for(county["supervisor"])
    for what in (
        f"region:{COUNTY}",
        f"cohort:{cohort.code}",
        f"course:{module.course.slug}",
        f"module:{module.slug}",
    ):
        client.post("/supervision/reports/", {"what": what, "month": "", "language": "en"})
        report = EvaluationReport.objects.first()
        assert report
        job_tasks.run_job(report.job_id)
        assert pages_of(content(report, "pdf"), tmp_path)[0] == 1, what
        stored = EvaluationSnapshot.objects.of(report.scope).get(as_of=report.as_of).as_data()
        assert stored.figures == services.snapshot_of(report.scope, report.as_of).figures
        enrolled = stored.figure("enrolled")
        assert enrolled is not None
        assert enrolled.value == (0.0 if "cohort" in what else 8.0), "narrowed to the supervisor's place"


def make_class(county: dict[str, Any]) -> Any:
    today = timezone.localdate()
    return cohorts.open_cohort(
        leader=county["trainer"], title="一期", region=county["county"], modules=[Module.objects.get(slug=world.SLUG)],
        starts_on=today - dt.timedelta(days=5), ends_on=today + dt.timedelta(days=5),
    )  # fmt: skip


def test_an_operator_has_one_on_everybody(county: dict[str, Any]) -> None:
    client = client_for(county["operator"])
    client.post("/supervision/reports/", {"what": "region:", "month": "", "language": "en"})
    report = EvaluationReport.objects.get()
    job_tasks.run_job(report.job_id)
    assert "14 people enrolled" in text_of(content(report, "pdf"))
    assert not EvaluationReport.objects.visible_to(county["supervisor"]).exists()


# --- making ----------------------------------------------------------------------------------------


def test_however_often_the_job_runs_there_is_one_effect(county: dict[str, Any]) -> None:
    report = make(county)
    before = list(ReportFile.objects.values_list("pk", "sha256"))
    job_tasks.run_job(report.job_id)
    job_tasks.sweep("heavy")
    assert list(ReportFile.objects.values_list("pk", "sha256")) == before
    assert len(before) == 3


def test_a_worker_thought_dead_that_comes_back_stores_nothing(county: dict[str, Any]) -> None:
    report = ask(county)
    taken = jobrow.take(Job, report.job_id)
    assert taken
    job = taken.row
    Job.objects.filter(pk=job.pk).update(tries=job.tries + 1)  # another worker has it
    with pytest.raises(jobrow.Stopped):
        making.make_report(job, jobs.Pulse(job))
    assert not ReportFile.objects.exists()
    assert not EvaluationSnapshot.objects.exists()


def test_a_cancelled_report_is_not_made_and_can_be_made_after_all(county: dict[str, Any]) -> None:
    report = ask(county)
    client = client_for(county["supervisor"])
    client.post(f"/supervision/reports/{report.pk}/cancel/")
    job_tasks.run_job(report.job_id)
    assert not ReportFile.objects.exists()
    assert (
        f"/supervision/reports/{report.pk}/again/"
        in client.get(f"/supervision/reports/{report.pk}/").content.decode()
    )
    for _tap in range(2):
        client.post(f"/supervision/reports/{report.pk}/again/")
    report.refresh_from_db()
    assert Job.objects.count() == 2
    job_tasks.run_job(report.job_id)
    assert ReportFile.objects.count() == 3
    client.post(f"/supervision/reports/{report.pk}/again/")
    assert Job.objects.count() == 2, "what is made is made"


def test_a_report_that_cannot_be_made_says_why(county: dict[str, Any]) -> None:
    report = ask(county, scope=Scope(ScopeKind.COHORT, make_class(county).code))
    EvaluationReport.objects.filter(pk=report.pk).update(key="GONE")
    job_tasks.run_job(report.job_id)
    job = Job.objects.get(pk=report.job_id)
    assert (job.state, job.error) == (JobState.FAILED, "There is no such place, class, course or module.")
    client = client_for(county["supervisor"])
    for language in ("en", "zh-hans"):  # each reader's own, not the worker's
        client.cookies["django_language"] = language
        html = client.get(f"/supervision/reports/{report.pk}/").content.decode()
        with translation.override(language):
            assert translation.gettext(job.error) in html
        assert "/again/" in html


def test_the_board_after_a_report_still_shows_its_places(county: dict[str, Any]) -> None:
    """The newest snapshot is that of the report; the places below must be of the same moment."""
    client = client_for(county["supervisor"])
    client.cookies["django_language"] = "en"
    report = make(county)
    assert "Place by place" in client.get("/supervision/").content.decode()
    board = selectors.board(Scope(ScopeKind.REGION, COUNTY), county["county"], county["supervisor"])
    assert board.as_of == report.as_of
    assert [(row.code, row.enrolled) for row in board.places] == [("360321100", 8)]
    village = county["village"]
    kept = EvaluationSnapshot.objects.of(Scope(ScopeKind.REGION, village.code)).get(as_of=report.as_of)
    alone = services.snapshot_of(Scope(ScopeKind.REGION, village.code), report.as_of)
    assert kept.as_data().figures == alone.figures


def test_the_same_figures_are_the_same_bytes(county: dict[str, Any]) -> None:
    report = make(county, "zh-hans")
    time.sleep(1.1)  # whatever counts seconds has another one now
    with translation.override("zh-hans"):
        page = reporting.report_of(facts_of(report))
        assert paper.as_pdf(page) == content(report, "pdf")
        assert tables.as_xlsx(page) == content(report, "xlsx")
        assert tables.as_csv(page) == content(report, "csv")


# --- every month -----------------------------------------------------------------------------------


def test_monthly_reports_are_made_once_up_to_the_months_end(county: dict[str, Any]) -> None:
    cohort = make_class(county)
    today = (cohort.ends_on.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    first = making.ask_for_monthly(today)
    assert making.ask_for_monthly(today) == []
    made = EvaluationReport.objects.order_by("kind", "key").values_list("kind", "key", "language")
    assert list(made) == [
        ("cohort", cohort.code, "zh-hans"),
        ("region", COUNTY, "zh-hans"),
        ("region", COUNTY2, "zh-hans"),
    ]
    assert len(first) == 3
    last = today - dt.timedelta(days=1)
    for report in EvaluationReport.objects.all():
        assert report.month == f"{last:%Y-%m}"
        assert timezone.localtime(report.as_of) == timezone.make_aware(dt.datetime.combine(today, dt.time()))
        assert reporting.data_date(report.as_of) == f"{last:%Y-%m-%d}"


def test_the_schedule_names_a_task_that_exists() -> None:
    from mooc.celery import app

    app.loader.import_default_modules()
    assert app.conf.beat_schedule["monthly-reports"]["task"] in app.tasks


@evidence.writing("record_act")
def long_ago(county: dict[str, Any]) -> None:
    """Somebody of the other county came a year ago: then all months are offered."""
    LearningRecord.objects.filter(learner=county["p12"]).update(
        happened_at=timezone.now() - dt.timedelta(days=400)
    )


def test_a_month_before_the_first_record_is_not_offered_and_not_made(county: dict[str, Any]) -> None:
    today = timezone.localdate()
    assert making.months_over(today.replace(month=3, day=9), since=today.replace(month=2, day=28)) == [
        f"{today.year}-02"
    ]
    client = client_for(county["supervisor"])
    first = making.first_day()
    offered = client.get("/supervision/reports/").context["form"].fields["month"].choices
    assert all(months.end_of(month).date() > first for month, _name in offered if month)
    early = f"{first.replace(day=1) - dt.timedelta(days=1):%Y-%m}"
    data = {"what": f"region:{COUNTY}", "month": early, "language": "en"}
    assert client.post("/supervision/reports/", data).status_code == 400
    assert not EvaluationReport.objects.exists()
    long_ago(county)
    assert client.post("/supervision/reports/", data).status_code == 302


def test_before_there_is_any_record_no_month_is_offered(people: dict[str, Any]) -> None:
    client = client_for(people["supervisor"])
    assert len(client.get("/supervision/reports/").context["form"].fields["month"].choices) == 1


def test_a_past_month_counts_what_was_then(county: dict[str, Any]) -> None:
    month = making.months_over(timezone.localdate())[1]
    long_ago(county)
    client = client_for(county["supervisor"])
    for _tap in range(2):
        client.post("/supervision/reports/", {"what": f"region:{COUNTY}", "month": month, "language": "en"})
    report = EvaluationReport.objects.get()
    job_tasks.run_job(report.job_id)
    assert "Nobody is enrolled yet" in text_of(content(report, "pdf"))


# --- the same to the digit -----------------------------------------------------------------------------


def rows_of(table: list[list[Any]]) -> dict[str, list[Any]]:
    """Rows of the figures by their code."""
    return {str(row[0]): row for row in table if row and row[0]}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_screen_export_paper_command_and_api_are_equal_to_the_digit(
    county: dict[str, Any], make_user: Any, language: str
) -> None:
    for number in range(3):  # some hidden, some not, a second module, second tries
        who = world.person(make_user, f"more{number}", county["village2"])
        learning.enrol(learner=who, module=Module.objects.exclude(slug=world.SLUG).get())
    report = make(county, language)
    moment = report.as_of.isoformat()
    out = io.StringIO()
    call_command("evaluate", "--region", COUNTY, "--as-of", moment, "--json", stdout=out)
    command = json.loads(out.getvalue())
    api = client_for(county["supervisor"]).get(f"/api/v1/evaluations/?kind=region&key={COUNTY}").json()
    lights = {row["code"]: row.pop("light") for row in api["indicators"]}
    assert [row.pop("target") for row in api["indicators"]] == [SHIPPED.get(code) for code in lights]
    assert api == command
    with translation.override(language):
        page = reporting.report_of(facts_of(report))
    book = load_workbook(io.BytesIO(content(report, "xlsx")))
    sheet = rows_of([list(row) for row in book.worksheets[0].iter_rows(values_only=True)])
    table = rows_of(list(csv.reader(io.StringIO(content(report, "csv").decode("utf-8-sig")))))
    assert [row.figure.code for row in page.figures] == [figure["code"] for figure in command["indicators"]]
    assert any(figure["hidden"] for figure in command["indicators"])
    for figure, shown in zip(command["indicators"], page.figures, strict=True):
        code, raw = (
            figure["code"],
            [figure[name] for name in ("value", "numerator", "denominator", "low", "high")],
        )
        assert sheet[code][4:9] == raw, code
        assert [float(cell) if cell else None for cell in table[code][4:9]] == raw, code
        assert sheet[code][3] == table[code][3] == tables._safe(shown.value), code
        assert str(shown.light) == lights[code], code
    with translation.override(language):
        assert_paper_shows(page, content(report, "pdf"))
    client = client_for(county["supervisor"])
    client.cookies["django_language"] = language
    screen = client.get(f"/supervision/?region={COUNTY}").content.decode()
    assert page.headline in screen
    for shown in page.lights:
        assert stands_in(
            screen, (f">{shown.title}</a>", f">{shown.value}</span>", shown.base, shown.likely)
        ), shown


def assert_paper_shows(page: reporting.Report, pdf: bytes) -> None:
    """Everything the page holds can be read on it."""
    text = "".join(text_of(pdf, "-raw").split())  # in the order it was drawn
    lights = [
        (row.title, row.value, row.base, row.likely, row.target, row.before or gettext("none"), row.verdict)
        for row in page.lights
    ]
    others = [(row.title, row.value, row.base) for row in page.answering]
    others += [  # a difference stands with its likely range; how many tries, beside the scores
        (row.title, row.value, row.likely if row.figure.unit == Unit.DIFFERENCE else row.base)
        for row in page.learning
    ]
    tables_on_page = (
        *reporting.places_in(page, 20), *reporting.subjects_in(page, 20), *page.help,
        *reporting.themes_in(page, paper.THEMES),
    )  # fmt: skip
    others += [(line.name, *line.cells) for line in tables_on_page]
    others += [(f"{step.title} {step.share}".strip(),) for step in page.funnel]
    said = [(line.text,) for line in page.next]
    for wanted in (*lights, *others, *said, (page.headline,), (page.judgement,), page.definitions):
        assert "".join("".join(wanted).split()) in text, (wanted, text)


def stands_in(line: str, words: tuple[str, ...]) -> bool:
    """Whether the words stand in a line in their order."""
    for word in filter(None, words):
        _before, found, line = line.partition(word)
        if not found:
            return False
    return True


# --- the page --------------------------------------------------------------------------------------


def test_a_report_of_a_month_says_that_it_is_all_up_to_its_end_and_what_was_new(
    county: dict[str, Any],
) -> None:
    month = f"{timezone.localdate():%Y-%m}"
    report = ask(county, month=month)  # the world has happened before its end
    job_tasks.run_job(report.job_id)
    facts = facts_of(report)
    with translation.override("en"):
        page = reporting.report_of(facts)
        name = reporting.month_name(month)
    assert page.heading.endswith(f"(everything up to the end of {name})")
    assert timezone.localtime(facts.before.as_of).day == 1
    assert page.new.startswith(f"New in {name}: ")
    empty = services.snapshot_of(report.scope, report.as_of - dt.timedelta(days=400))
    with translation.override("en"):
        all_new = reporting.report_of(replace(facts, before=empty)).new
    assert ": 8 people enrolled, 7 finished a lesson, 6 passed at least one quiz, 6 finished" in all_new
    hidden = replace(
        facts.before, figures=tuple(replace(figure, numerator=None) for figure in facts.before.figures)
    )
    assert not reporting.report_of(replace(facts, before=hidden)).new
    text = text_of(content(report, "pdf"))
    assert f"New in {name}" in text
    assert "Month before" in text
    assert not reporting.report_of(facts_of(make(county))).new


def test_the_form_offers_a_month_as_what_it_is(county: dict[str, Any]) -> None:
    client = client_for(county["supervisor"])
    client.cookies["django_language"] = "en"
    month = making.months_over(timezone.localdate())[0]
    long_ago(county)
    html = client.get("/supervision/reports/").content.decode()
    name = dt.date.fromisoformat(f"{month}-01").strftime("%B %Y")
    assert f'<option value="{month}">up to the end of {name}</option>' in html


def test_the_page_does_not_pass_one_module_off_as_all(county: dict[str, Any]) -> None:
    learning.enrol(learner=county["p0"], module=Module.objects.exclude(slug=world.SLUG).get())
    report = make(county)
    with translation.override("en"):
        page = reporting.report_of(facts_of(report))
    assert "6 finished at least one module, 5 (63%) finished all they enrolled in." in page.headline
    assert "gain" not in " ".join(page.definitions)
    assert "5 second tries" in text_of(content(report, "pdf"))


def test_where_nothing_was_yet_the_page_says_that_and_not_that_people_are_few(
    county: dict[str, Any],
) -> None:
    report = make(county)
    report.as_of -= dt.timedelta(days=400)
    with translation.override("en"):
        page = reporting.report_of(facts_of(report))
        text = text_of(paper.as_pdf(page))
    assert [row.verdict for row in page.lights] == [
        "nobody enrolled yet", "nobody was in a class yet", "no rating yet", "no module finished yet",
        "no question due yet",
    ]  # fmt: skip
    assert page.judgement == "Measures with a target: 5. Nothing to judge yet: 5."
    assert "too few" not in text.lower()
    assert "no rating yet" in text


def test_themes_that_have_no_line_are_added_up(county: dict[str, Any]) -> None:
    with translation.override("en"):
        page = reporting.report_of(facts_of(make(county)))
        lines = reporting.themes_in(page, 2)
    assert [line.cells[0] for line in lines] == ["2", "3"]
    assert lines[-1].name == "2 other themes"
    assert sum(int(line.cells[0]) for line in lines) == 5


def test_a_class_says_that_only_its_modules_count(county: dict[str, Any]) -> None:
    cohort = make_class(county)
    report = make(county, scope=Scope(ScopeKind.COHORT, cohort.code))
    assert "Only the 1 module of this class." in text_of(content(report, "pdf"))
    assert "of this class" not in text_of(content(make(county), "pdf"))
    html = client_for(county["supervisor"])
    html.cookies["django_language"] = "en"
    assert (
        "Only the 1 module of this class." in html.get(f"/supervision/?class={cohort.code}").content.decode()
    )


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("size", ["empty", "demo", "long"])
def test_it_is_one_a4_page_whatever_stands_in_it(
    county: dict[str, Any], tmp_path: Path, language: str, size: str
) -> None:
    report = make(county, language)
    if size == "empty":
        report.as_of -= dt.timedelta(days=400)
    with translation.override(language):
        facts = facts_of(report)
        if size == "long":
            facts = long_facts(facts)
        pdf = paper.as_pdf(reporting.report_of(facts))
    pages, paper_size = pages_of(pdf, tmp_path)
    assert pages == 1
    assert "(A4)" in paper_size
    boxes = subprocess.run(
        ["pdftotext", "-bbox", str(tmp_path / "report.pdf"), "-"], capture_output=True, check=True, text=True
    )
    words = [line for line in boxes.stdout.splitlines() if "<word" in line]
    lowest = max(float(line.split('yMax="')[1].split('"')[0]) for line in words)
    assert lowest < 297 / 25.4 * 72 - 20
    assert max(float(line.split('xMax="')[1].split('"')[0]) for line in words) < 210 / 25.4 * 72 - 30


def long_facts(facts: reporting.Facts) -> reporting.Facts:
    """Thirty townships, thirteen subjects and seventeen themes with very long names."""
    long = "很长很长的一个自治州自治县民族乡名字" * 3
    rows = tuple(PlaceRow(str(n), f"{n}{long}", 12345 + n, 9876, 0.8) for n in range(30))
    names = {str(n): f"{n}{long}" for n in range(20)}
    some = facts.snapshot.figure("completed_in:photo")
    asked = facts.snapshot.figure("questions_on:none")
    retry = facts.snapshot.figure("retry_difference_in:photo")
    assert some
    assert asked
    assert retry
    parts = [replace(some, code=f"completed_in:{n}") for n in range(13)]
    parts += [replace(retry, code=f"retry_difference_in:{n}") for n in range(13)]
    parts += [replace(asked, code=f"questions_on:{n}") for n in range(17)]
    kept = [figure for figure in facts.snapshot.figures if ":" not in figure.code]
    return replace(
        facts,
        title=long + long,
        places=rows,
        names=names,
        snapshot=replace(facts.snapshot, figures=(*kept, *parts)),
    )


def test_a_place_with_nothing_below_it_does_not_say_that_nobody_is_there(county: dict[str, Any]) -> None:
    facts = replace(facts_of(make(county)), places=())
    with translation.override("en"):
        page = reporting.report_of(facts)
        text = text_of(paper.as_pdf(page))
        assert [line.name for line in reporting.places_in(page, 8)] == ["Not divided any further"]
    assert "Not divided any further" in text
    assert "Nobody yet" not in text


def test_no_name_of_a_learner_leaves_the_office(county: dict[str, Any]) -> None:
    report = make(county)
    book = load_workbook(io.BytesIO(content(report, "xlsx")))
    cells = " ".join(
        str(cell) for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row
    )
    everything = text_of(content(report, "pdf")) + content(report, "csv").decode() + cells
    for name in User.objects.exclude(role_grants__isnull=False).values_list("display_name", flat=True):
        assert f" {name} " not in f" {everything} ", name


@pytest.mark.parametrize("name", ["=1+1", "+cmd", "-2", "@SUM(A1)", "\t=1"])
def test_no_name_is_taken_for_a_formula(county: dict[str, Any], name: str) -> None:
    report = make(county)
    facts = replace(facts_of(report), title=name, places=(PlaceRow("1", name, 9, 3, 0.3333),))
    page = reporting.report_of(facts)
    book = load_workbook(io.BytesIO(tables.as_xlsx(page)))
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"  # the kind of a cell is told in a workbook: no mark is needed
    for row in csv.reader(io.StringIO(tables.as_csv(page).decode("utf-8-sig"))):
        for cell in row:
            assert not cell.startswith(("=", "+", "@"))
            assert not cell.startswith("\t") or cell.strip().isdigit(), "a tab keeps a code text"
            assert not cell.startswith("-") or float(cell) < 0


# --- the archive -----------------------------------------------------------------------------------


def test_the_archive_speaks_the_readers_language_and_names_number_language_and_code(
    county: dict[str, Any],
) -> None:
    course = Module.objects.get(slug=world.SLUG).course
    assert course
    chinese = make(county, "zh-hans")
    narrowed = make(county, "zh-hans", scope=Scope(ScopeKind.COURSE, course.slug, COUNTY))
    client = client_for(county["supervisor"])
    client.cookies["django_language"] = "en"
    html = client.get("/supervision/reports/").content.decode()
    with translation.override("en"):
        names = [county["county"].name, f"{course}, {county['county'].name}"]
    assert chinese.title not in html
    assert [f"<b>{name}</b>" in html for name in names] == [True, True]
    code = ReportFile.objects.get(report=chinese, format="csv").sha256[:8]
    assert stands_in(
        html,
        (
            "<b>",
            names[1],
            f"Report {narrowed.pk}, ",
            "中文",
            names[0],
            f"Report {chinese.pk}, ",
            "中文",
            code,
        ),
    )
    assert html.index('id="id_what"') < html.index(f"Report {narrowed.pk}, "), "the form stands above"
    own = client.get(f"/supervision/reports/{chinese.pk}/").content.decode()
    assert f"<h1>{names[0]}</h1>" in own
    assert f"the check code {code}:" in own


def test_a_report_on_what_is_gone_keeps_the_title_it_was_filed_under(county: dict[str, Any]) -> None:
    report = make(county, scope=Scope(ScopeKind.MODULE, world.SLUG, COUNTY))
    EvaluationReport.objects.filter(pk=report.pk).update(key="gone")
    html = client_for(county["supervisor"]).get("/supervision/reports/").content.decode()
    assert escape(report.title) in html


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_paper_carries_the_code_of_its_figures(county: dict[str, Any], language: str) -> None:
    report = make(county, language)
    code = ReportFile.objects.get(report=report, format="csv").sha256[:8]
    assert code in text_of(content(report, "pdf"))
    with translation.override(language):
        facts = facts_of(report)
        assert tables.check_code(reporting.report_of(facts)) == code
        other = replace(facts, amber=facts.amber + 9)
        assert tables.check_code(reporting.report_of(other)) != code


def test_a_file_is_saved_under_a_name_that_speaks(county: dict[str, Any]) -> None:
    month = f"{timezone.localdate():%Y-%m}"
    report = make(county, month=month)
    EvaluationReport.objects.filter(pk=report.pk).update(title='county: a/b "c"')
    client = client_for(county["supervisor"])
    got = client.get(f"/supervision/reports/{report.pk}/files/pdf/")["Content-Disposition"]
    assert got == f'attachment; filename="county- a-b -c-, evaluation report, {month}, no. {report.pk}.pdf"'
    chinese = make(county, "zh-hans")
    got = client.get(f"/supervision/reports/{chinese.pk}/files/csv/")["Content-Disposition"]
    assert unquote(got).startswith(f"attachment; filename*=utf-8''{chinese.title}")
    assert f"{timezone.localtime(chinese.as_of):%Y-%m-%d}" in got


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "1 KB"), (41_300, "41 KB"), (999_499, "999 KB"), (999_500, "1.0 MB"), (1_234_000, "1.2 MB")],
)
def test_sizes_are_in_kilobytes_under_a_megabyte(size: int, said: str) -> None:
    assert file_size(size) == said


def test_the_archive_takes_the_same_queries_however_long_it_is(county: dict[str, Any]) -> None:
    client, module = client_for(county["supervisor"]), Module.objects.get(slug=world.SLUG)
    assert module.course

    def queries() -> int:
        client.get("/supervision/reports/")
        with CaptureQueriesContext(connection) as seen:
            client.get("/supervision/reports/")
        return len(seen)

    fields = {"region": county["county"], "language": "en", "as_of": timezone.now(), "title": "x"}
    for kind, key in (("region", COUNTY), ("course", module.course.slug), ("module", module.slug)):
        EvaluationReport.objects.create(kind=kind, key=key, **fields)
    first = queries()
    for kind, key in (("region", COUNTY), ("course", module.course.slug), ("module", module.slug)) * 4:
        EvaluationReport.objects.create(kind=kind, key=key, **fields)
    assert queries() == first


# --- whose -----------------------------------------------------------------------------------------


def test_another_supervisor_finds_none_of_it_and_nothing_happens(county: dict[str, Any]) -> None:
    done, open_ = make(county), ask(county, "zh-hans")
    county["supervisor"].refresh_from_db()
    other, signed_out = client_for(county["supervisor2"]), Client()
    for report in (done, open_):
        for tail in ("", "files/pdf/", "files/xlsx/", "files/csv/", "files/exe/"):
            assert other.get(f"/supervision/reports/{report.pk}/{tail}").status_code == 404, tail
            assert signed_out.get(f"/supervision/reports/{report.pk}/{tail}").status_code == 302, tail
        for tail in ("cancel/", "again/"):
            assert other.post(f"/supervision/reports/{report.pk}/{tail}").status_code == 404, tail
            assert (
                client_for(county["trainer"]).post(f"/supervision/reports/{report.pk}/{tail}").status_code
                == 404
            )
    assert f"/supervision/reports/{done.pk}/" not in other.get("/supervision/reports/").content.decode()
    jobs_now = list(Job.objects.order_by("pk").values_list("state", flat=True))
    assert jobs_now == [JobState.DONE, JobState.QUEUED]
    assert (
        client_for(county["supervisor"]).get(f"/supervision/reports/{done.pk}/files/exe/").status_code == 404
    )


def test_the_api_gives_each_their_own_and_says_404_for_the_rest(county: dict[str, Any]) -> None:
    path = f"/api/v1/evaluations/?kind=region&key={COUNTY}"
    supervisor = client_for(county["supervisor"])
    assert supervisor.get(path).status_code == 404, "nothing was counted yet"
    services.take_snapshot(Scope(ScopeKind.REGION, COUNTY), timezone.now())
    assert supervisor.get(path).json() == supervisor.get("/api/v1/evaluations/").json()
    wanted = {"supervisor2": 404, "trainer": 404, "learner": 404, "helper": 404, "operator": 200}
    for role, status in wanted.items():
        assert client_for(county[role]).get(path).status_code == status, role
    assert Client().get(path).status_code == 401
    for odd in (
        "kind=planet",
        "kind=region&key=9%009",
        "kind=cohort&key=9%009",
        "kind=module&key=" + "x" * 999,
    ):
        assert supervisor.get(f"/api/v1/evaluations/?{odd}").status_code == 404, odd
    from rest_framework.authtoken.models import Token

    token = Token.objects.create(user=county["supervisor"])
    assert Client().get(path, headers={"Authorization": f"Token {token.key}"}).status_code == 200


def test_the_archive_is_paged(county: dict[str, Any]) -> None:
    for number in range(25):
        EvaluationReport.objects.create(
            kind="cohort", key="X", region=county["county"], title=f"r{number}", language="en", as_of=timezone.now()
        )  # fmt: skip
    client = client_for(county["supervisor"])
    assert ">r24<" in client.get("/supervision/reports/").content.decode()
    assert ">r0<" in client.get("/supervision/reports/?page=2").content.decode()
    assert ">r0<" in client.get("/supervision/reports/?page=3").content.decode(), (
        "behind the end: the last page"
    )


def test_who_was_helped_lately_is_not_counted_as_to_be_called(county: dict[str, Any]) -> None:
    quiet = county["p7"]  # enrolled, never came
    world.ask(quiet, county["now"] - dt.timedelta(days=3))
    before = facts_of(ask(county))
    assert (before.amber, before.red) == (0, 1)
    given = helping.log_help(
        learner=quiet,
        by=county["supervisor"],
        action="called",
        outcome="reached",
        note="",
        help_id=uuid.uuid4(),
    )
    after = ask(county, "zh-hans")
    EvaluationReport.objects.filter(pk=after.pk).update(as_of=given.given_at + dt.timedelta(minutes=1))
    after.refresh_from_db()
    assert (facts_of(after).amber, facts_of(after).red) == (0, 0)
    after.as_of = given.given_at - dt.timedelta(minutes=1)
    assert facts_of(after).red == 1, "a report of an earlier moment stays what it was"
