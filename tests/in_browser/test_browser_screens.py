"""A cheap phone's screens: what is seen without scrolling, and what leads on."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import timezone

from assessments.models import Item, Quiz, Response, ReviewCard
from feedback.models import ContentReport
from mooc.lib.privacy import evidence
from tests.browser import (
    LESSON,
    MODULE,
    OPEN_PAGES,
    WIDER,
    answer,
    ask_for_code,
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
    first, bar = page.locator("a.module").first.bounding_box(), page.locator("nav.bar").bounding_box()
    assert first["y"] + 60 <= bar["y"]  # its title can be read above the bar
    tap(page, ".segments.flat a:last-child")
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
        """() => [...document.querySelectorAll('.file td, .figures b')].filter((el) => {
          const range = document.createRange(); range.selectNodeContents(el);
          return new Set([...range.getClientRects()].filter((r) => r.width).map((r) => Math.round(r.bottom))).size > 1;
        }).map((el) => el.textContent)"""
    )
    assert broken == []
    out = "() => { const f = document.querySelector('.figures'); return f.scrollWidth - f.clientWidth; }"
    assert page.evaluate(out) <= 0
    assert not re.search(r"\d{4}-\d\d-\d\d", page.locator(".file").inner_text())
    assert page.locator(".file details.fold[open]").count() == 0
    assert page.locator("a[href='/me/file.json']").count() == 0


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
@pytest.mark.parametrize("elder", ["", "1"])
def test_the_table_of_lessons_and_the_subjects_keep_their_grid(
    visitor: Any, url: str, lang: str, elder: str
) -> None:
    page = visitor(lang=lang, elder=elder)
    page.goto(url)
    lines = page.evaluate(
        """() => [...document.querySelectorAll('.matrix td a > span:last-child')].map((el) => {
          const range = document.createRange(); range.selectNodeContents(el);
          return new Set([...range.getClientRects()].map((r) => Math.round(r.top))).size; })"""
    )
    assert lines
    assert max(lines) == 1  # no cell breaks in two
    out = "() => Math.max(...[...document.querySelectorAll('.matrix th')].map((e) => e.scrollWidth - e.clientWidth))"
    assert page.evaluate(out) <= 0
    page.goto(f"{url}/modules/")
    page.locator(".choose summary").tap()
    assert len({round(chip.bounding_box()["width"]) for chip in page.locator(".choose .chip").all()}) == 1


def test_what_comes_next_stands_above_the_tools_of_the_file(visitor: Any, url: str) -> None:
    page = small_phone(visitor)
    page.goto(f"{url}{LESSON}")
    tap(page, "form[data-end] .button")
    page.goto(f"{url}/me/")
    assert above_the_bar(page, "main a.button.go")
    assert above(page, "main a.button.go", "main .segments")


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


def above(page: Any, upper: str, lower: str) -> bool:
    """Whether the first line of one thing is seen above another."""
    first, other = page.locator(upper).first.bounding_box(), page.locator(lower).first.bounding_box()
    return first["y"] >= 0 and first["y"] + 24 <= other["y"]


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
        assert above_the_bar(page, "main a.button.go"), page.url
        assert above(page, ".why p", "main a.button.go"), page.url  # the reason is read before going on
        if not kind:  # wrong options nobody chose are not in the way
            assert (
                page.locator(".options .option").count()
                == page.locator(".options :is(.right,.wrong)").count()
            )
        tap(page, "main a.button.go")
    page.goto(f"{url}/me/")
    with evidence.writing("review_item"):
        ReviewCard.objects.update(due_at=timezone.now())
    page.goto(f"{url}/me/review/")
    assert re.search("该答了" if lang == "zh-hans" else "due now", page.locator("main").inner_text())
    tap(page, "main a.button.go")
    answer_card(page)
    assert above_the_bar(page, "main a.button.go"), page.url
    assert above(page, ".why p", "main a.button.go"), page.url


def answer_card(page: Any) -> None:
    """Answer the card that is open, rightly or not."""
    if page.locator("input[type=checkbox][name=choice]").count():
        page.locator("label.option").first.tap()
        tap(page, "form .button.go")
    else:
        tap(page, "button[name=choice]")


def test_the_question_stands_still_and_ones_own_choice_is_seen_when_it_is_answered(
    visitor: Any, url: str
) -> None:
    page = small_phone(visitor, lang="en")
    page.goto(f"{url}/quizzes/{Quiz.objects.get(module__slug='window-light').pk}/")
    for _ in range(6):
        before = page.locator("h1").bounding_box()
        kind = page.locator("input[type=checkbox][name=choice]").count()
        answer(page, right=False)
        assert page.locator("h1").bounding_box()["y"] == before["y"]
        if not kind:
            assert above(page, ".option.right", "main a.button.go")
            assert above(page, ".option.wrong", "main a.button.go")
        tap(page, "main a.button.go")


SEEN = """() => { const el = document.activeElement, box = el.getBoundingClientRect();
  if (el === document.body || el.closest('.unseen')) return true;
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return Boolean(top && (el.contains(top) || (el.closest('label') || el).contains(top))); }"""


def test_what_has_the_focus_is_never_under_the_button_that_stays(visitor: Any, url: str) -> None:
    Item.objects.exclude(kind="multiple").update(live=False)
    page = visitor(lang="en", elder="xl")
    hidden = []
    for height in (520, 580, 640):
        page.set_viewport_size({"width": 360, "height": height})
        page.goto(f"{url}{MODULE}quiz/")
        for _stop in range(14):
            page.keyboard.press("Tab")
            if not page.evaluate(SEEN):
                hidden.append((height, page.evaluate("document.activeElement.outerHTML.slice(0, 80)")))
    assert hidden == []


def test_nothing_hidden_from_eyes_makes_a_page_wider_than_the_smallest_phone(visitor: Any, url: str) -> None:
    page = visitor(lang="en", viewport={"width": 320, "height": 568})
    for path in OPEN_PAGES:
        page.goto(url + path)
        assert page.evaluate(WIDER) <= 0, path
    page.evaluate(
        """() => { const last = document.createElement('p'); last.style.textAlign = 'right';
          last.innerHTML = '9<span class="unseen">courses of this kind</span>'; document.body.append(last); }"""
    )
    assert page.evaluate(WIDER) <= 0


def test_an_empty_answer_to_a_multiple_choice_says_so_in_view(visitor: Any, url: str) -> None:
    page = small_phone(visitor)
    page.goto(f"{url}/quizzes/{Quiz.objects.get(module__slug='window-light').pk}/")
    while page.locator("button[name=choice]").count():
        answer(page)
        tap(page, "main a.button.go")
    many = page.locator("input[name=choice]").count()
    assert str(many) in page.locator("[data-spoken] p").inner_text()  # one below the bar is not overlooked
    assert above_the_bar(page, "form .button.go")  # what to tap after choosing is seen at once
    tap(page, "form .button.go")
    assert above_the_bar(page, ".error")
    assert "就选这些" in page.locator(".error").inner_text()
    assert Response.objects.filter(item__kind="multiple").count() == 0


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_a_passed_quiz_and_a_finished_module_lead_on(visitor: Any, url: str, lang: str) -> None:
    page = small_phone(visitor, lang=lang)
    page.goto(f"{url}{MODULE}")
    quiz = Quiz.objects.get(module__slug="window-light")
    assert page.locator(f"ol a[href='/quizzes/{quiz.pk}/'] .good").count() == 0
    take_quiz(page, url)
    assert path_of(page).startswith("/quizzes/")
    tap(page, "main a.button.go")  # passed, and the lessons are not read yet
    assert path_of(page) == LESSON
    read_module(page, url)
    take_quiz(page, url)
    assert above_the_bar(page, "main a.button.go")
    tap(page, "main a.button.go")
    assert path_of(page) == "/modules/parcel/"
    page.goto(f"{url}{MODULE}")
    assert page.locator(f"ol a[href='/quizzes/{quiz.pk}/'] .good").count() == 1
    assert above_the_bar(page, "main a.button.go")
    assert above(page, "main a.button.go", ".aim")
    tap(page, "main a.button.go")
    assert path_of(page) == "/modules/parcel/"


def test_lessons_that_are_done_are_filled_in_the_bar_of_steps(visitor: Any, url: str) -> None:
    page = visitor()
    page.goto(f"{url}{LESSON}")
    assert page.locator(".steps .on").count() == 0
    tap(page, "form[data-end] .button")
    assert page.locator(".steps .on").count() == 1


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_the_front_page_in_large_letters_holds_together_on_a_desk(visitor: Any, url: str, lang: str) -> None:
    page = visitor(lang=lang, elder="1", viewport={"width": 1280, "height": 900})
    page.goto(url)
    wide = page.evaluate(
        "() => [...document.querySelectorAll('.matrix thead b')].map((el) => {"
        " const r = document.createRange(); r.selectNodeContents(el);"
        " return r.getBoundingClientRect().width / el.clientWidth; })"
    )
    assert len(wide) == 3
    assert max(wide) < 1, wide  # heads of levels do not run together
    for head in page.locator(".head:has(a)").all():
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


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_a_quiz_that_was_not_passed_shows_the_way_first(visitor: Any, url: str, lang: str) -> None:
    page = small_phone(visitor, lang=lang)
    take_quiz(page, url, wrong=4)
    assert above_the_bar(page, "main a.button.go")
    assert above(page, "main .buttons", ".note")  # to learn comes before to sign up
    tap(page, "main a.button.go")
    assert path_of(page).startswith("/lessons/")


def test_a_form_that_is_refused_shows_what_is_missing(visitor: Any, url: str) -> None:
    page = small_phone(visitor)
    page.goto(f"{url}/feedback/report/?lesson={LESSON.split('/')[2]}")
    page.locator("form .button.go").scroll_into_view_if_needed()
    tap(page, "main form .button.go")
    assert above_the_bar(page, ".error")
    assert above(page, ".error", "input[name=kind]")
    assert page.locator("textarea[aria-invalid]").count() == 0
    assert ContentReport.objects.count() == 0
    code = ask_for_code(page, url, "13900001234")
    page.fill("input[name=code]", code)
    tap(page, "form[action='/accounts/code/'] button")
    page.fill("input[name=name]", "老张")
    tap(page, "main form button.button.go")
    assert above_the_bar(page, "label:has(input[name=consent])")
    assert page.evaluate("document.activeElement.name") == "consent"
    assert page.locator("input[name=name]").input_value() == "老张"
    page.locator("label:has(input[name=consent])").tap()
    tap(page, "main form button.button.go")
    assert "老张" in page.locator("[role=status]").first.inner_text()
