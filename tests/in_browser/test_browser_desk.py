"""The trainers' desk in a real browser: nothing small, nothing cut, every value with its name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from assessments.evaluation.data import JobKind
from assessments.models import Item, Quiz
from courses.models import Block, Course, Module
from feedback.models import AnswerModule, ClassifierVersion, ContentReport, Question, Theme
from learners.models import Cohort
from learners.people.guests import learner_of
from mooc.jobs.models import Job
from mooc.lib.privacy import evidence
from tests import world
from tests.asking import ask
from tests.browser import SMALL_TEXT, WIDER, sign_in
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WINDOWS = [(1280, "en"), (360, "en"), (360, "zh-hans")]
# What one fills in, which is no text of the page, and what an edge that hides the rest has cut.
SMALL_BOXES = """(least) => [...document.querySelectorAll('input:not([type=hidden], [type=checkbox]),select,textarea')]
  .filter((el) => el.checkVisibility() && parseFloat(getComputedStyle(el).fontSize) < least - 0.05)
  .map((el) => el.outerHTML.slice(0, 90))"""
CUT = """() => [...document.querySelectorAll('#container *')].filter((el) => {
  const box = el.getBoundingClientRect();
  if (!box.width || !el.checkVisibility() ||
      el.closest('.visually-hidden, script, svg, option, .select2-hidden-accessible')) return false;
  for (let up = el.parentElement; up && up.id !== 'container'; up = up.parentElement)
    if (getComputedStyle(up).overflowX !== 'visible') return box.right > up.getBoundingClientRect().right + 1;
  return box.right > document.documentElement.clientWidth + 1;
}).map((el) => el.outerHTML.slice(0, 90)).slice(0, 5)"""
NAMELESS = """() => [...document.querySelectorAll('#result_list tbody td:not(.action-checkbox)')].filter((el) =>
  el.checkVisibility() && (!el.innerText.trim() && !el.querySelector('img') ||
  ['none', '""'].includes(getComputedStyle(el, '::before').content))).map((el) => el.outerHTML.slice(0, 90))"""


@pytest.fixture
@evidence.writing("report_content")
def paths(make_user: Any, regions: dict[str, Any], curriculum: None) -> list[str]:
    """A page of every kind on the desk, each with something on it."""
    operator, now = make_user("lu", is_superuser=True, is_staff=True), timezone.now()
    asker = learner_of(make_user("guixiang", display_name="李桂香"))
    module = Module.objects.get(slug=world.SLUG)
    late, _other = ask(asker, "鸡蛋怎么寄不会碎？"), ask(asker, "鸡蛋咋寄才不碎")
    Question.objects.filter(pk=late.pk).update(
        theme=None, theme_source="unsure", top="livestream,open_shop", due_at=now - dt.timedelta(days=1)
    )
    report = ContentReport.objects.create(kind="wrong", text="图不对", lesson=module.lessons.first())
    day = timezone.localdate()
    cohort = Cohort.objects.create(
        title="河西班", trainer=operator, region=regions["village"], starts_on=day, ends_on=day
    )
    answers, _new = AnswerModule.objects.get_or_create(theme=Theme.objects.get(code="logistics_packaging"))
    ClassifierVersion.objects.create(
        file="themes-x.npz", sha256="0" * 64, encoder="hash", examples=1, corrections=0, macro_f1=0.9, coverage=0.9,
        precision=0.9, threshold=0.5, reason="nightly",
    )  # fmt: skip
    job = Job.objects.create(key="evaluate tree", kind=JobKind.EVALUATE, as_of=now)
    lesson = Block.objects.filter(lesson__edition=module.draft, media__isnull=False)[0].lesson
    rows: list[tuple[str, Any]] = [
        ("feedback/question", late), ("courses/module", module), ("courses/lessonedition", lesson),
        ("assessments/item", Item.objects.first()), ("assessments/quiz", Quiz.objects.first()),
        ("learners/cohort", cohort), ("feedback/contentreport", report), ("feedback/answermodule", answers),
        ("courses/course", Course.objects.first()), ("accounts/user", operator), ("jobs/job", job),
    ]  # fmt: skip
    lists = [f"{model}/" for model, _row in rows] + [
        "feedback/question/?state=unsure", "feedback/contentreport/?done__exact=1", "feedback/classifierversion/",
        "feedback/reply/", "feedback/savedreply/add/", "courses/lessonedition/add/",
    ]  # fmt: skip
    forms = [f"{model}/{row.pk}/{part}/" for model, row in rows for part in ("change", "history")]
    gone = [
        f"{model}/{row.pk}/delete/" for model, row in rows if model in ("courses/module", "learners/cohort")
    ]
    return ["/admin/", *(f"/admin/{path}" for path in lists + forms + gone)]


@pytest.mark.parametrize(("width", "lang"), WINDOWS)
def test_nothing_on_the_desk_is_small_cut_or_without_its_name(
    visitor: Callable[..., Any], url: str, paths: list[str], width: int, lang: str
) -> None:
    page, found = visitor(lang=lang, viewport={"width": width, "height": 800}), []
    sign_in(page, url, "lu", PASSWORD, "/help/")
    for path in paths:
        answer = page.goto(url + path)
        assert answer.status == 200, path
        page.evaluate("document.querySelectorAll('details').forEach((el) => { el.open = true; })")
        found += [f"{path} {row}" for row in page.evaluate(SMALL_TEXT, 16) + page.evaluate(SMALL_BOXES, 16)]
        found += [f"{path} is cut: {row}" for row in page.evaluate(CUT)]
        found += [f"{path} is {page.evaluate(WIDER)} px too wide"] if page.evaluate(WIDER) > 0 else []
        found += [f"{path} has no name: {row}" for row in page.evaluate(NAMELESS)] if width == 360 else []
    assert found == []


@pytest.mark.parametrize("width", [360, 1280])
def test_the_calendar_of_a_date_can_be_read_and_stays_in_the_page(
    visitor: Callable[..., Any], url: str, paths: list[str], width: int
) -> None:
    page = visitor(viewport={"width": width, "height": 800})
    sign_in(page, url, "lu", PASSWORD, "/help/")
    page.goto(url + next(path for path in paths if "/cohort/" in path and path.endswith("/change/")))
    page.locator("a:has(.date-icon)").first.click()
    box = page.locator(".calendarbox:visible").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert page.evaluate(SMALL_TEXT, 16) == []


def test_the_box_for_an_answer_is_on_the_first_screen_of_a_phone(
    visitor: Callable[..., Any], url: str, paths: list[str]
) -> None:
    page = visitor(viewport={"width": 360, "height": 740})
    sign_in(page, url, "lu", PASSWORD, "/help/")
    page.goto(url + next(path for path in paths if "/question/" in path and path.endswith("/change/")))
    box = page.locator("textarea[name=answer]").bounding_box()
    assert box["y"] + box["height"] <= 740
    assert page.locator(
        "a[href='#alike']"
    ).is_visible()  # what may be the same is told above, and stands below
