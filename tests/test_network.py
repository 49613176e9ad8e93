"""Weak networks in a real browser: acts that wait on the phone reach whoever made them, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from learners.models import Learner, LearningRecord
from tests.browser import LESSON, sign_up

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WAITING = "() => JSON.parse(localStorage.getItem('acts') || '[]').length"
LEAVE = "() => dispatchEvent(new Event('pagehide'))"


@pytest.fixture
def url(live_server: Any, curriculum: None) -> str:
    return str(live_server.url)


def until_waiting(page: Any, *, some: bool) -> None:
    """Wait until something, or nothing, waits on the phone. The page's policy forbids ``wait_for_function``."""
    for _try in range(100):
        if bool(page.evaluate(WAITING)) is some:
            return
        page.wait_for_timeout(100)
    raise AssertionError(page.evaluate(WAITING))


def read_a_little(page: Any, url: str) -> None:
    """Open a lesson, stay some seconds, and lose the network before leaving it."""
    page.goto(f"{url}{LESSON}")
    until_waiting(page, some=False)
    page.route("**/acts/", lambda route: route.abort())
    page.wait_for_timeout(2300)
    page.evaluate(LEAVE)
    until_waiting(page, some=True)


def test_an_act_whose_answer_was_lost_is_sent_again_once_and_stands_once(phone: Any, url: str) -> None:
    page = phone()

    def stored_but_lost(route: Any) -> None:
        route.fetch()
        route.abort()

    page.route("**/acts/", stored_but_lost)
    page.goto(f"{url}{LESSON}")
    until_waiting(page, some=True)
    page.wait_for_timeout(500)
    assert LearningRecord.objects.get().verb == "initialized"
    page.unroute("**/acts/")
    page.goto(f"{url}/modules/")
    until_waiting(page, some=False)
    assert LearningRecord.objects.filter(verb__in=("initialized", "resumed")).count() == 1
    assert Learner.objects.count() == 1


def test_what_waited_under_a_guest_comes_to_the_account_that_took_it_over(phone: Any, url: str) -> None:
    page = phone()
    read_a_little(page, url)
    sign_up(page, url, "13912345678", "李桂香")
    assert not LearningRecord.objects.filter(verb="suspended").exists()
    page.unroute("**/acts/")
    page.goto(f"{url}/me/")
    until_waiting(page, some=False)
    record = LearningRecord.objects.get(verb="suspended", seconds__gte=2)
    assert str(record.learner.user) == "李桂香"
    assert Learner.objects.count() == 1


def test_what_waited_goes_with_the_person_and_not_to_the_next(phone: Any, url: str, make_user: Any) -> None:
    page = phone()
    read_a_little(page, url)
    page.unroute("**/acts/")
    make_user("wang", phone="13912345679")
    page.goto(f"{url}/accounts/login/")
    page.route("**/acts/", lambda route: route.abort())
    page.fill("input[name=login]", "wang")
    page.fill("input[name=password]", "rural-2026")
    with page.expect_navigation():
        page.locator("form[action^='/accounts/login/'] button").last.tap()
    no = page.locator("button[name=mine][value=no]")
    if no.count():
        with page.expect_navigation():
            no.tap()
    page.unroute("**/acts/")
    page.goto(f"{url}/me/")
    page.wait_for_timeout(500)
    assert not LearningRecord.objects.filter(learner__user__username="wang").exists()
