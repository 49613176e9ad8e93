"""Steps to put in order on a phone: with a script and without, with the network and without it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from assessments.models import Quiz, Response
from learners.models import LearningRecord
from tests.browser import SMALL_TARGETS, WIDER, answer, axe_findings, tap
from tests.network import Network, stored, until_sent, with_worker
from tests.steps import SLUG, STEPS, only_steps

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MODULE = f"/modules/{SLUG}/"


@pytest.fixture
def path() -> str:
    only_steps()
    return f"/quizzes/{Quiz.objects.get(module__slug=SLUG).pk}/"


@pytest.fixture
def network(url: str) -> Iterator[Network]:
    between = Network(url)
    yield between
    between.close()


@pytest.mark.parametrize("script", [True, False])
def test_steps_are_put_in_order_on_a_small_phone(visitor: Any, url: str, path: str, script: bool) -> None:
    page = visitor(lang="en", java_script_enabled=script, viewport={"width": 360, "height": 640})
    page.goto(url + path)
    assert page.evaluate(SMALL_TARGETS, 44) == []
    assert page.evaluate(WIDER) <= 0
    page.locator("form .button.go").tap()
    assert not Response.objects.exists()  # the browser asks for the numbers that are missing
    answer(page, right=False)
    assert "You put it as number" in page.locator("main").inner_text()
    assert page.locator(".option.right, .option.wrong").count() == len(STEPS)
    assert page.evaluate(WIDER) <= 0
    tap(page, "main a.button.go")
    page.goto(url + path)
    answer(page)
    assert page.locator(".option.right").count() == len(STEPS)
    assert sorted(Response.objects.values_list("right", flat=True)) == [False, True]


@pytest.mark.parametrize("options", [{"elder": "xl"}, {"color_scheme": "dark"}])
def test_the_letters_may_be_large_and_a_screen_reader_hears_each_step(
    visitor: Any, url: str, path: str, options: dict[str, str]
) -> None:
    page = visitor(viewport={"width": 320, "height": 568}, **options)
    page.goto(url + path)
    assert page.evaluate(WIDER) <= 0
    assert axe_findings(Axe(), page) == []


def test_an_order_given_without_network_is_judged_when_it_is_back(
    phone: Any, network: Network, path: str
) -> None:
    page = phone()
    with_worker(page, network.url, "/modules/", MODULE)
    until_sent(page)
    page.goto(network.url + path)
    network.turn("down")
    answer(page)
    assert "对不对，送到以后才知道" in page.locator("main").inner_text()
    assert [row["item"]["kind"] for row in stored(page)] == ["answer"]
    assert not Response.objects.exists()
    network.turn("up")
    page.goto(f"{network.url}/modules/")
    until_sent(page)
    assert list(Response.objects.values_list("right", "score")) == [(True, 1.0)]
    assert LearningRecord.objects.filter(verb="answered", success=True).count() == 1
