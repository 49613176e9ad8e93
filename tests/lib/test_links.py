"""Addresses have one place: ``{% url %}``, and ``{% address %}`` for what a higher room shows."""

from __future__ import annotations

import pytest
from django.template import Context, Engine
from django.urls import NoReverseMatch, reverse

ENGINE = Engine(builtins=["mooc.lib.pages.link_tags"])


def render(source: str, **values: object) -> str:
    return ENGINE.from_string(source).render(Context(values))


def test_url_is_what_django_says_each_time() -> None:
    for slug in ("window-light", "window-light", "open-shop"):
        assert render('{% url "courses:module" slug %}', slug=slug) == reverse("courses:module", args=[slug])
    assert render('{% url "courses:media" name %}', name="a&b.svg") == "/media/a&amp;b.svg"
    assert render('{% url "home" as there %}[{{ there }}]') == "[/]"
    assert render('{% url "courses:module" slug="x" %}') == "/modules/x/"


def test_an_address_that_is_not_there_is_a_fault_and_no_empty_link() -> None:
    with pytest.raises(NoReverseMatch):
        render('{% url "courses:nothing" %}')
    with pytest.raises(LookupError):
        render('{% address "nothing" %}')


def test_a_page_of_a_higher_room_has_a_name() -> None:
    assert render('{% address "ask" %}') == reverse("feedback:ask")
