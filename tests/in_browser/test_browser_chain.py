"""The whole chain in a real browser, over real processes: somebody asks, a trainer answers, a worker counts,
a supervisor sees it on paper, and the next county sees nothing.

Once as on a small machine (SQLite, the embedded worker's broker), once as on a server (PostgreSQL, Redis).
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser import LESSON, path_of, sign_in, tap
from tests.conftest import PASSWORD, TEST_REDIS_URL, WORKER, redis_number
from tests.serving import Site
from tests.village import EGG_ANSWER

pytestmark = pytest.mark.browser
COUNTY = "360321"
ODD, ODD_ANSWER = "那个弄了半天鸡蛋不行咋整", "把蛋托压紧，再封箱。"
ODD_IN_ENGLISH = ("How do I keep eggs whole?", "Press the tray down, then close the box.")
DESK = {"viewport": {"width": 1280, "height": 900}}
A_SERVER = pytest.param("server", marks=[pytest.mark.postgres, pytest.mark.redis])


@pytest.fixture(params=["embedded", A_SERVER])
def town(request: pytest.FixtureRequest, site: Site) -> Site:
    """A county in an installation with web process and worker, see :mod:`tests.village`."""
    if request.param == "server":
        site.as_server(redis_number(TEST_REDIS_URL, WORKER))
    site.manage("shell", "-v0", "-c", f"from tests import village; village.settle({PASSWORD!r})")
    site.start()
    site.start_worker()
    return site


def test_a_question_becomes_an_answer_a_page_and_a_figure(
    town: Site, phone: Callable[..., Any], tmp_path: Path
) -> None:
    learner, desk, office, next_office = (
        somebody(phone, town, name, **window)
        for name, window in [("guixiang", {}), ("trainer", DESK), ("supervisor", DESK), ("supervisor2", DESK)]
    )
    assert figures(office) == {"questions": "5", "answered_in_time": "80%", "solved_by_known": "不到 5 人"}

    finds_it_answered_already(learner, "鸡蛋咋寄才不碎", EGG_ANSWER)
    asked = asks_all_the_same(learner, ODD)
    town.wait_for("SELECT theme_source FROM feedback_question ORDER BY id DESC LIMIT 1", "unsure")

    opens_the_first_of_the_queue(desk, ODD)
    theme, theme_name = says_the_theme(desk)
    ((corrected,),) = town.rows("SELECT question_id FROM feedback_trainingexample ORDER BY id DESC LIMIT 1")
    assert corrected == asked
    answers_for_all_and_for_the_page(desk, ODD_ANSWER)

    is_told_and_says_it_is_solved(learner, asked, ODD_ANSWER)
    publishes_the_page(desk, theme_name, *ODD_IN_ENGLISH)
    reads_the_page(learner, theme, ODD_ANSWER)

    a_night_passes(town)
    assert figures(office) == {"questions": "6", "answered_in_time": "83%", "solved_by_known": "5"}
    assert ODD in opens_the_list_behind(office, "questions", rows=6)
    office.goto("/supervision/")
    in_time = office.locator(".light a[href^='/supervision/lists/answered_in_time/']").inner_text()
    report = asks_for_a_report_and_waits(office)
    paper = opens_the_pdf(office, tmp_path)
    assert re.search(rf"{in_time}\s+83%", paper), paper

    ((asker,),) = town.rows("SELECT learner_id FROM feedback_question ORDER BY id DESC LIMIT 1")
    sees_nothing_of_it(next_office, report, f"/supervision/learners/{asker}/")


# --- what people do ------------------------------------------------------------------------------------


def somebody(phone: Callable[..., Any], town: Site, name: str, **window: Any) -> Any:
    """A phone or a desk where somebody is signed in."""
    page = phone(base_url=town.url, **window)
    page.context.set_default_timeout(25_000)  # the machine that tests may be busy
    sign_in(page, town.url, name, PASSWORD)
    return page


def finds_it_answered_already(learner: Any, words: str, answer: str) -> None:
    """From a lesson, in two taps; one of the answers offered is the one."""
    learner.goto(LESSON)
    tap(learner, "nav a[href^='/questions/ask/']")
    learner.fill("textarea[name=text]", words)
    tap(learner, "main form button.button.go")
    assert "是不是这" in learner.locator("main").inner_text()
    learner.locator("details.fold summary").first.tap()
    assert learner.locator("details.fold[open]").get_by_text(answer).is_visible()
    tap(learner, "details.fold[open] form button")
    assert "解决了就好" in learner.locator("main").inner_text()


def asks_all_the_same(learner: Any, words: str) -> int:
    """Sends a question past what is offered; returns its number."""
    learner.goto("/questions/ask/")
    learner.fill("textarea[name=text]", words)
    tap(learner, "main form button.button.go")
    tap(learner, "button[form=f]")
    assert "收到了" in learner.locator("main").inner_text()
    return int(path_of(learner).split("/")[2])


def opens_the_first_of_the_queue(desk: Any, words: str) -> None:
    """From the trainer's front page."""
    desk.goto("/admin/")
    click(desk, ".panel.now a.go")
    assert words in desk.locator("#content").inner_text()
    click(desk, "button[name=_claim]")


def says_the_theme(desk: Any) -> tuple[str, str]:
    """One tap on the engine's best guess that says something; returns the theme's code and name."""
    chip = "button[name=_theme]:not([value=other])"
    best = desk.locator(chip).first
    code, name = best.get_attribute("value"), best.inner_text()
    click(desk, chip)
    return code, name


def answers_for_all_and_for_the_page(desk: Any, answer: str) -> None:
    """Ends at the queue, where nobody waits any more."""
    desk.fill("textarea[name=answer]", answer)
    assert desk.locator("input[name=share]").is_checked()
    desk.check("input[name=to_theme_page]")
    click(desk, "input[name=_answer]")
    assert path_of(desk) == "/admin/feedback/question/"
    assert desk.locator("#result_list").count() == 0


def is_told_and_says_it_is_solved(learner: Any, asked: int, answer: str) -> None:
    """The notice leads to the answer."""
    learner.goto("/")
    tap(learner, "a.note[href='/inbox/']")
    tap(learner, "main ul a.item")
    assert path_of(learner) == f"/questions/{asked}/"
    assert answer in learner.locator("main").inner_text()
    tap(learner, ".panel form button.button.go")
    assert "解决了就好" in learner.locator("main").inner_text()


def publishes_the_page(desk: Any, theme_name: str, question_en: str, answer_en: str) -> None:
    """The draft has the trainer's Chinese; the English is filled in."""
    desk.goto("/admin/feedback/answermodule/")
    click(desk, f"#result_list th a:has-text('{theme_name}')")
    desk.fill("[name=entries-0-question_en]", question_en)
    desk.fill("[name=entries-0-answer_en]", answer_en)
    click(desk, "input[name=_publish]")
    assert desk.locator(".errornote, .messagelist .error").count() == 0


def reads_the_page(learner: Any, theme: str, answer: str) -> None:
    """The answer stands on the theme's page as published."""
    learner.goto(f"/answers/{theme.replace('_', '-')}/")
    assert answer in learner.locator("article section[data-spoken]").inner_text()


def a_night_passes(town: Site) -> None:
    """The nightly job is sent and done by the worker."""
    town.manage("shell", "-v0", "-c", "from tests import village; village.night_falls()")
    nights = "SELECT count(*) FROM jobs_job WHERE kind = 'evaluate' AND state = 'done'"
    town.wait_for(nights, 2)


def figures(office: Any) -> dict[str, str]:
    """Three figures as they stand on the board."""
    office.goto("/supervision/")
    return {code: figure(office, code) for code in ("questions", "answered_in_time", "solved_by_known")}


def figure(office: Any, code: str) -> str:
    link = office.locator(f"a[href^='/supervision/lists/{code}/']")
    return str(office.locator("tr, .light", has=link).locator("td.number b, .value").first.inner_text())


def opens_the_list_behind(office: Any, code: str, *, rows: int) -> str:
    """From the figure; as many rows as it says."""
    click(office, f"a[href^='/supervision/lists/{code}/']")
    assert office.locator("main table tbody tr").count() == rows
    return str(office.locator("main").inner_text())


def asks_for_a_report_and_waits(office: Any) -> str:
    """From the board; the page looks again by itself until the files are there; returns its address."""
    click(office, "a[href^='/supervision/reports/?']")
    click(office, "main form button.button.go")
    office.locator("a[href$='/files/pdf/']").wait_for()
    return path_of(office)


def opens_the_pdf(office: Any, folder: Path) -> str:
    """Downloads it; returns what is written on it."""
    with office.expect_download() as waiting:
        office.locator("a[href$='/files/pdf/']").click()
    file = folder / waiting.value.suggested_filename
    waiting.value.save_as(file)
    done = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, check=True, text=True)
    return done.stdout


def sees_nothing_of_it(office: Any, report: str, file: str) -> None:
    """The board of another county has nobody; lists, report and files are not there."""
    office.goto("/supervision/")
    assert "还没有数" in office.locator("main").inner_text()
    assert office.locator("a[href^='/supervision/learners/'], a[href^='/supervision/lists/']").count() == 0
    files = [f"{report}files/{kind}/" for kind in ("pdf", "xlsx", "csv")]
    for address in (
        f"/supervision/?region={COUNTY}", f"/supervision/lists/questions/?region={COUNTY}",
        f"/supervision/lists/questions/?region={COUNTY}&format=csv", report, file, *files,
    ):  # fmt: skip
        answer = office.goto(address)
        assert answer.status == 404, address
        assert ODD not in office.content()
    office.goto("/supervision/reports/")
    assert office.locator(f"a[href='{report}']").count() == 0


def click(page: Any, selector: str) -> None:
    """With a mouse, and wait for the page it opens."""
    with page.expect_navigation():
        page.locator(selector).first.click()
