"""Weak networks in a real browser: what was done waits on the phone, reaches the server once, and reaches
nobody else. See tests/network.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from assessments.models import Item, Quiz, Response, ReviewCard
from courses.models import Lesson
from feedback.models import ContentReport, Question, Reaction
from learners.models import Enrolment, Learner, LearningRecord, LessonProgress
from tests.acts import read_lesson, take_quiz
from tests.browser import LESSON, MODULE, answer, sign_in, tap
from tests.conftest import PASSWORD
from tests.network import Network, stored, until, until_sent, with_worker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NEXT, OTHER = "form[data-next] .button", "/lessons/clean-ground/"


@pytest.fixture
def network(url: str) -> Iterator[Network]:
    between = Network(url)
    yield between
    between.close()


def main(page: Any) -> str:
    """The words of the page that is open."""
    return str(page.locator("main").inner_text())


def quiz_page(slug: str = "window-light") -> str:
    return f"/quizzes/{Quiz.objects.get(module__slug=slug).pk}/"


# --- what was done without network --------------------------------------------------------------------


def test_what_was_done_without_network_is_stored_once_when_it_is_back(phone: Any, network: Network) -> None:
    page = phone()
    with_worker(page, network.url, "/modules/", MODULE, LESSON)
    until_sent(page)
    quiz, asking, back = (page.context.new_page() for _tab in range(3))
    quiz.goto(f"{network.url}{quiz_page()}")
    for tab in (asking, back):
        tab.goto(f"{network.url}/questions/ask/")
    same = "(id) => { document.querySelector('main [name=id]').value = id; }"
    back.evaluate(same, asking.locator("main [name=id]").input_value())  # as "back" brings it
    network.turn("down")
    tap(page, NEXT)
    answer(quiz)
    assert "先留在这部手机上了" in main(quiz)
    assert "对不对，送到以后才知道" in main(quiz)
    asking.fill("textarea[name=text]", "没网的时候问的：怎么寄？")
    tap(asking, "main form button.button.go")
    assert "先留在这部手机上了" in main(asking)
    back.fill("textarea[name=text]", "退回来又问的：多少钱？")
    tap(back, "main form button.button.go")
    waiting = {
        row["item"]["text"]: row["item"]["id"] for row in stored(back) if row["item"]["kind"] == "question"
    }
    assert (
        len(waiting) == len(set(waiting.values())) == 2
    )  # what went out is not changed: other words are another act
    assert not Response.objects.exists()
    assert not Question.objects.exists()
    network.turn("up")
    asking.goto(f"{network.url}/modules/")
    until_sent(asking)
    asking.goto(f"{network.url}/questions/")
    assert "没网的时候问的" in main(asking)
    assert "退回来又问的" in main(asking)
    assert LessonProgress.objects.filter(done_at__isnull=False).count() <= 1
    assert Response.objects.count() == 1
    assert Question.objects.count() == 2
    assert Learner.objects.count() == 1


def test_an_act_whose_answer_was_lost_is_sent_again_once_and_stands_once(
    phone: Any, network: Network
) -> None:
    page = phone()
    page.goto(f"{network.url}/modules/")
    network.seconds = 2.0
    network.turn("slow")
    page.goto(f"{network.url}{LESSON}")
    until(page, lambda: LearningRecord.objects.exists())
    network.turn("down")  # stored, and the answer is on its way
    page.wait_for_timeout(1000)
    assert stored(page)
    network.turn("up")
    page.goto(f"{network.url}/modules/")
    until_sent(page)
    assert LearningRecord.objects.filter(verb__in=("initialized", "resumed")).count() == 1
    assert Learner.objects.count() == 1


def test_what_is_left_to_tap_on_open_pages_is_kept_too(
    phone: Any, network: Network, make_user: Any, client: Any
) -> None:
    user = make_user("guixiang", display_name="李桂香")
    client.force_login(user)
    for slug in Lesson.objects.filter(module__slug="window-light").values_list("slug", flat=True):
        read_lesson(client, slug)
    quiz = Quiz.objects.get(module__slug="window-light")
    take_quiz(client, quiz.pk, wrong=1, length=quiz.length)
    Enrolment.objects.update(completed_at=timezone.now())
    card = ReviewCard.objects.get()
    page = phone()
    sign_in(page, network.url, "guixiang", PASSWORD)
    with_worker(page, network.url, "/modules/", MODULE)
    until_sent(page)
    review, wish = page.context.new_page(), page.context.new_page()
    review.goto(f"{network.url}/me/review/{card.pk}/")
    wish.goto(f"{network.url}/feedback/wish/")
    network.turn("down")
    several = review.locator("input[type=checkbox][name=choice]")
    if several.count():
        several.first.check()
    tap(review, "main form button")
    assert "对不对，送到以后才知道" in main(review)
    tap(page, "button[name=face][value='3']")
    wish.fill("textarea[name=text]", "想学直播")
    tap(wish, "main form button.button.go")
    for one in (page, review, wish):
        assert "先留在这部手机上了" in main(one)
    assert not Reaction.objects.exists()
    network.turn("up")
    wish.goto(f"{network.url}/help/")
    until_sent(wish)
    assert Reaction.objects.get().learner.user == user
    assert ContentReport.objects.get().text == "想学直播"
    card.refresh_from_db()
    assert card.reviews == 1


def test_a_portals_page_is_no_receipt(phone: Any, network: Network) -> None:
    page = phone()
    page.goto(f"{network.url}/modules/")
    page.goto(f"{network.url}{MODULE}")
    until(page, lambda: page.evaluate("() => !!self.phone"))
    network.turn("portal")
    lesson = LESSON.split("/")[2]
    act = {"kind": "record", "lesson": lesson, "verb": "initialized"}
    assert page.evaluate("(act) => phone.act(act).then(() => phone.flush())", act) is False
    assert len(stored(page)) == 1
    assert page.locator("#waits").count() == 0  # only opened: nothing that a person would miss
    network.turn("up")
    assert page.evaluate("() => phone.flush(true)") is True
    assert stored(page) == []
    assert LearningRecord.objects.count() == 1


def test_two_open_pages_lose_nothing_of_each_other(phone: Any, network: Network) -> None:
    page = phone()
    page.goto(f"{network.url}/modules/")
    other = page.context.new_page()
    for one in (page, other):
        one.goto(f"{network.url}{MODULE}")
        until(one, lambda one=one: one.evaluate("() => !!self.phone"))
    network.turn("down")
    many = """(n) => { for (let i = 0; i < n; i++)
      phone.act({kind: 'record', lesson: 'borrow-the-window', verb: 'suspended', seconds: i, block: 1}); }"""
    page.evaluate(many, 60)
    other.evaluate(many, 60)
    until(page, lambda: len(stored(page)) == 120)
    network.turn("up")
    until(page, lambda: page.evaluate("() => phone.flush(true)") and not stored(page), 90)
    assert LearningRecord.objects.filter(verb="suspended").count() == 120


def test_what_can_never_be_stored_is_told_and_what_may_go_later_steps_aside(
    phone: Any, network: Network
) -> None:
    page = phone()
    page.goto(f"{network.url}/modules/")
    page.goto(f"{network.url}{MODULE}")
    until(page, lambda: page.evaluate("() => !!self.phone"))
    lesson = LESSON.split("/")[2]
    acts = [
        {"kind": "answer", "quiz": "window-light", "attempt": "nothing", "item": "x", "chosen": [1]},
        {"kind": "record", "lesson": "not-there-just-now", "verb": "completed"},
        {"kind": "record", "lesson": lesson, "verb": "initialized"},
    ]
    page.evaluate("(acts) => Promise.all(acts.map((act) => phone.act(act)))", acts)
    for _time in range(5):  # three times at once; then it steps aside for an hour
        page.evaluate("() => phone.flush()")
    assert LearningRecord.objects.count() == 1  # the rest goes on
    lost, aside = sorted(stored(page), key=lambda row: row["item"]["kind"])
    assert lost["lost"]
    assert aside["tried"] == 3
    assert "有 1 条没能存下" in main(page)
    tap(page, "#waits a")
    page.locator("[data-lost]:not([hidden]) li").wait_for()
    assert lost["lost"] in main(page)
    page.locator("[data-read]").tap()
    until(page, lambda: len(stored(page)) == 1)
    assert "等着送出: 1" in main(page)


FORMS = {  # page → what is pressed
    LESSON: NEXT, "/questions/ask/": "main form .button.go", "/feedback/wish/": "main form .button.go",
    "/feedback/complaint/": "main form .button.go",
    f"/feedback/report/?lesson={LESSON.split('/')[2]}": "main form .button.go",
    "/search/?q=光": ".search button", "/accounts/login/": "form[action='/accounts/code/send/'] button",
    "/accounts/login/?next=/me/": "form[action='/accounts/login/'] button", "/accounts/join/": "main form .button.go",
    "/me/code/": "main form .button",
}  # fmt: skip
PRESS = """([selector, word, back]) => new Promise((said) => {
  const button = document.querySelector(selector), before = button.innerText, began = Date.now(), seen = [];
  const boxes = button.closest('form').querySelectorAll('textarea,input:not([type=hidden]):not([type=radio])');
  boxes.forEach((el) => { el.value = '1'; });
  const look = () => {
    if (!seen.length && button.innerText.includes(word)) seen.push(button.getAttribute('aria-disabled'));
    if (seen.length && back && button.innerText === before) seen.push('back');
    if (seen.length > (back ? 1 : 0) || Date.now() - began > 15000) said(seen);
    else setTimeout(look, 20);
  };
  button.click();
  look();
})"""


def test_every_pressed_button_says_at_once_that_it_is_sending_and_comes_back(
    phone: Any, network: Network
) -> None:
    """The network takes what is sent and says nothing: the words cannot come with the answer."""
    forms = FORMS | {quiz_page(): "button[name=choice],form .button.go"}
    context = phone().context
    for number, (path, pressed) in enumerate(forms.items()):
        page, last = context.new_page(), number == len(forms) - 1
        network.turn("up")
        page.goto(f"{network.url}{path}")
        network.turn("hole")
        assert page.evaluate(PRESS, [pressed, "正在打开…" if pressed == NEXT else "正在发送…", last]) == [
            "true",
            *["back"] * last,
        ], path
        page.close()
    assert not ContentReport.objects.exists()
    assert not Question.objects.exists()


# --- the way on, and the way back -------------------------------------------------------------------------


def test_next_is_a_link_that_leads_on_without_network_and_the_act_goes_beside_it(
    phone: Any, network: Network
) -> None:
    page = phone()
    with_worker(page, network.url, "/modules/", OTHER, LESSON)
    until_sent(page)
    network.turn("down")
    page.locator(NEXT).focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == f"{network.url}{OTHER}"
    assert page.locator("article section p").first.is_visible()  # the lesson itself, as it was kept
    assert [row["item"]["verb"] for row in stored(page) if row["item"]["lesson"] in LESSON][-1] == "completed"
    with page.expect_navigation():
        page.locator(NEXT).evaluate("(el) => el.click()")
    assert "没有网络" in main(page) or "网站没有回应" in main(page)  # our page where nothing was kept
    network.turn("up")
    page.goto(f"{network.url}/modules/")
    until_sent(page)
    assert LessonProgress.objects.filter(done_at__isnull=False).count() == 2


def test_next_without_script_or_before_it_comes_is_a_form_that_says_the_lesson_is_read(
    phone: Any, network: Network
) -> None:
    for options, without in (({"java_script_enabled": False}, ""), ({}, "/static/js/acts")):
        page = phone(**options)
        network.without = without  # what keeps acts does not come: the link falls back to its form
        page.goto(f"{network.url}{LESSON}")
        tap(page, NEXT)
        assert page.url == f"{network.url}{OTHER}"
    assert (
        LessonProgress.objects.filter(lesson__slug=LESSON.split("/")[2], done_at__isnull=False).count() == 2
    )


def test_whoever_was_quick_is_told_so_on_the_page_that_next_leads_to(phone: Any, network: Network) -> None:
    Item.objects.update(live=False)  # no quiz: the last lesson leads to the course
    page = phone()
    page.goto(f"{network.url}{LESSON}")
    tap(page, NEXT)
    until_sent(page)
    network.seconds = 2.0
    network.turn("slow")
    tap(page, NEXT)
    assert page.url == f"{network.url}{MODULE}"
    assert "翻得快了些" in main(page)


def test_going_on_leads_to_the_block_on_the_screen_not_to_the_furthest(phone: Any, url: str) -> None:
    page = phone(viewport={"width": 360, "height": 400})
    page.goto(f"{url}/modules/")
    page.goto(f"{url}{LESSON}")
    for block in ("b5", "b3"):
        page.evaluate("(id) => document.getElementById(id).scrollIntoView()", block)
        page.wait_for_timeout(300)
    page.locator("nav.bar a").first.evaluate("(el) => el.click()")
    on = f"main a.button[href='{LESSON}#b3']"
    page.locator(on).wait_for()  # the front page was made before the server heard of it
    until(page, lambda: LearningRecord.objects.filter(verb="suspended", response="3").exists())
    page.evaluate("() => sessionStorage.clear()")
    page.goto(f"{url}{MODULE}")
    assert page.locator(on).count() == 1  # and now it says so itself
    page.goto(f"{url}{LESSON}")
    page.evaluate("() => document.getElementById('b2').scrollIntoView()")
    page.locator("a[href^='/questions/ask/?lesson=']").first.evaluate("(el) => el.click()")
    page.wait_for_url(
        "**/questions/ask/?lesson=borrow-the-window&block=2"
    )  # a question is about what is seen
