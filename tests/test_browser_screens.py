"""A cheap phone's screens: what is seen without scrolling, and what leads on."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import timezone

from assessments.models import Quiz, Response, ReviewCard
from tests.browser import (
    LESSON,
    MODULE,
    answer,
    path_of,
    read_module,
    take_quiz,
    tap,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


# --- a cheap phone's first screen -----------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_a_course_is_on_the_first_screen_of_the_catalogue(visitor: Any, url: str, lang: str) -> None:
    page = visitor(lang=lang, viewport={"width": 360, "height": 740})
    page.goto(f"{url}/modules/")
    first, bar = page.locator("a.mod").first.bounding_box(), page.locator("nav.bar").bounding_box()
    assert first["y"] + 60 <= bar["y"]  # its title can be read above the bar
    tap(page, ".seg.flat a:last-child")
    page.wait_for_timeout(300)
    assert page.locator("#r li").first.bounding_box()["y"] + 60 <= bar["y"]


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
@pytest.mark.parametrize("elder", ["", "1"])
def test_no_date_of_the_file_is_broken_and_the_file_is_short(
    visitor: Any, url: str, lang: str, elder: str
) -> None:
    page = visitor(lang=lang, elder=elder)
    read_module(page, url)
    take_quiz(page, url)
    page.goto(f"{url}/me/")
    broken = page.evaluate(
        """() => [...document.querySelectorAll('.file td, .figs b')].filter((el) => {
          const range = document.createRange(); range.selectNodeContents(el);
          return new Set([...range.getClientRects()].filter((r) => r.width).map((r) => Math.round(r.bottom))).size > 1;
        }).map((el) => el.textContent)"""
    )
    assert broken == []
    assert not re.search(r"\d{4}-\d\d-\d\d", page.locator(".file").inner_text())
    assert page.locator(".file details.qa[open]").count() == 0
    assert page.locator("a[href='/me/file.json']").count() == 0


def test_the_button_of_a_multiple_choice_is_above_the_bar(visitor: Any, url: str) -> None:
    page = visitor(viewport={"width": 360, "height": 640})
    page.goto(f"{url}/quizzes/{Quiz.objects.get(module__slug='window-light').pk}/")
    while page.locator("button[name=choice]").count():
        answer(page)
        tap(page, "main a.btn.go")
    tap(page, "form .btn.go")  # nothing ticked: the error makes the page longer
    assert page.locator(".err").is_visible()
    button, bar = page.locator("form .btn.go").bounding_box(), page.locator("nav.bar").bounding_box()
    assert button["y"] + button["height"] <= bar["y"]


def test_an_address_with_a_track_unfolds_it(visitor: Any, url: str) -> None:
    page = visitor()
    page.goto(f"{url}/tracks/")
    assert page.locator("details[open]").count() == 0
    slug = page.locator("details > div").first.get_attribute("id")
    page.goto(url)
    page.goto(f"{url}/tracks/#{slug}")
    assert page.locator("details[open]").count() == 1


def above_the_bar(page: Any, selector: str) -> bool:
    """Whether the whole of it is seen above the bar without scrolling."""
    box, bar = page.locator(selector).first.bounding_box(), page.locator("nav.bar").bounding_box()
    return box["y"] >= 0 and box["y"] + box["height"] <= bar["y"]


def small_phone(visitor: Any, **options: Any) -> Any:
    return visitor(viewport={"width": 360, "height": 640}, **options)


@pytest.mark.parametrize("elder", ["", "1"])
@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_after_an_answer_the_way_on_is_seen_at_once(visitor: Any, url: str, lang: str, elder: str) -> None:
    page = small_phone(visitor, lang=lang, elder=elder)
    page.goto(f"{url}/quizzes/{Quiz.objects.get(module__slug='window-light').pk}/")
    for number in range(6):
        kind = page.locator("input[type=checkbox][name=choice]").count()
        answer(page, right=number % 2 == 0)
        assert above_the_bar(page, "main a.btn.go"), page.url
        if not kind:  # wrong options nobody chose are not in the way
            assert page.locator(".opts .opt").count() == page.locator(".opts :is(.right,.wrong)").count()
        tap(page, "main a.btn.go")
    page.goto(f"{url}/me/")
    ReviewCard.objects.update(due_at=timezone.now())
    page.goto(f"{url}/me/review/")
    assert re.search("该答了" if lang == "zh-hans" else "due now", page.locator("main").inner_text())
    tap(page, "main a.btn.go")
    answer_card(page)
    assert above_the_bar(page, "main a.btn.go"), page.url


def answer_card(page: Any) -> None:
    """Answer the card that is open, rightly or not."""
    if page.locator("input[type=checkbox][name=choice]").count():
        page.locator("label.opt").first.tap()
        tap(page, "form .btn.go")
    else:
        tap(page, "button[name=choice]")


def test_an_empty_answer_to_a_multiple_choice_says_so_in_view(visitor: Any, url: str) -> None:
    page = small_phone(visitor)
    page.goto(f"{url}/quizzes/{Quiz.objects.get(module__slug='window-light').pk}/")
    while page.locator("button[name=choice]").count():
        answer(page)
        tap(page, "main a.btn.go")
    assert above_the_bar(page, "form .btn.go")
    tap(page, "form .btn.go")
    assert above_the_bar(page, ".err")
    assert above_the_bar(page, "form .btn.go")
    assert "就选这些" in page.locator(".err").inner_text()
    assert Response.objects.filter(item__kind="multiple").count() == 0


def test_a_passed_quiz_and_a_finished_module_lead_on(visitor: Any, url: str) -> None:
    page = small_phone(visitor)
    page.goto(f"{url}{MODULE}")
    quiz = Quiz.objects.get(module__slug="window-light")
    assert page.locator(f"ol a[href='/quizzes/{quiz.pk}/'] .done").count() == 0
    take_quiz(page, url)
    assert path_of(page).startswith("/quizzes/")
    tap(page, "main a.btn.go")  # passed, and the lessons are not read yet
    assert path_of(page) == LESSON
    read_module(page, url)
    take_quiz(page, url)
    assert above_the_bar(page, "main a.btn.go")
    tap(page, "main a.btn.go")
    assert path_of(page) == "/modules/parcel/"
    page.goto(f"{url}{MODULE}")
    assert page.locator(f"ol a[href='/quizzes/{quiz.pk}/'] .done").count() == 1
    tap(page, "main a.btn.go")
    assert path_of(page) == "/modules/parcel/"


def test_lessons_that_are_done_are_filled_in_the_bar_of_steps(visitor: Any, url: str) -> None:
    page = visitor()
    page.goto(f"{url}{LESSON}")
    assert page.locator(".stp .d").count() == 0
    tap(page, "form[data-end] button")
    assert page.locator(".stp .d").count() == 1


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_the_front_page_in_large_letters_holds_together_on_a_desk(visitor: Any, url: str, lang: str) -> None:
    page = visitor(lang=lang, elder="1", viewport={"width": 1280, "height": 900})
    page.goto(url)
    wide = page.evaluate(
        "() => [...document.querySelectorAll('.mx thead b')].map((el) => {"
        " const r = document.createRange(); r.selectNodeContents(el);"
        " return r.getBoundingClientRect().width / el.clientWidth; })"
    )
    assert len(wide) == 3
    assert max(wide) < 1, wide  # heads of levels do not run together
    for head in page.locator(".hd:has(a)").all():
        title, link = head.locator("h2").bounding_box(), head.locator("a").bounding_box()
        assert link["x"] > title["x"] + title["width"], head.inner_text()
    tops = page.evaluate(
        "() => [...document.querySelectorAll('.tile')].map((el) => Math.round("
        "el.querySelector('small').getBoundingClientRect().top - el.querySelector('b').getBoundingClientRect().bottom))"
    )
    assert max(tops) - min(tops) <= 1, tops
    if lang == "zh-hans":
        lines = page.evaluate(
            "() => { const t = document.querySelector('h1').firstChild, r = document.createRange();"
            " const at = t.data.indexOf('好货'); r.setStart(t, at); r.setEnd(t, at + 2);"
            " return new Set([...r.getClientRects()].map((b) => Math.round(b.top))).size; }"
        )
        assert lines == 1
