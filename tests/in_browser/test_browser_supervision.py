"""The supervisor's pages in a real browser: without script, in two languages, by day and by night, on a desk
and on a phone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from assessments.evaluation import services
from assessments.evaluation.data import JobKind, Scope
from assessments.evaluation.models import EvaluationReport
from assessments.evaluation.reports import making
from learners.classes import cohorts
from mooc.jobs import services as jobs
from mooc.jobs import tasks as job_tasks
from mooc.jobs.models import Job
from mooc.lib import jobrow
from tests import world
from tests.browser import SMALL_TEXT, WIDER, axe_findings, path_of, sign_in, tap
from tests.conftest import PASSWORD

# The themes come by a migration: a flushed database gets them back.
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
COUNTY = "360321"
WINDOWS = {"desk": {"viewport": {"width": 1280, "height": 900}}, "phone": {}}


@pytest.fixture
def county(make_user: Any, regions: dict[str, Any], curriculum: None) -> dict[str, Any]:
    """The small world with a class and a supervisor, counted."""
    people = world.build(make_user, regions)
    people["supervisor"] = make_user("supervisor", role="supervisor", region=regions["county"])
    cohorts.open_cohort(
        leader=make_user("trainer", role="trainer"), title="第一期", region=regions["county"],
        starts_on=people["now"].date(), ends_on=people["now"].date(), modules=[],
    )  # fmt: skip
    before = people["now"] - dt.timedelta(minutes=10)
    jobs.ask_for(kind=JobKind.EVALUATE, key=services.WHOLE_TREE, as_of=before, by=None)
    the_worker_works()
    return people | {"county": regions["county"]}


def the_worker_works() -> None:
    """Does what waits."""
    for job in jobrow.open_of(Job):
        job_tasks.run_job(job.pk)


def report_on(county: dict[str, Any], language: str, month: str = "") -> EvaluationReport:
    """Asked for, not made."""
    report, _new = making.ask_for_report(
        scope=Scope("region", COUNTY), region=county["county"], language=language, by=county["supervisor"], month=month
    )  # fmt: skip
    return report


def test_without_script_a_supervisor_counts_looks_behind_a_figure_and_takes_a_report_along(
    visitor: Callable[..., Any], url: str, county: dict[str, Any]
) -> None:
    page = visitor(java_script_enabled=False)
    sign_in(page, url, "supervisor", PASSWORD, "/supervision/")
    count_anew = page.locator("form[action='/supervision/count/'] button")
    with page.expect_navigation():
        count_anew.tap()
    assert page.locator("main [role=status]").is_visible()
    the_worker_works()
    count_anew.wait_for()  # it is back: the page has looked again by itself

    tap(page, "main a[href^='/supervision/lists/completed/']")
    assert "75%（6 / 8" in page.locator("main").inner_text()
    with page.expect_download() as table:
        page.locator("main a[href$='format=csv']").tap()
    assert len(Path(table.value.path()).read_text("utf-8-sig").splitlines()) == 9

    tap(page, "main .crumb a")
    tap(page, "a[href^='/supervision/reports/?']")
    tap(page, "main form button.button.go")
    assert page.locator("progress").is_visible()
    the_worker_works()
    page.locator("a[href$='/files/pdf/']").wait_for()
    with page.expect_download() as paper:
        page.locator("a[href$='/files/pdf/']").tap()
    assert Path(paper.value.path()).read_bytes().startswith(b"%PDF")


def pages_of(county: dict[str, Any], language: str) -> list[str]:
    """Every kind of page, with a report that is made and one that waits."""
    last_month = making.months_over(timezone.localdate())[0]
    made = report_on(county, language)
    job_tasks.run_job(made.job_id)
    waiting = report_on(county, language, last_month)
    return [
        "/supervision/", "/supervision/?region=360321100201", "/supervision/lists/completed/",
        "/supervision/lists/questions/", "/supervision/lists/retry_difference/", "/supervision/help/",
        f"/supervision/learners/{county['p0'].pk}/", f"/supervision/learners/{county['p7'].pk}/",
        "/supervision/model/", "/supervision/reports/", f"/supervision/reports/{made.pk}/",
        f"/supervision/reports/{waiting.pk}/", "/supervision/courses/", f"/supervision/?module={world.SLUG}",
    ]  # fmt: skip


def open_whole(page: Any, address: str) -> list[str]:
    """Open a page with all its folds; returns what is wider than the window."""
    answer = page.goto(address)
    assert answer.status == 200, address
    page.evaluate("window.stop()")  # a page that looks again by itself would do so in the middle
    page.evaluate("document.querySelectorAll('details').forEach((el) => { el.open = true; })")
    wider = page.evaluate(WIDER)
    return [f"{path_of(page)} is {wider} px too wide"] if wider > 0 else []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["zh-hans", "en"])
@pytest.mark.parametrize("window", WINDOWS)
def test_the_supervisors_pages_are_for_everybody(
    visitor: Callable[..., Any], url: str, county: dict[str, Any], window: str, lang: str, scheme: str
) -> None:
    """axe finds nothing, nothing is wider than the window, and no text is under 16 px."""
    page, axe, found = visitor(lang=lang, color_scheme=scheme, **WINDOWS[window]), Axe(), []
    sign_in(page, url, "supervisor", PASSWORD)
    for path in pages_of(county, lang):
        found += open_whole(page, url + path) + axe_findings(axe, page) + page.evaluate(SMALL_TEXT, 16)
    assert found == []


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
@pytest.mark.parametrize("elder", ["1", "xl"])
def test_large_text_fits_a_phone(
    visitor: Callable[..., Any], url: str, county: dict[str, Any], elder: str, lang: str
) -> None:
    page = visitor(lang=lang, elder=elder)
    sign_in(page, url, "supervisor", PASSWORD)
    assert [line for path in pages_of(county, lang) for line in open_whole(page, url + path)] == []
