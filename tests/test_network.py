"""Weak networks in a real browser: what was done waits on the phone, reaches the server once, and reaches
nobody else. See tests/network.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from assessments.models import Quiz, Response
from feedback.models import Question
from learners.models import Learner, LearningRecord, LessonProgress
from tests.browser import LESSON, MODULE, answer, tap
from tests.network import Network, stored, until, until_sent, with_worker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NEXT = "form[data-next] button"
LEAVE = "() => dispatchEvent(new Event('pagehide'))"


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
    quiz, asking = page.context.new_page(), page.context.new_page()
    quiz.goto(f"{network.url}{quiz_page()}")
    asking.goto(f"{network.url}/questions/ask/")
    network.turn("down")
    tap(page, NEXT)
    answer(quiz)
    assert "先留在这部手机上了" in main(quiz)
    assert "对不对，送到以后才知道" in main(quiz)
    asking.fill("textarea[name=text]", "没网的时候问的：怎么寄？")
    tap(asking, "main form button.btn.go")
    assert "先留在这部手机上了" in main(asking)
    assert not Response.objects.exists()
    assert not Question.objects.exists()
    network.turn("up")
    asking.goto(f"{network.url}/modules/")
    until_sent(asking)
    asking.goto(f"{network.url}/questions/")
    assert "没网的时候问的" in main(asking)
    assert LessonProgress.objects.filter(done_at__isnull=False).count() <= 1
    assert Response.objects.count() == 1
    assert Question.objects.count() == 1
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
