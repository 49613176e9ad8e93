"""Asking and being answered, in a real browser: the learner's phone and the trainer's desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from courses.models import Module
from feedback import tasks
from feedback.answers import publishing
from feedback.models import AnswerEntry, Deflection, Notice, Question, Reaction, Theme, TrainingExample
from feedback.questions import answering, posts
from learners.classes import cohorts
from learners.models import Cohort
from learners.people.guests import learner_of
from tests.asking import answered, reply, trusted
from tests.browser import (
    BARE_ICONS,
    LESSON,
    MODES,
    MODULE,
    SMALL_TARGETS,
    SMALL_TEXT,
    WIDER,
    axe_findings,
    path_of,
    read_module,
    sign_in,
    take_quiz,
    tap,
)
from tests.conftest import PASSWORD

# The themes come by a migration: a flushed database gets them back.
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"viewport": {"width": 1280, "height": 900}, "has_touch": False}


@pytest.fixture
def trainer(make_user: Any, curriculum: None) -> Any:
    user = make_user("zhou", role="trainer", display_name="周老师")
    Module.objects.get(slug="window-light").course.trainers.add(user)
    return user


@pytest.fixture
def village(make_user: Any, trainer: Any) -> dict[str, Any]:
    """Somebody who asked, a neighbour who answered, and a published page of a theme."""
    asker, neighbour = (
        make_user("guixiang", display_name="李桂香"),
        make_user("changgen", display_name="王长根"),
    )
    row = answered(
        learner_of(asker), "鸡蛋怎么寄不会碎？我电话 13912345678", "用蛋托，外面再套一层箱子。", trainer
    )
    answering.set_theme(question=row, theme=Theme.objects.get(code="logistics_packaging"), by=trainer)
    entry = answering.put_on_theme_page(question=Question.objects.get(pk=row.pk))
    AnswerEntry.objects.filter(pk=entry.pk).update(question_en="How to send eggs?", answer_en="In egg trays.")
    publishing.publish_answers(module=entry.module, by=trainer)
    said = reply(row, trusted(neighbour, trainer), "我家用谷壳垫，寄了三年没碎过。")
    return {"asker": asker, "neighbour": neighbour, "question": row, "reply": said}


def question_pages(village: dict[str, Any]) -> list[str]:
    return [
        "/questions/", "/questions/others/", f"/questions/{village['question'].pk}/", "/questions/ask/",
        "/answers/", "/answers/logistics-packaging/", "/answers/livestream/", "/inbox/",
    ]  # fmt: skip


# --- what people do ------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_a_known_thing_is_found_before_it_is_asked(
    visitor: Callable[..., Any], url: str, village: dict[str, Any], script: bool
) -> None:
    page, before = visitor(java_script_enabled=script), Question.objects.count()
    page.goto(f"{url}{LESSON}")
    tap(page, "nav a[href^='/questions/ask/']")
    page.fill("textarea[name=text]", "鸡蛋咋寄才不碎")
    tap(page, "main form button.button.go")
    assert "是不是这" in page.locator("main").inner_text()
    assert "13912345678" not in page.content()
    page.locator("details.fold summary").first.tap()
    assert page.locator("details.fold[open]").first.get_by_text("用蛋托").is_visible()
    tap(page, "details.fold[open] form button")
    assert "解决了就好" in page.locator("main").inner_text()
    assert Deflection.objects.get().lesson.slug == "borrow-the-window"
    assert Question.objects.count() == before
    tap(page, "main a.button.go")
    assert path_of(page) == LESSON


def test_a_class_list_fits_a_phone_and_a_name_opens_the_file(
    visitor: Callable[..., Any], url: str, village: dict[str, Any], trainer: Any, regions: dict[str, Any]
) -> None:
    day = timezone.localdate()
    cohort = Cohort.objects.create(
        title="河西班", trainer=trainer, region=regions["village"], starts_on=day, ends_on=day
    )
    learner = cohorts.join_cohort(learner=learner_of(village["asker"]), cohort=cohort).learner
    page = visitor(lang="en")
    sign_in(page, url, "zhou", PASSWORD)
    page.goto(f"{url}/classes/{cohort.pk}/")
    assert page.evaluate(WIDER) == 0
    tap(page, "main table a")
    assert path_of(page) == f"/classes/{cohort.pk}/{learner.pk}/"
    assert looked_over(page, Axe(), "") == []


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_a_first_answer_says_whole_that_it_waits_for_a_look(
    visitor: Callable[..., Any], url: str, village: dict[str, Any], make_user: Any, lang: str
) -> None:
    make_user("newcomer", display_name="新来的")
    page = visitor(lang=lang)
    sign_in(page, url, "newcomer", PASSWORD)
    page.goto(f"{url}/questions/{village['question'].pk}/")
    page.fill("textarea[name=text]", "我家用谷壳。")
    page.locator("form.panel button").last.tap()
    tag, row = page.locator("#replies .tag.warn"), page.locator("#replies .item").last
    tag.wait_for()
    assert tag.evaluate("(el) => el.scrollWidth <= el.clientWidth")
    assert tag.bounding_box()["width"] <= row.bounding_box()["width"]


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("elder", ["", "1"])
def test_choosing_a_theme_stands_on_the_grid_of_the_list_below(
    visitor: Callable[..., Any], url: str, village: dict[str, Any], width: int, elder: str
) -> None:
    page = visitor(elder=elder, viewport={"width": width, "height": 800})
    page.goto(f"{url}/questions/others/")
    select, button, rows = (
        page.locator(what).bounding_box() for what in ("#theme", "form.row .button", "main ul.list")
    )
    assert select["x"] == pytest.approx(rows["x"], abs=1)
    assert button["x"] + button["width"] == pytest.approx(rows["x"] + rows["width"], abs=1)
    assert button["y"] == pytest.approx(select["y"], abs=1)
    assert button["height"] == pytest.approx(select["height"], abs=1)


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_an_unknown_thing_waits_is_corrected_answered_told_and_accepted(
    visitor: Callable[..., Any], url: str, village: dict[str, Any], script: bool
) -> None:
    page, desk = visitor(java_script_enabled=script), visitor(**DESK, java_script_enabled=script)
    page.goto(f"{url}/questions/ask/")
    page.fill("textarea[name=text]", "那个弄了半天鸡蛋不行咋整")
    tap(page, "main form button.button.go")
    if page.locator("details.fold").count():
        tap(page, "button[form=f]")
    place = path_of(page)
    row = Question.objects.get(text="那个弄了半天鸡蛋不行咋整")
    assert place == f"/questions/{row.pk}/"
    assert "收到了" in page.locator("main").inner_text()
    tasks.classify_question(row.pk)
    row.refresh_from_db()
    assert row.theme_source == "unsure"

    sign_in_desk(desk, url, "zhou", f"/admin/feedback/question/{row.pk}/change/")
    click(desk, "button[name=_claim]")
    desk.fill("textarea[name=answer]", "把蛋托压紧，")
    chosen = row.top_codes[1]
    click(desk, f"button[name=_theme][value={chosen}]")
    assert desk.locator("textarea[name=answer]").input_value() == "把蛋托压紧，"
    desk.fill("textarea[name=answer]", "把蛋托压紧，再封箱。")
    click(desk, "input[name=_answer]")
    assert path_of(desk) == "/admin/feedback/question/"
    assert TrainingExample.objects.get(question=row).theme.code == chosen

    page.goto(url)
    tap(page, "a.note[href='/inbox/']")
    tap(page, "main ul a.item")
    assert path_of(page) == place
    assert "把蛋托压紧，再封箱。" in page.locator("main").inner_text()
    tap(page, ".panel form button.button.go")
    assert "解决了就好" in page.locator("main").inner_text()
    row.refresh_from_db()
    assert row.solved_at
    page.goto(f"{url}/answers/{row.theme.slug}/")
    assert "那个弄了半天鸡蛋不行咋整" in page.locator("main").inner_text()


def sign_in_desk(page: Any, url: str, name: str, target: str) -> None:
    page.goto(f"{url}/accounts/login/?next={target}")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", PASSWORD)
    click(page, "form[action='/accounts/login/'] button")


def click(page: Any, selector: str) -> None:
    with page.expect_navigation():
        page.locator(selector).first.click()


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_a_neighbour_answers_and_the_asker_takes_it(
    visitor: Callable[..., Any], url: str, village: dict[str, Any], script: bool
) -> None:
    row, page = village["question"], visitor(java_script_enabled=script)
    sign_in(page, url, "changgen", PASSWORD, f"/questions/{row.pk}/")
    page.fill("form[action$='/reply/'] textarea", "报纸团也行。")
    tap(page, "form[action$='/reply/'] button")
    assert "报纸团也行。" in page.locator("#replies").inner_text()
    mine = visitor(java_script_enabled=script)
    sign_in(mine, url, "guixiang", PASSWORD, f"/questions/{row.pk}/")
    tap(mine, "#replies li:last-child form button[name=reply]")
    assert "管用" in mine.locator("#replies li").first.inner_text()
    assert Notice.objects.filter(learner__user=village["neighbour"], kind="solved").count() == 1


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_after_the_module_one_tap_on_a_face(visitor: Callable[..., Any], url: str, script: bool) -> None:
    page = visitor(java_script_enabled=script)
    read_module(page, url)
    take_quiz(page, url)
    tap(page, "#faces button[value='3']")
    assert path_of(page).startswith(MODULE)
    assert Reaction.objects.get().face == 3
    tap(page, "#faces button[value='1']")
    assert Reaction.objects.get().face == 1
    assert page.locator("#faces [aria-pressed=true]").inner_text().strip() == "不好"


# --- everybody can read it -----------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_question_pages_are_for_everybody(
    visitor: Callable[..., Any], url: str, village: dict[str, Any], trainer: Any, lang: str, mode: str
) -> None:
    """axe finds nothing, nothing is wider than the phone, targets and text are large enough."""
    options, found = MODES[mode], []
    elder = options.get("elder", "")
    guest, mine, axe = visitor(lang=lang, **options), visitor(lang=lang, **options), Axe()
    sign_in(mine, url, "guixiang", PASSWORD)
    for page in (guest, mine):
        for path in question_pages(village):
            page.goto(url + path)
            page.evaluate("document.querySelectorAll('details').forEach((el) => { el.open = true; })")
            found += looked_over(page, axe, elder)
    guest.goto(f"{url}/questions/ask/")
    guest.fill("textarea[name=text]", "鸡蛋咋寄才不碎")
    tap(guest, "main form button.button.go")
    found += looked_over(guest, axe, elder)
    tap(guest, "button[form=f]")
    assert guest.locator("#this-phone").is_visible()
    found += looked_over(guest, axe, elder)
    guest.goto(f"{url}/questions/")
    found += looked_over(guest, axe, elder)
    posts.hide(question=village["question"], by=trainer, reason="private")
    mine.goto(f"{url}/questions/{village['question'].pk}/")
    found += looked_over(mine, axe, elder)
    assert found == []


def looked_over(page: Any, axe: Axe, elder: str) -> list[str]:
    place = path_of(page)
    found = axe_findings(axe, page)
    found += [f"{place} is {page.evaluate(WIDER)} px too wide"] if page.evaluate(WIDER) > 0 else []
    found += [f"{place} {row}" for row in page.evaluate(SMALL_TARGETS, 60 if elder else 44)]
    found += [f"{place} {row}" for row in page.evaluate(SMALL_TEXT, 18 if elder else 14.9)]
    found += [f"{place} {row}" for row in page.evaluate(BARE_ICONS)]
    return found


def test_the_desk_says_nothing_to_axe_and_loads_without_complaint(
    visitor: Callable[..., Any], url: str, village: dict[str, Any]
) -> None:
    desk, said = visitor(**DESK), []
    desk.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    sign_in_desk(desk, url, "zhou", "/admin/feedback/question/?state=all")
    for path in (
        f"/admin/feedback/question/{village['question'].pk}/change/", "/admin/feedback/answermodule/",
        f"/admin/feedback/answermodule/{Theme.objects.get(code='logistics_packaging').answer_module.pk}/change/",
        "/admin/feedback/classifierversion/", "/admin/feedback/reply/", "/admin/feedback/savedreply/add/",
    ):  # fmt: skip
        desk.goto(url + path)
        assert desk.locator("h1").first.is_visible(), path
    assert [text for text in said if "Content Security Policy" in text or "Refused" in text] == []
