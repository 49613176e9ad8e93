"""Steps a person takes in a browser, and what the eye would measure."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from urllib.parse import quote

from django.utils import timezone

from assessments.models import Option, Quiz
from learners.models import LearningRecord
from mooc.lib.privacy import evidence
from tests.acts import choice_of

LESSON = "/lessons/borrow-the-window/"
MODULE = "/modules/window-light/"
MODES: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "elder": {"elder": "1"},
    "elder-dark": {"elder": "xl", "color_scheme": "dark"},
}
OPEN_PAGES = [
    "/", "/modules/", MODULE, LESSON, "/tracks/", f"/search/?q={quote('照片发黄')}", "/search/?q=zzqq",
    "/questions/ask/", f"/questions/ask/?lesson={LESSON.split('/')[2]}", "/questions/", "/feedback/wish/",
    f"/feedback/report/?lesson={LESSON.split('/')[2]}", "/feedback/complaint/",
    "/accounts/login/", "/accounts/join/", "/me/", "/me/code/", "/me/review/", "/me/privacy/", "/privacy/", "/help/",
    "/offline/", "/nothing/here/",
]  # fmt: skip
AXE_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# A link inside a sentence is as high as its line (WCAG 2.5.8); all else needs room for a thumb.
SMALL_TARGETS = """(least) => {
  const small = [];
  for (const el of document.querySelectorAll('a[href],button,summary,input:not([type=hidden]),select,textarea')) {
    const target = el.closest('label') || el, box = target.getBoundingClientRect();
    if (!box.width || !box.height || target.closest('.skip,.unseen') || !el.checkVisibility()) continue;
    const parent = target.parentElement;
    const around = [...parent.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    const inside = target.tagName === 'A' && around && getComputedStyle(target).display === 'inline';
    if (!inside && (box.height < least - 0.5 || box.width < least - 0.5))
      small.push(`${target.outerHTML.slice(0, 90)} ${Math.round(box.width)}x${Math.round(box.height)}`);
  }
  return small;
}"""
BARE_ICONS = """() => [...document.querySelectorAll('a[href],button,summary')].filter((el) =>
  el.checkVisibility() && el.querySelector('svg') &&
  ![...el.querySelectorAll('span,b,small')].concat([el]).some((part) =>
    !part.closest('.unseen') && [...part.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
).map((el) => el.outerHTML.slice(0, 100))"""
SMALL_TEXT = """(least) => {
  const seen = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const el = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !el.checkVisibility()) continue;
    if (el.closest('.unseen,.visually-hidden,script,.skip,svg')) continue;
    const size = parseFloat(getComputedStyle(el).fontSize);
    if (size < least - 0.05) seen.push(`${size} ${el.outerHTML.slice(0, 80)}`);
  }
  return seen;
}"""


def path_of(page: Any) -> str:
    """The path that is open."""
    return "/" + page.url.split("/", 3)[3]


def tap(page: Any, selector: str) -> None:
    """Tap the first thing that matches, and wait for the page it opens."""
    with page.expect_navigation():
        page.locator(selector).first.tap()


def read_module(page: Any, url: str, slug: str = "window-light") -> None:
    """Read every lesson of a module by its own button; ends at the quiz."""
    page.goto(f"{url}/modules/{slug}/")
    tap(page, "main a.button.go")
    for _lesson in range(20):
        if "/lessons/" not in page.url:
            break
        tap(page, "form[data-end] .button")
    assert "/lessons/" not in page.url
    take_time(slug)


def take_time(slug: str) -> None:
    """Whoever tapped through a module in seconds has read it with time: two minutes a lesson, one after the
    other. A module is finished only then."""
    rows = LearningRecord.objects.filter(object_type="lesson", module_slug=slug)
    mine = rows.filter(learner=rows.latest("pk").learner_id).order_by("happened_at")
    lessons = list(dict.fromkeys(mine.values_list("object_id", flat=True)))
    with evidence.writing("record_act"):
        for number, lesson in enumerate(reversed(lessons)):
            done = timezone.now() - dt.timedelta(minutes=3 * number + 1)
            mine.filter(object_id=lesson, verb="completed").update(happened_at=done)
            others = mine.filter(object_id=lesson).exclude(verb="completed")
            others.update(happened_at=done - dt.timedelta(minutes=2))


def answer(page: Any, *, right: bool = True) -> None:
    """Answer the question that is open with one tap (several right options, or steps: each, then the button)."""
    code = page.locator("input[name=item]").input_value()
    options = list(Option.objects.filter(item__code=code))
    if page.locator("select[name=choice]").count():
        for place, pk in enumerate(choice_of(code, right=right), 1):
            page.locator(f"label:has(option[value='{place}:{pk}']) select").select_option(str(place))
        tap(page, "form .button.go")
    elif page.locator("input[type=checkbox][name=choice]").count():
        for option in options:
            if option.right is right:
                page.locator(f"label:has(input[value='{option.pk}'])").tap()
        tap(page, "form .button.go")
    else:
        wanted = next(option.pk for option in options if option.right is right)
        tap(page, f"button[name=choice][value='{wanted}']")


def take_quiz(page: Any, url: str, slug: str = "window-light", *, wrong: int = 0) -> None:
    """Answer a whole quiz, the first ``wrong`` questions wrongly; ends on the result."""
    quiz = Quiz.objects.get(module__slug=slug)
    page.goto(f"{url}/quizzes/{quiz.pk}/")
    for number in range(40):
        answer(page, right=number >= wrong)
        tap(page, "main a.button.go")
        if "/tries/" in page.url:
            return
    raise AssertionError("the quiz does not end")


def ask_for_code(page: Any, url: str, phone: str, target: str = "/me/") -> str:
    """Type a number; returns the code out of the message that waits to be sent."""
    from mooc.accounts.models import TextMessage

    page.goto(f"{url}/accounts/login/?next={target}")
    page.fill("input[name=phone]", phone)
    tap(page, "form[action='/accounts/code/send/'] button")
    message = TextMessage.objects.get(phone=phone, state="queued")
    found = re.search(r"\d{6}", message.text)
    assert found, message.text
    return found[0]


def sign_up(page: Any, url: str, phone: str, name: str) -> None:
    """A new account by phone code, with name and consent."""
    page_code = ask_for_code(page, url, phone)
    page.fill("input[name=code]", page_code)
    tap(page, "form[action='/accounts/code/'] button")
    assert path_of(page).startswith("/accounts/new/")
    page.fill("input[name=name]", name)
    page.locator("label:has(input[name=consent])").tap()
    tap(page, "main form button.button.go")


def sign_in(page: Any, url: str, name: str, password: str, target: str = "/") -> None:
    """Sign in by name and password."""
    page.goto(f"{url}/accounts/login/?next={target}")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", password)
    tap(page, "form[action='/accounts/login/'] button")


def axe_findings(axe: Any, page: Any) -> list[str]:
    """What axe finds on the open page, one line each."""
    found = axe.run(page, options=AXE_RULES).response["violations"]
    return [
        f"{path_of(page)} {row['id']}: {node['html'][:160]}"
        for row in found
        for node in row["nodes"]
        if row["id"] != "target-size" or is_small(axe, page, node["target"][0])
    ]


def is_small(axe: Any, page: Any, target: str) -> bool:
    """Whether axe calls a target small when it stands in the middle of the screen too: the bar at the edge covers
    a part of whatever happens to be scrolled under it."""
    page.eval_on_selector(target, "(el) => el.scrollIntoView({block: 'center'})")
    only = {"runOnly": {"type": "rule", "values": ["target-size"]}}
    return bool(axe.run(page, context=target, options=only).response["violations"])


def learnt_pages(page: Any, url: str) -> list[str]:
    """Learn a little as a guest; returns the pages that only exist after that."""
    quiz = Quiz.objects.get(module__slug="window-light")
    read_module(page, url)
    page.goto(f"{url}/quizzes/{quiz.pk}/")
    answer(page, right=False)
    explained = path_of(page)
    take_quiz(page, url)
    result = path_of(page)
    page.goto(f"{url}/questions/ask/?lesson=borrow-the-window")
    page.fill("textarea[name=text]", "手机没有窗户怎么拍？")
    tap(page, "main form button.button.go")
    asked = path_of(page)
    other = Quiz.objects.get(module__slug="parcel")
    return [
        f"/quizzes/{other.pk}/", explained, result, "/me/", "/me/review/", asked, "/questions/", MODULE, "/", "/modules/",
    ]  # fmt: skip
