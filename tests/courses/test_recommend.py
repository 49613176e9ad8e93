"""What to learn next: from easy to hard, with the reason in a sentence."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from courses.catalogue import recommend


def module(code: str, level: str, *, subject: int = 1, after: tuple[Any, ...] = (), track: int = 1) -> Any:
    """A module as the rules see it."""
    tracks = [SimpleNamespace(pk=track, title=f"track {track}")]
    return SimpleNamespace(
        pk=int(code[1:]), code=code, level=level, category_id=subject, slug=code.lower(), published=None,
        prerequisites=SimpleNamespace(all=lambda: list(after)), tracks=SimpleNamespace(all=lambda: tracks),
    )  # fmt: skip


BASICS = module("C01", "L1")
SECOND = module("C02", "L1", subject=2)
MONEY = module("C17", "L2", subject=3, after=(BASICS,))
DEEPER = module("C08", "L2")
LATER = module("C09", "L2", subject=4)
BUILDS = module("C12", "L1", subject=5, after=(BASICS,))
ELSEWHERE = module("C15", "L3", subject=6, track=9)


def test_beginners_stay_with_what_is_easy_before_it_gets_harder() -> None:
    every = [ELSEWHERE, LATER, DEEPER, MONEY, SECOND, BUILDS, BASICS]
    with translation.override("en"):
        found = recommend.following(BASICS, every)
    assert [row.code for row in found] == ["C12", "C02", "C17"]
    assert [row.reason for row in found] == [
        "It builds on “c01”.", "Next on the way to “track 1”.", "It builds on “c01”.",
    ]  # fmt: skip
    assert not hasattr(SECOND, "reason")  # what is shared between threads stays as it was


@pytest.mark.parametrize(
    ("finished", "codes"),
    [({12, 2, 17}, ["C08", "C09"]), ({12, 2, 17, 8, 9}, [])],
)
def test_what_is_finished_is_left_out_and_then_harder_things_follow(
    finished: set[int], codes: list[str]
) -> None:
    every = [ELSEWHERE, LATER, DEEPER, MONEY, SECOND, BUILDS, BASICS]
    found = recommend.following(BASICS, every, finished=frozenset(finished))
    assert [row.code for row in found] == codes


def test_what_a_track_left_behind_comes_last_and_without_anything_the_easiest_is_next() -> None:
    assert [row.code for row in recommend.following(LATER, [SECOND, module("C10", "L2", subject=7)])] == [
        "C10", "C02",
    ]  # fmt: skip
    left = recommend.from_the_start([MONEY, SECOND, BASICS], finished=frozenset({1}))
    assert [row.code for row in left] == ["C02", "C17"]
