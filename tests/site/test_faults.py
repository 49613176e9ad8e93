"""The power goes, the network goes, the same thing comes twice: nothing acknowledged is lost or doubled."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.acts import hidden
from tests.phones import QUIZ, Phone
from tests.serving import Site


def answer_until(phone: Phone, stop: threading.Event, begun: threading.Barrier) -> None:
    begun.wait(30)
    while not stop.is_set():
        try:
            phone.answer_one()
        except (OSError, http.client.HTTPException):
            return  # the server is gone in the middle


def test_kill_9_between_answers_loses_nothing_acknowledged(site: Site) -> None:
    site.start()
    phones = [Phone(site) for _n in range(4)]
    for phone in phones:
        phone.answer_one()
    stop, begun = threading.Event(), threading.Barrier(len(phones) + 1)
    threads = [threading.Thread(target=answer_until, args=(phone, stop, begun)) for phone in phones]
    for thread in threads:
        thread.start()
    begun.wait(30)
    stop.wait(0.6)  # in the middle of it
    site.kill()
    stop.set()
    for thread in threads:
        thread.join(30)
    site.start()
    assert sum(len(phone.acknowledged) for phone in phones) > len(phones), "nobody answered before the kill"
    for phone in phones:
        stored = len(phone.answers())
        assert len(phone.acknowledged) <= stored <= len(phone.sent)
        for path, body in phone.sent:  # the phone does not know what arrived, and sends all again
            assert phone.ask(path, body)[0] == 302
        assert len(phone.answers()) == len({body for _path, body in phone.sent})
    site.manage("rebuild_progress", "--check")


def test_a_lost_answer_sent_again_gives_the_same_page(site: Site) -> None:
    site.start()
    phone = Phone(site)
    phone.answer_one()
    path, body = phone.sent[0]
    first = phone.ask(path, body)
    site.kill()
    site.start()
    again = phone.ask(path, body)
    assert (again[0], again[1]["Location"]) == (302, first[1]["Location"])
    assert len(phone.answers()) == 1


@pytest.mark.parametrize("count", [2, 8])
def test_the_same_answer_at_the_same_moment_counts_once(site: Site, count: int) -> None:
    site.start()
    phone = Phone(site)
    phone.answer_one()
    quiz = phone.ask(QUIZ)[1]["Location"]
    html = phone.ask(quiz)[2]
    choice = html.split('name="choice" value="')[1].split('"')[0]
    body = urlencode({"attempt": hidden(html, "attempt"), "item": hidden(html, "item"), "choice": choice})
    found: list[int] = []
    threads = run_together(lambda: found.append(phone.ask(f"{quiz}answer/", body)[0]), count)
    assert len(threads) == count
    assert found == [302] * count
    assert len(phone.answers()) == 2
    site.manage("rebuild_progress", "--check")


def run_together(act: Callable[[], Any], count: int) -> list[threading.Thread]:
    """The same thing from several connections at once."""
    barrier = threading.Barrier(count)

    def go() -> None:
        barrier.wait(30)
        act()

    threads = [threading.Thread(target=go) for _n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return threads
