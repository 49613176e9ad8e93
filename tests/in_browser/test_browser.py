"""What people do, in a real browser at 360 pixels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from assessments.models import Attempt
from courses.models import Module
from learners.models import Enrolment
from tests.browser import (
    LESSON,
    MODES,
    MODULE,
    OPEN_PAGES,
    ask_for_code,
    axe_findings,
    learnt_pages,
    path_of,
    read_module,
    sign_in,
    sign_up,
    take_quiz,
    tap,
)
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


# --- a villager learns -------------------------------------------------------------------------------


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_a_guest_learns_passes_signs_up_and_keeps_it(visitor: Any, url: str, script: bool) -> None:
    page = visitor(java_script_enabled=script)
    page.goto(url)
    tap(page, ".hero a.button.hot")
    assert path_of(page).startswith("/lessons/")
    assert page.locator("article section p").first.is_visible()

    read_module(page, url)
    take_quiz(page, url)
    assert "通过" in page.locator("h1").inner_text() or Attempt.objects.get().passed
    enrolment = Enrolment.objects.get(module__slug="window-light")
    assert enrolment.completed_at

    sign_up(page, url, "13912345678", "李桂香")
    if page.locator("button[name=mine][value=yes]").count() == 0:
        page.goto(f"{url}/me/")
    tap(page, "button[name=mine][value=yes]")  # phones are shared: a new account is asked first
    page.goto(f"{url}/me/")
    file = page.locator("main").inner_text()
    assert "借窗户的光" in file
    assert "李桂香" in file
    page.goto(f"{url}{MODULE}")
    assert page.locator(".note.good").count() == 1
    pdf = page.context.request.get(f"{url}/me/file.pdf")
    assert pdf.status == 200
    assert pdf.body().startswith(b"%PDF")
    assert Enrolment.objects.filter(module__slug="window-light", completed_at__isnull=False).count() == 1
    with page.expect_download() as waiting:
        page.goto(f"{url}/me/")
        page.locator("a[href='/me/file.pdf']").tap()
    assert Path(waiting.value.path()).read_bytes()[:4] == b"%PDF"


def test_a_learner_sees_an_edit_after_it_is_published_and_not_before(
    chromium: Any, visitor: Any, make_user: Any, url: str
) -> None:
    trainer = make_user("trainer", role="trainer", is_staff=True)
    module = Module.objects.get(slug="window-light")
    if module.course:
        module.course.trainers.add(trainer)
    learner = visitor()
    desk = visitor(viewport={"width": 1280, "height": 900})
    sign_in(desk, url, "trainer", PASSWORD, f"/admin/courses/module/{module.pk}/change/")
    assert path_of(desk).endswith(f"/module/{module.pk}/change/")
    tap(desk, ".field-lesson_links a")
    box = desk.locator("textarea[name='blocks-0-body_zh']")
    box.fill("新写的一句话。")
    tap(desk, "input[name=_save]")
    assert desk.locator(".errornote").count() == 0
    learner.goto(f"{url}{LESSON}")
    assert "太阳光最准" in learner.locator("article").inner_text()
    assert "新写的一句话" not in learner.locator("article").inner_text()

    desk.goto(f"{url}/admin/courses/module/{module.pk}/change/")
    tap(desk, "input[name=_publish]")
    assert desk.locator(".errornote, .messagelist .error").count() == 0
    learner.goto(f"{url}{LESSON}")
    assert "新写的一句话" in learner.locator("article").inner_text()


def test_a_shared_phone_is_free_again_after_two_taps(visitor: Any, url: str) -> None:
    page = visitor()
    read_module(page, url)
    sign_up(page, url, "13912345679", "王建国")
    page.goto(f"{url}{LESSON}")
    tap(page, "footer a[href^='/accounts/switch/']")
    tap(page, "main form[action='/accounts/logout/'] button")
    names = {cookie["name"] for cookie in page.context.cookies(url)}
    assert "learner" not in names
    assert "sessionid" not in names
    page.goto(f"{url}/me/")
    assert "王建国" not in page.content()
    assert "借窗户的光" not in page.locator("main").inner_text()
    page.goto(f"{url}{MODULE}")
    assert page.locator(".badge.good").count() == 0
    page.go_back()
    page.goto(f"{url}{LESSON}")
    assert "王建国" not in page.content()


# --- everybody can read it -----------------------------------------------------------------------------


def test_what_axe_says_of_a_page_does_not_hang_on_where_it_is_scrolled_to(visitor: Any, url: str) -> None:
    page, axe = visitor(**MODES["elder-dark"]), Axe()
    page.goto(f"{url}/quizzes/{Module.objects.get(slug='parcel').quiz.pk}/")
    box = "document.querySelector('main form :is(button, select, input:not([type=hidden]))').getBoundingClientRect()"
    half = f"scrollBy(0, {box}.top + 13 - document.querySelector('.bar').getBoundingClientRect().top)"
    page.evaluate(half)
    assert axe_findings(axe, page) == []


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_axe_finds_nothing_on_any_learner_page(visitor: Any, url: str, lang: str, mode: str) -> None:
    page, axe, findings = visitor(lang=lang, **MODES[mode]), Axe(), []
    for path in OPEN_PAGES:
        page.goto(url + path)
        findings += axe_findings(axe, page)
    for path in learnt_pages(page, url):
        page.goto(url + path)
        findings += axe_findings(axe, page)
    page.goto(f"{url}{LESSON}")
    page.evaluate("document.querySelectorAll('details').forEach((el) => { el.open = true; })")
    findings += axe_findings(axe, page)
    code = ask_for_code(page, url, "13912345670")
    findings += axe_findings(axe, page)
    page.fill("input[name=code]", "000000" if code != "000000" else "000001")
    tap(page, "form[action='/accounts/code/'] button")
    findings += axe_findings(axe, page)
    page.fill("input[name=code]", code)
    tap(page, "form[action='/accounts/code/'] button")
    findings += axe_findings(axe, page)
    tap(page, "main form button.button.go")
    findings += axe_findings(axe, page)
    assert findings == []
