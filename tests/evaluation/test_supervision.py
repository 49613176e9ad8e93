"""The board, the lists behind its figures, who needs help, files: what is shown, and to whom."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import json
import logging
import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import escape
from openpyxl import load_workbook

from assessments.evaluation import services
from assessments.evaluation.board import lists
from assessments.evaluation.closing import months
from assessments.evaluation.counting.reach import reach_of
from assessments.evaluation.data import JobKind, Scope
from assessments.evaluation.help import helping
from assessments.evaluation.models import EvaluationReport, EvaluationSnapshot, HelpGiven, HelpNeed
from courses.models import Module
from feedback.models import Question
from learners import services as learning
from learners.classes import cohorts
from learners.models import Cohort, Enrolment, FileOpening, Learner
from mooc.accounts.models import Region, RoleGrant, User
from mooc.jobs import services as jobs
from mooc.jobs import tasks as job_tasks
from mooc.jobs.models import Job
from mooc.lib import jobrow
from mooc.lib.jobrow import JobState
from mooc.lib.pages.look import day
from mooc.lib.privacy import evidence
from tests import world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
COUNTY, COUNTY2 = "360321", "360322"


@pytest.fixture
def town(make_user: Any, regions: dict[str, Any], people: dict[str, Any]) -> dict[str, Any]:
    """The small world, counted."""
    made = world.build(make_user, regions)
    count(made["now"])
    return made


def count(as_of: dt.datetime, key: str = services.WHOLE_TREE) -> Job:
    job, _new = jobs.ask_for(kind=JobKind.EVALUATE, key=key, as_of=as_of, by=None)
    job_tasks.run_job(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.error
    return job


def signed_in(user: Any, language: str = "en") -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = language
    return client


@pytest.fixture
def office(people: dict[str, Any]) -> Client:
    return signed_in(people["supervisor"])


# --- the board --------------------------------------------------------------------------------------


def test_the_board_shows_figures_with_their_denominators(town: dict[str, Any], office: Client) -> None:
    html = office.get("/supervision/").content.decode()
    assert "75%" in html
    assert "6 of 8" in html
    assert "likely 41–93%" in html
    assert "target 80%" in html
    assert "close" in html
    assert "nobody was in a class yet" in html


def test_a_month_ago_stands_beside_today(town: dict[str, Any], office: Client) -> None:
    services.take_snapshot(Scope("region", COUNTY), town["now"] - dt.timedelta(days=29))
    then = EvaluationSnapshot.objects.get(key=COUNTY, as_of=town["now"] - dt.timedelta(days=29))
    figures = {"passed": {"value": 0.5, "numerator": 4, "denominator": 8}}
    then.figures = [row | figures.get(row["code"], {}) for row in then.figures]
    then.save()
    services.take_snapshot(Scope("region", COUNTY), town["now"] - dt.timedelta(days=5, hours=12))
    page = office.get("/supervision/").content.decode()
    assert "four weeks ago 50%" in page
    assert page.count("four weeks ago") == 1  # where nothing was counted then, nothing is said
    assert "Counted up to" in page


def test_beside_finishing_one_module_stands_who_finished_all(town: dict[str, Any], office: Client) -> None:
    learning.enrol(learner=town["p0"], module=Module.objects.exclude(slug=world.SLUG).get())
    count(town["now"] + dt.timedelta(minutes=1))
    html = office.get("/supervision/").content.decode()
    assert "Finished all they enrolled in</a>" in html
    assert "5 of 8 people" in html
    assert "6 finished at least one module, 5 (63%) finished all they enrolled in." in html


def test_second_tries_stand_with_both_scores_and_a_likely_range(town: dict[str, Any], office: Client) -> None:
    html = office.get("/supervision/").content.decode()
    assert "42 points" in html
    assert "58%" in html
    assert re.search(r"likely [+−]?\d+ to [+−]?\d+ points", html)
    assert "5 second tries" in html
    assert "gain" not in re.sub(r"again(st)?", "", html.lower())


def test_the_board_begins_with_what_to_do_next_and_each_leads_to_its_list(
    town: dict[str, Any], office: Client
) -> None:
    html = office.get("/supervision/").content.decode()
    top, _sign, _rest = html.partition("On target or not")
    assert "Passed at least one quiz: 75%, 5 points below the target" in top
    assert "2 questions have no theme yet" in top
    links = re.findall(r'<li><a href="(/supervision/[^"]+)">', top)
    assert 2 <= len(links) <= 3
    for link in links:
        assert office.get(link.replace("&amp;", "&")).status_code == 200, link


def test_a_place_of_few_says_so_once_and_shows_no_rates(town: dict[str, Any], office: Client) -> None:
    few = town["p0"].region
    Learner.objects.filter(region=few).exclude(pk__in=[town["p0"].pk, town["p1"].pk]).update(region=None)
    count(town["now"] + dt.timedelta(minutes=1))
    html = office.get(f"/supervision/?region={few.code}").content.decode()
    assert html.lower().count("fewer than") == 1
    assert f"/supervision/lists/enrolled/?region={few.code}" in html
    assert "On target or not" not in html
    assert "From enrolling to finishing" not in html


def test_what_was_never_there_is_not_called_few(people: dict[str, Any], office: Client) -> None:
    services.take_snapshot(Scope("region", COUNTY), dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    html = office.get("/supervision/").content.decode()
    assert "Nobody is enrolled yet." in html
    assert "no rating yet" in html
    assert "too few" not in html


def test_before_the_first_night_the_board_says_so_and_counts_at_a_tap(
    people: dict[str, Any], office: Client, django_capture_on_commit_callbacks: Any
) -> None:
    assert "There are no figures here yet" in office.get("/supervision/").content.decode()
    with django_capture_on_commit_callbacks(execute=False) as queued:
        for _tap in range(2):
            assert office.post("/supervision/count/", {"region": COUNTY}).status_code == 302
    job = Job.objects.get()  # two taps, one job
    assert (job.key, job.state, job.made_by) == (COUNTY, JobState.QUEUED, people["supervisor"])
    assert len(queued) == 2
    assert "This page looks again by itself" in office.get("/supervision/").content.decode()
    job_tasks.run_job(job.pk)
    assert EvaluationSnapshot.objects.filter(key=COUNTY).exists()


def test_counting_can_be_stopped_by_who_asked_and_nobody_else(people: dict[str, Any], office: Client) -> None:
    office.post("/supervision/count/", {"region": COUNTY})
    job = Job.objects.get()
    other = signed_in(people["supervisor2"])
    assert other.post(f"/supervision/jobs/{job.pk}/cancel/").status_code == 404
    job.refresh_from_db()
    assert job.state == JobState.QUEUED
    office.post(f"/supervision/jobs/{job.pk}/cancel/")
    job_tasks.run_job(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert not EvaluationSnapshot.objects.exists()


def test_a_class_has_a_board_of_its_own(
    town: dict[str, Any], office: Client, people: dict[str, Any], regions: dict[str, Any]
) -> None:
    day = dt.timedelta(days=1)
    cohort = cohorts.open_cohort(
        leader=people["trainer"], title="第一期", region=regions["county"], starts_on=town["now"].date() - 9 * day,
        ends_on=town["now"].date() + day, modules=[Module.objects.get(slug=world.SLUG)],
    )  # fmt: skip
    for number in range(6):
        world.join(town[f"p{number}"], cohort, town["now"] - 9 * day)
    office.post("/supervision/count/", {"class": cohort.code})
    job_tasks.run_job(jobrow.open_of(Job).get().pk)
    html = office.get(f"/supervision/?class={cohort.code}").content.decode()
    assert "第一期" in html
    assert "6 of 6" in html
    assert signed_in(people["supervisor2"]).get(f"/supervision/?class={cohort.code}").status_code == 404


def course_of(slug: str = world.SLUG) -> str:
    course = Module.objects.get(slug=slug).course
    assert course
    return course.slug


@pytest.mark.parametrize("kind", ["course", "module"])
def test_a_course_and_a_module_have_a_board_counted_at_a_tap_for_one_place(
    kind: str, town: dict[str, Any], people: dict[str, Any], office: Client
) -> None:
    key = course_of() if kind == "course" else world.SLUG
    html = office.get(f"/supervision/?{kind}={key}").content.decode()
    assert "There are no figures here yet" in html
    assert "is counted when somebody asks" in html
    hidden = dict(re.findall(r'<input type="hidden" name="(course|module|region)" value="([^"]*)">', html))
    assert hidden == {kind: key, "region": COUNTY}
    needs = HelpNeed.objects.count()
    office.post("/supervision/count/", hidden)
    job = jobrow.open_of(Job).get()
    assert job.key == f"{kind}:{key}@{COUNTY}"
    job_tasks.run_job(job.pk)
    stored = EvaluationSnapshot.objects.get(kind=kind, region_code=COUNTY).as_data()
    assert stored.figures == services.snapshot_of(Scope(kind, key, COUNTY), job.as_of).figures
    assert HelpNeed.objects.count() == needs, "who needs help is not asked of a course"
    html = office.get(f"/supervision/?{kind}={key}&region={COUNTY}").content.decode()
    assert "6 of 8" in html, "the county's eight, not the fourteen of both"
    assert "What they learnt" not in html
    assert "of this class" not in html
    for link in re.findall(r'href="(/supervision/[^"]*)"', html):
        assert office.get(link.replace("&amp;", "&")).status_code == 200, link
    rows = office.get(f"/supervision/lists/enrolled/?{kind}={key}&region={COUNTY}").content.decode()
    assert "8 rows" in rows


def test_the_board_of_a_course_shows_who_needs_help_of_its_people_only(
    town: dict[str, Any], office: Client
) -> None:
    other = Module.objects.exclude(slug=world.SLUG).get()
    Enrolment.objects.filter(learner=town["p6"]).update(module=other)
    HelpNeed.objects.all().delete()  # only those made here
    for name in ("p6", "p7"):
        HelpNeed.objects.create(learner=town[name], points=3, as_of=town["now"])
    html = office.get(f"/supervision/?module={world.SLUG}").content.decode()
    assert "<b>P7" in html
    assert "<b>P6" not in html


@pytest.mark.parametrize("kind", ["course", "module"])
def test_a_course_of_another_place_is_not_there_and_is_not_counted(
    kind: str, town: dict[str, Any], people: dict[str, Any], caplog: pytest.LogCaptureFixture, subtests: Any
) -> None:
    key, before = course_of() if kind == "course" else world.SLUG, Job.objects.count()
    probing = signed_in(people["supervisor2"])
    for place in (COUNTY, "36", "99", "x' OR 1=1"):
        with subtests.test(place):
            caplog.clear()
            with caplog.at_level(logging.WARNING, logger="mooc.access"):
                assert probing.get("/supervision/", {kind: key, "region": place}).status_code == 404
            assert "refused" in caplog.text
            assert (
                probing.get("/supervision/lists/enrolled/", {kind: key, "region": place}).status_code == 404
            )
            assert probing.get("/supervision/courses/", {"region": place}).status_code == 404
            assert probing.post("/supervision/count/", {kind: key, "region": place}).status_code == 404
            asked = {"what": f"{kind}:{key}", "place": place, "month": "", "language": "en"}
            assert probing.post("/supervision/reports/", asked).status_code == 404
    assert Job.objects.count() == before


def test_the_boards_of_courses_are_reached_from_the_place_and_lead_to_its_report(
    town: dict[str, Any], people: dict[str, Any], office: Client
) -> None:
    village = town["p0"].region
    board = office.get(f"/supervision/?region={village.code}").content.decode()
    assert f'href="/supervision/courses/?region={village.code}"' in board
    with CaptureQueriesContext(connection) as seen:
        html = office.get(f"/supervision/courses/?region={village.code}").content.decode()
    assert len(seen) <= 9
    link = f"/supervision/?module={world.SLUG}&amp;region={village.code}"
    assert f'href="{link}"' in html
    html = office.get(link.replace("&amp;", "&")).content.decode()
    (report,) = re.findall(r'href="(/supervision/reports/\?[^"]+)"', html)
    form = office.get(report.replace("&amp;", "&"))
    assert f'<option value="module:{world.SLUG}" selected>' in form.content.decode()
    assert f"counts the people of {village}." in form.content.decode()
    asked = {"what": f"module:{world.SLUG}", "place": village.code, "month": "", "language": "en"}
    assert office.post("/supervision/reports/", asked).status_code == 302
    assert EvaluationReport.objects.get().scope == Scope("module", world.SLUG, village.code)


def test_an_operator_has_boards_of_courses_above_all_places(
    town: dict[str, Any], people: dict[str, Any]
) -> None:
    operator = signed_in(people["operator"])
    listed = operator.get("/supervision/courses/").content.decode()
    assert f"/supervision/?module={world.SLUG}&amp;region=" in listed
    html = operator.get(f"/supervision/?module={world.SLUG}&region=").content.decode()
    assert "6 of 14" in html, "counted every night"
    assert "14 enrolled, 6 finished" in listed  # the page of courses says the same


@pytest.mark.parametrize("kind", ["course", "module"])
def test_the_board_of_a_course_takes_eleven_queries_at_most(
    kind: str, town: dict[str, Any], office: Client
) -> None:
    key = course_of() if kind == "course" else world.SLUG
    services.take_snapshot(Scope(kind, key, COUNTY), town["now"])
    office.get(f"/supervision/?{kind}={key}")
    with CaptureQueriesContext(connection) as seen:
        assert "6 of 8" in office.get(f"/supervision/?{kind}={key}").content.decode()
    told = [q["sql"] for q in seen if "django_session" not in q["sql"]]
    assert len(told) <= 11, told


def test_a_light_shows_how_it_stood_at_the_ends_of_months(town: dict[str, Any], office: Client) -> None:
    assert 'class="trend"' not in office.get("/supervision/").content.decode(), "two moments are no trend"
    today = timezone.localdate()
    ends = months.last_ends(today, 4)
    for at, share in zip(ends, (0.6, 0.5, None, 0.25), strict=True):
        services.take_snapshot(Scope("region", COUNTY), at)
        row = EvaluationSnapshot.objects.get(key=COUNTY, as_of=at)
        then = {"value": share, "hidden": share is None}
        row.figures = [one | then if one["code"] == "passed" else one for one in row.figures]
        row.save()
    html = office.get("/supervision/").content.decode()
    assert html.count('class="trend"') == 1
    said = re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", "", html.partition('class="trend"')[2].partition("</p>")[0])
    )
    names = [date_format(timezone.localtime(at) - dt.timedelta(days=1), "F") for at in ends]
    parts = [
        f"{names[3]} 25%",
        f"{names[1]} 50%",
        f"{names[0]} 60%",
        f"{date_format(town['now'], 'F j')} 75%",
    ]
    assert said.strip().endswith(", ".join(parts))


def test_a_place_where_nobody_learns_stands_on_the_board_as_zero(
    town: dict[str, Any], office: Client
) -> None:
    county = Region.objects.get(code=COUNTY)
    Region.objects.create(code="360321900", parent=county, name_zh="无人镇", name_en="Empty Town", level=4)
    html = office.get("/supervision/").content.decode()
    row = html.partition("?region=360321900")[2].partition("</tr>")[0]
    assert re.findall(r">\s*([0-9–]+)\s*</td>", row) == ["0", "–"]


def test_the_board_takes_eleven_queries_at_most_however_many_places(
    town: dict[str, Any], office: Client, regions: dict[str, Any], make_user: Any
) -> None:
    from mooc.accounts.models import Region

    def queries() -> int:
        office.get("/supervision/")
        with CaptureQueriesContext(connection) as seen:
            office.get("/supervision/")
        told = [q["sql"] for q in seen if "django_session" not in q["sql"]]
        return len(told)

    first = queries()
    assert first <= 11
    for number in range(10):
        place = Region.objects.create(
            code=f"3603215{number:02}",
            parent=regions["county"],
            level=4,
            name_zh=f"乡{number}",
            name_en=f"T{number}",
        )
        for who in range(5):
            world.read(world.person(make_user, f"x{number}-{who}", place), town["now"], lessons=1)
    count(town["now"] + dt.timedelta(hours=1))
    assert queries() == first


def test_who_supervises_two_places_can_go_from_one_to_the_other(
    town: dict[str, Any], people: dict[str, Any], regions: dict[str, Any], office: Client
) -> None:
    assert f'href="/supervision/?region={COUNTY2}"' not in office.get("/supervision/").content.decode()
    RoleGrant.objects.create(user=people["supervisor"], role="supervisor", region=regions["county2"])
    html = office.get("/supervision/").content.decode()
    assert f'href="/supervision/?region={COUNTY2}"' in html
    assert office.get(f"/supervision/?region={COUNTY2}").status_code == 200


# --- borders ----------------------------------------------------------------------------------------

PROBES = [
    "/supervision/?region={code}", "/supervision/lists/completed/?region={code}",
    "/supervision/lists/completed/?region={code}&format=csv", "/supervision/lists/enrolled/?region={code}&format=xlsx",
    "/supervision/help/?region={code}", "/supervision/learners/{learner}/", "/supervision/courses/?region={code}",
    "/supervision/?module=window-light&region={code}",
]  # fmt: skip


def test_another_regions_data_is_not_there(
    town: dict[str, Any], people: dict[str, Any], caplog: pytest.LogCaptureFixture, subtests: Any
) -> None:
    probing = signed_in(people["supervisor2"])
    others = [COUNTY, "36", "3603", "360321100", "99", "x' OR 1=1", "3603221"]
    for code, probe in itertools.product(others, PROBES):
        with subtests.test(probe, code=code):
            caplog.clear()
            with caplog.at_level(logging.WARNING, logger="mooc.access"):
                answer = probing.get(probe.format(code=code, learner=town["p0"].pk))
            assert answer.status_code == 404
            assert b">P0<" not in answer.content
            assert "refused" in caplog.text
    assert not FileOpening.objects.exists()


def test_a_supervisor_cannot_count_another_region(town: dict[str, Any], people: dict[str, Any]) -> None:
    before = Job.objects.count()
    probing = signed_in(people["supervisor2"])
    assert probing.post("/supervision/count/", {"region": COUNTY}).status_code == 404
    assert Job.objects.count() == before


def test_an_unknown_course_or_module_is_not_shown_as_the_county(
    town: dict[str, Any], office: Client, subtests: Any
) -> None:
    before = Job.objects.count()
    for probe in ("course=none", "module=none", "module=no%00ne", "course=none&region=360321"):
        with subtests.test(probe):
            assert office.get(f"/supervision/?{probe}").status_code == 404
            assert office.get(f"/supervision/lists/enrolled/?{probe}").status_code == 404
            name, _sign, value = probe.partition("&")[0].partition("=")
            assert office.post("/supervision/count/", {name: value}).status_code == 404
    assert Job.objects.count() == before


def test_who_does_not_supervise_finds_nothing(
    town: dict[str, Any], people: dict[str, Any], subtests: Any
) -> None:
    for role in ("learner", "helper", "trainer"):
        client = signed_in(people[role])
        for probe in [*PROBES, "/supervision/", "/supervision/targets/", "/supervision/help/"]:
            with subtests.test(probe, role=role):
                assert client.get(probe.format(code=COUNTY, learner=town["p0"].pk)).status_code == 404
    assert not FileOpening.objects.exists()


def test_the_operator_sees_everybody_and_those_of_no_place(
    town: dict[str, Any], people: dict[str, Any], make_user: Any
) -> None:
    for number in range(5):
        world.read(world.person(make_user, f"nowhere{number}", None), town["now"], lessons=1)
    count(town["now"] + dt.timedelta(hours=1))
    html = signed_in(people["operator"]).get("/supervision/").content.decode()
    assert "All places" in html
    assert "No closer place stated" in html


def test_the_operator_opens_the_lists_behind_the_line_above_all_places(
    town: dict[str, Any], people: dict[str, Any]
) -> None:
    operator = signed_in(people["operator"])
    html = operator.get("/supervision/").content.decode()
    assert "/supervision/lists/enrolled/?region=" in html
    assert "14 rows" in operator.get("/supervision/lists/enrolled/?region=").content.decode()
    services.take_snapshot(Scope("region", ""), town["now"] + dt.timedelta(minutes=1))
    assert "Place by place" in operator.get("/supervision/").content.decode()


# --- the list behind each figure ---------------------------------------------------------------------


def test_every_list_has_as_many_rows_as_its_figure_says(town: dict[str, Any]) -> None:
    """All indicators, all parts: the denominator is the list, the numerator its marked rows."""
    scope = Scope("region", "36")
    snapshot = services.snapshot_of(scope, town["now"])
    seen = set()
    for figure in snapshot.figures:
        listing = lists.listing_of(figure.code, reach_of(scope, town["now"]))
        assert listing is not None, figure.code
        if figure.hidden:
            continue
        seen.add(figure.code)
        total = listing.rows.count()
        rows = list(listing.export())
        assert len(rows) == total
        assert all(len(row) == len(listing.columns) for row in rows)
        if listing.marks:
            assert figure.denominator == total, figure.code
            assert figure.numerator == listing.only(True).rows.count(), figure.code
            assert figure.denominator == listing.only(False).rows.count() + figure.numerator
        elif figure.numerator is not None:
            assert figure.numerator == total, figure.code
        else:
            assert figure.denominator == total, figure.code
    assert {
        "enrolled",
        "completed",
        "retry_difference",
        "minutes",
        "satisfaction",
        "questions",
        "completed_in:photo",
    } <= seen


def test_a_list_opens_from_the_board_and_says_the_figure_again(town: dict[str, Any], office: Client) -> None:
    html = office.get(f"/supervision/lists/completed/?region={COUNTY}").content.decode()
    assert "75% (6 of 8 people; likely 41–93%)" in html
    assert "8 rows" in html
    assert "6 rows" in office.get(f"/supervision/lists/completed/?region={COUNTY}&only=yes").content.decode()
    assert "2 rows" in office.get(f"/supervision/lists/completed/?region={COUNTY}&only=no").content.decode()


def test_an_unknown_figure_has_no_list(town: dict[str, Any], office: Client, subtests: Any) -> None:
    for code in ("nothing", "completed:photo", "questions_on", "completed_in:nothing", "..", "x" * 300):
        with subtests.test(code):
            assert office.get(f"/supervision/lists/{code}/").status_code == 404
    assert office.get("/supervision/lists/completed/?only=maybe").status_code == 404
    assert office.get("/supervision/lists/completed/?format=exe").status_code == 404
    assert office.get("/supervision/lists/completed/?page=99").status_code == 200, "the last page"


def test_csv_and_xlsx_hold_what_the_page_holds(town: dict[str, Any], office: Client) -> None:
    answer = office.get(f"/supervision/lists/completed/?region={COUNTY}&format=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # it streams
    rows = list(csv.reader(io.StringIO(text)))
    book = office.get(f"/supervision/lists/completed/?region={COUNTY}&format=xlsx")
    sheet = load_workbook(io.BytesIO(b"".join(book.streaming_content))).active  # type: ignore[attr-defined]  # it streams
    table = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row[0] for row in table] == [row[0] for row in rows]
    assert len(rows) == 9
    assert [row[3] for row in rows[1:]].count("finished a module") == 6
    html = office.get(f"/supervision/lists/completed/?region={COUNTY}").content.decode()
    assert all(row[0] in html for row in rows)


@evidence.writing("erase_person")
def test_no_cell_of_an_export_is_a_formula(town: dict[str, Any], office: Client) -> None:
    Question.objects.filter(learner=town["p0"]).update(text="=1+1")
    user = town["p1"].user
    user.display_name = "@SUM(1+1)"
    user.save()
    names = office.get("/supervision/lists/enrolled/?format=xlsx")
    sheet = load_workbook(io.BytesIO(b"".join(names.streaming_content))).active  # type: ignore[attr-defined]  # it streams
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    text = b"".join(office.get("/supervision/lists/enrolled/?format=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert "'@SUM(1+1)" in text
    text = b"".join(office.get("/supervision/lists/questions/?format=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert "'=1+1" in text


@evidence.writing("erase_person")
def test_phones_in_questions_are_masked_for_the_office(town: dict[str, Any], office: Client) -> None:
    Question.objects.filter(learner=town["p0"]).update(text="打我电话 13805716021")
    html = office.get("/supervision/lists/questions/").content.decode()
    assert "13805716021" not in html


# --- help -------------------------------------------------------------------------------------------


def test_who_needs_help_stands_there_with_the_reason(town: dict[str, Any], office: Client) -> None:
    quiet = town["p7"]  # enrolled 28 days ago, nothing done; asked, and waits
    world.ask(quiet, town["now"] - dt.timedelta(days=3))
    count(town["now"] + dt.timedelta(minutes=1))
    need = HelpNeed.objects.get(learner=quiet)
    assert need.points == 5
    html = office.get("/supervision/help/").content.decode()
    assert "P7" in html
    assert "Enrolled 28 days ago, no lesson finished yet." in html
    assert "A question has waited 72 hours for an answer" in html


def test_what_was_done_is_kept_once_and_whether_they_came_back(town: dict[str, Any], office: Client) -> None:
    pk = town["p7"].pk
    form = {
        "action": "called",
        "outcome": "reached",
        "note": "下周来",
        "id": "7b3f2a52-6f55-4f0e-9a57-1e7f1f0c8a11",
    }
    for _tap in range(2):
        assert office.post(f"/supervision/learners/{pk}/", form).status_code == 302
    assert HelpGiven.objects.get().note == "下周来"
    assert "下周来" in office.get(f"/supervision/learners/{pk}/").content.decode()


def in_a_class(town: dict[str, Any], people: dict[str, Any], who: list[Learner]) -> None:
    """A class of another module than the one they learnt, four fifths over."""
    today, day = timezone.localdate(), dt.timedelta(days=1)
    cohort = cohorts.open_cohort(
        leader=people["trainer"], title="第一期", region=town["p0"].region, starts_on=today - 9 * day,
        ends_on=today + day, modules=[Module.objects.exclude(slug=world.SLUG).get()],
    )  # fmt: skip
    for learner in who:
        cohorts.join_cohort(learner=learner, cohort=cohort)


def test_the_reason_counts_what_the_file_counts_and_shows_its_points(
    town: dict[str, Any], people: dict[str, Any], office: Client
) -> None:
    in_a_class(town, people, [town["p0"]])
    count(timezone.now() + dt.timedelta(minutes=1))
    need = HelpNeed.objects.get(learner=town["p0"])
    (behind,) = [reason for reason in need.reasons if reason["code"] == "behind"]
    file = office.get(f"/supervision/learners/{town['p0'].pk}/")
    assert behind["number"] + behind["outside"] == file.context["file"].lessons_done == 2
    said = f"Class lessons 0 of {behind['of']}, 2 outside the class: behind the plan."
    added = " + ".join(str(reason["points"]) for reason in need.reasons)
    for html in (file.content.decode(), office.get("/supervision/help/").content.decode()):
        assert said in html
        assert f"Points: {added} = {need.points}" in html


def test_the_class_list_tells_lessons_outside_the_class_and_adds_up_to_the_members_file(
    town: dict[str, Any], people: dict[str, Any]
) -> None:
    in_a_class(town, people, [town["p0"]])
    cohort, trainer = Cohort.objects.get(), signed_in(people["trainer"])
    text = trainer.get(f"/classes/{cohort.pk}/").content.decode()
    (row,) = cohorts.progress_rows(cohort, list(cohort.members.all()))
    assert (row.lessons, row.outside) == (0, 2)
    assert f"0 / {row.lessons_total}<br>" in text
    assert "2 outside the class" in text
    file = trainer.get(f"/classes/{cohort.pk}/{town['p0'].pk}/").context["file"]
    assert row.lessons + row.outside == file.lessons_done
    cohort.modules.add(Module.objects.get(slug=world.SLUG))
    (row,) = cohorts.progress_rows(cohort, list(cohort.members.all()))
    assert (row.lessons, row.outside) == (2, 0)
    assert "outside the class" not in trainer.get(f"/classes/{cohort.pk}/").content.decode()


def test_a_class_list_takes_three_queries_however_many_members(
    town: dict[str, Any], people: dict[str, Any], django_assert_num_queries: Any
) -> None:
    in_a_class(town, people, [row for row in town.values() if isinstance(row, Learner)])
    cohort = Cohort.objects.get()
    members = list(cohort.members.select_related("learner"))
    assert len(members) > 3
    for some in (members[:1], members):
        with django_assert_num_queries(3):
            assert len(cohorts.progress_rows(cohort, some)) == len(some)


def test_a_need_stored_before_lessons_outside_were_told_is_still_read() -> None:
    told = {"code": "behind", "points": 2, "number": 0, "of": 30}
    with translation.override("en"):
        assert helping.sentence(told) == "Class lessons 0 of 30: behind the plan."
    assert helping.points_text([told]) == "2"


def test_who_was_helped_says_by_whom_and_until_when_and_stands_last(
    town: dict[str, Any], office: Client
) -> None:
    quiet, worse = town["p7"], town["p6"]
    HelpNeed.objects.all().delete()  # only those made here
    for learner, points in ((worse, 6), (quiet, 3)):
        HelpNeed.objects.create(learner=learner, points=points, as_of=town["now"], reasons=[
            {"code": "not_begun", "points": points, "number": 9, "of": 0}
        ])  # fmt: skip
    html = office.get("/supervision/help/").content.decode()
    assert html.index("P6") < html.index("P7")
    office.post(
        f"/supervision/learners/{worse.pk}/",
        {"action": "called", "outcome": "reached", "id": str(uuid.uuid4())},
    )
    html = office.get("/supervision/help/").content.decode()
    assert html.index("P7") < html.index("P6")
    row = html[html.index("P6") :].partition("</li>")[0]
    now = timezone.localtime()
    assert (
        f"Called by Supervisor on {day(now)}. Spoke with them. Look again on {day(now + dt.timedelta(days=7))}."
        in row
    )
    assert "helped" in row
    assert "to visit" not in row
    assert "to call" in html[html.index("P7") : html.index("P6")]
    board = office.get("/supervision/").content.decode()
    assert board.index(">P7") < board.index(">P6")
    assert "Call 1 person<" in board
    assert "Visit" not in board


@evidence.writing("log_help")
def test_a_week_after_the_call_they_are_back_in_their_place(town: dict[str, Any], office: Client) -> None:
    HelpNeed.objects.all().delete()  # only those made here
    for learner, points in ((town["p6"], 6), (town["p7"], 3)):
        HelpNeed.objects.create(learner=learner, points=points, as_of=town["now"])
    office.post(
        f"/supervision/learners/{town['p6'].pk}/",
        {"action": "visited", "outcome": "promised", "id": str(uuid.uuid4())},
    )
    HelpGiven.objects.update(given_at=timezone.now() - dt.timedelta(days=7, minutes=1))
    html = office.get("/supervision/help/").content.decode()
    assert html.index("P6") < html.index("P7")
    assert "Time to look again." in html
    assert "to visit" in html


def test_without_saying_what_was_done_nothing_is_kept_and_the_note_stays(
    town: dict[str, Any], office: Client
) -> None:
    answer = office.post(f"/supervision/learners/{town['p7'].pk}/", {"note": "下周来", "action": "fired"})
    assert answer.status_code == 400
    assert "下周来" in answer.content.decode()
    assert not HelpGiven.objects.exists()


def test_opening_a_file_is_written_down_once_and_its_owner_sees_who(
    town: dict[str, Any], office: Client, people: dict[str, Any]
) -> None:
    for _look in range(2):
        assert office.get(f"/supervision/learners/{town['p0'].pk}/").status_code == 200
    opening = FileOpening.objects.get()
    assert (opening.learner, opening.who, opening.role) == (town["p0"], people["supervisor"].pk, "supervisor")
    own = signed_in(town["p0"].user)
    assert "Supervisor" in own.get("/me/").content.decode()


def test_a_file_speaks_of_them_to_the_office_and_of_me_to_its_owner(
    town: dict[str, Any], office: Client
) -> None:
    html = office.get(f"/supervision/learners/{town['p0'].pk}/").content.decode()
    heads = re.findall(r"<h2>([^<]+)</h2>", html)
    assert len(set(heads)) == len(heads)
    assert {"Modules they are in", "Lessons they finished", "Questions they asked"} <= set(heads)
    assert "Questions I asked" not in html
    own = signed_in(town["p0"].user).get("/me/").content.decode()
    assert "Questions I asked" in own
    assert "they" not in " ".join(re.findall(r"<h2>([^<]+)</h2>", own))


def test_lessons_done_have_their_total(town: dict[str, Any], office: Client) -> None:
    other = Module.objects.exclude(slug=world.SLUG).get()
    total = len(world.lessons_of()) + len(world.lessons_of(other.slug))
    assert "2 of 2" in office.get(f"/supervision/learners/{town['p0'].pk}/").content.decode()
    learning.enrol(learner=town["p0"], module=other)
    assert f"2 of {total}" in office.get(f"/supervision/learners/{town['p0'].pk}/").content.decode()


def test_a_guest_has_no_file_to_open(town: dict[str, Any], office: Client, regions: dict[str, Any]) -> None:
    guest = Learner.objects.create(region=regions["village"])
    assert office.get(f"/supervision/learners/{guest.pk}/").status_code == 404


# --- how it is counted ---------------------------------------------------------------------------------


def test_the_model_page_explains_every_indicator_in_both_languages(
    people: dict[str, Any], office: Client
) -> None:
    from assessments.evaluation.measure.catalogue import CATALOGUE

    html = office.get("/supervision/model/", follow=True).content.decode()
    for line in CATALOGUE:
        assert str(line.code) in html
        assert line.formula.split("(")[0] in html.replace("&lt;", "<")
    assert "more than half of all the class’s lessons" in html


def test_a_figure_is_the_same_in_every_language(town: dict[str, Any], people: dict[str, Any]) -> None:
    zh = signed_in(people["supervisor"], "zh-hans").get("/supervision/").content.decode()
    assert "75%" in zh
    stored = EvaluationSnapshot.objects.get(kind="region", key=COUNTY)
    assert json.loads(json.dumps(stored.figures)) == stored.figures


# --- what is found nowhere ---------------------------------------------------------------------------


def test_odd_characters_and_numbers_are_not_found(
    town: dict[str, Any], office: Client, subtests: Any
) -> None:
    """One of the two databases breaks on a zero byte: it is taken out at the door."""
    addresses = (
        "?region=9%009", "?region=36%00", "?class=9%009", "help/?region=9%009", "lists/completed/?region=9%009",
        "lists/completed_in:%00/", "lists/completed/?page=x%00", "learners/99999999999999999999/",
    )  # fmt: skip
    for address in addresses:
        with subtests.test(address):
            assert office.get(f"/supervision/{address}").status_code == 404


def test_the_second_page_of_who_needs_help_is_of_the_same_place(town: dict[str, Any], office: Client) -> None:
    HelpNeed.objects.all().delete()  # only those made here
    for number in range(25):
        learner = Learner.objects.create(
            user=User.objects.create(username=f"n{number}"), region=town["p0"].region
        )
        HelpNeed.objects.create(learner=learner, points=3, as_of=town["now"])
    html = office.get("/supervision/help/?region=360321100201").content.decode()
    assert 'href="?region=360321100201&amp;only=&amp;page=2"' in html
    assert office.get("/supervision/help/?region=360321100201&only=&page=2").status_code == 200


def test_only_who_may_stop_a_count_is_offered_it(
    people: dict[str, Any], office: Client, make_user: Any, regions: dict[str, Any]
) -> None:
    office.post("/supervision/count/", {"region": COUNTY})
    stop = f"/supervision/jobs/{Job.objects.get().pk}/cancel/"
    colleague = make_user("colleague", role="supervisor", region=regions["county"])
    assert stop in office.get("/supervision/").content.decode()
    assert stop not in signed_in(colleague).get("/supervision/").content.decode()


# --- lists of many, lists of few -----------------------------------------------------------------------


def test_a_list_of_any_length_is_exported_whole_by_one_query(
    town: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "CHUNK", 2)
    listing = lists.listing_of("attendances", reach_of(Scope("region", "36"), town["now"]))
    assert listing
    with CaptureQueriesContext(connection) as seen:
        rows = list(listing.export())
    assert len(rows) == 13
    assert len(seen) == 1


def test_whose_a_face_was_cannot_be_told_from_two_lists(town: dict[str, Any], office: Client) -> None:
    """The list of enrolments has names and days: the list of faces has neither, nor modules of few."""
    other = Module.objects.exclude(slug=world.SLUG).get()
    for number in range(2):
        learning.enrol(learner=town[f"p{number}"], module=other, at=town["now"] - dt.timedelta(days=3))
        world.face(town[f"p{number}"], 1, town["now"] - dt.timedelta(days=1), slug=other.slug)
    Enrolment.objects.filter(module=other).update(completed_at=town["now"] - dt.timedelta(days=2))
    for code, count in (("satisfaction", 7), ("response_rate", 8)):
        with translation.override("en"):  # the office reads English
            listing = lists.listing_of(code, reach_of(Scope("region", COUNTY), town["now"]))
            assert listing
            rows = list(listing.export())
        assert len(rows) == count
        assert {len(row) for row in rows} == {1}, (
            "two of few would stand alone, so the next smallest goes too"
        )
        assert len(listing.columns) == 1
        assert listing.note
        page = office.get(f"/supervision/lists/{code}/").content.decode()
        assert escape(listing.note) in page or listing.note in page
        assert all(module.published.title not in page for module in Module.objects.all() if module.published)


def test_a_module_that_five_finished_is_named_in_the_list_of_faces(
    town: dict[str, Any], office: Client
) -> None:
    html = office.get("/supervision/lists/satisfaction/").content.decode()
    assert escape("Borrow the window's light") in html
    assert ">Module<" in html
    assert "Modules are not named" not in html


def test_the_list_behind_second_tries_says_both_scores(town: dict[str, Any], office: Client) -> None:
    html = office.get("/supervision/lists/retry_difference/").content.decode()
    assert "not of these people" in html
    assert "5 rows" in html
    cells = [row for row, _link in office.get("/supervision/lists/retry_difference/").context["rows"]]
    assert {tuple(row[2:]) for row in cells} == {("50%", "100%", "2")}


@pytest.mark.parametrize(
    ("code", "chips"),
    [
        ("passed", ["All: 8", "passed: 6", "not yet: 2"]),
        ("completed", ["All: 8", "finished a module: 6", "not finished yet: 2"]),
        ("active", ["All: 8", "active: 7", "not here: 1"]),
        ("satisfaction", ["All: 5", "glad face: 4", "another face: 1"]),
        ("response_rate", ["All: 6", "tapped a face: 5", "no face: 1"]),
        ("answered_in_time", ["All: 4", "in time: 2", "late or waiting: 2"]),
    ],
)
def test_chips_say_what_they_mean_and_how_many_there_are(
    code: str, chips: list[str], town: dict[str, Any], office: Client
) -> None:
    html = office.get(f"/supervision/lists/{code}/").content.decode()
    assert re.findall(r">([^<>]+: \d+)</a>", html) == chips
    for only, said in (("yes", chips[1]), ("no", chips[2])):
        narrowed = office.get(f"/supervision/lists/{code}/?only={only}")
        words, _sign, number = said.partition(": ")
        assert len(narrowed.context["rows"]) == int(number)
        assert {cells[-1] for cells, _link in narrowed.context["rows"]} == {words}
        assert re.findall(r">([^<>]+: \d+)</a>", narrowed.content.decode()) == chips


def test_a_list_of_questions_says_that_its_themes_are_todays(town: dict[str, Any], office: Client) -> None:
    for code in ("questions", "answered_in_time", "questions_on:none"):
        assert "Themes are as they are now" in office.get(f"/supervision/lists/{code}/").content.decode()
    html = office.get("/supervision/lists/questions_on:none/").content.decode()
    assert '<p class="lead">2 of 5 questions</p>' in html


def test_being_put_in_a_class_is_not_being_here(
    town: dict[str, Any], people: dict[str, Any], regions: dict[str, Any]
) -> None:
    listing = lists.listing_of("registered", reach_of(Scope("region", COUNTY), town["now"]))
    assert listing
    last = {row[0]: row[2] for row in listing.export()}
    assert last["P7"] is None  # enrolled, and never came
    assert last["P0"] is not None


def test_a_file_says_the_day_of_the_place_it_is_about(town: dict[str, Any], office: Client) -> None:
    night = dt.datetime(2026, 10, 31, 16, tzinfo=dt.UTC)  # the evening before, in Greenwich
    EvaluationSnapshot.objects.all().delete()
    services.take_snapshot(Scope("region", COUNTY), night)
    answer = office.get("/supervision/lists/registered/?format=csv")
    assert 'filename="registered-20261101.csv"' in answer["Content-Disposition"]
    api = office.get(f"/api/v1/evaluations/?key={COUNTY}").json()
    assert api["as_of"] == "2026-11-01T00:00:00+08:00"
