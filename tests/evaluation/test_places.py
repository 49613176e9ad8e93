"""Reach by place: no line and no subtraction points at one of a few people."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from assessments.evaluation.data import Scope, Snapshot
from assessments.evaluation.measure.catalogue import MODEL
from assessments.evaluation.measure.places import PlaceRow, place_rows
from assessments.evaluation.measure.tally import FEWEST_PEOPLE, Tally, figures_of

NOW = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)


def snapshot(enrolled: int, completed: int = 0) -> Snapshot:
    tally = Tally()
    tally.counts.update({"enrolled": enrolled, "completed": completed})
    return Snapshot(Scope("region", "1"), NOW, MODEL, figures_of(tally, "region"))


def rows(whole: tuple[int, int], *children: tuple[int, int]) -> list[PlaceRow]:
    named = [(str(n), f"place {n}", snapshot(*child)) for n, child in enumerate(children, start=1)]
    return place_rows(snapshot(*whole), named)


def shown(found: list[PlaceRow]) -> list[tuple[str, int | None, int | None]]:
    return [(row.code, row.enrolled, row.completed) for row in found]


def test_places_of_enough_people_stand_as_they_are() -> None:
    found = rows((20, 12), (12, 9), (8, 3))
    assert shown(found) == [("1", 12, 9), ("2", 8, 3)]
    assert [row.share for row in found] == [0.75, 0.375]


def test_people_of_no_place_further_stated_are_the_last_line() -> None:
    found = rows((26, 13), (12, 9), (8, 3))
    assert shown(found)[-1] == ("", 6, 1)
    assert found[-1].is_rest


def test_a_place_of_few_takes_the_next_smallest_with_it() -> None:
    """Else 31 − 20 − 8 would tell what is hidden."""
    found = rows((31, 10), (20, 6), (3, 1), (8, 3))
    assert shown(found) == [("1", 20, 6), ("2", None, None), ("3", None, None), ("", 11, 4)]
    assert [row.hidden for row in found] == [False, True, True, False]


def test_two_places_of_few_with_enough_people_together_need_no_other() -> None:
    assert shown(rows((26, 9), (20, 6), (3, 1), (3, 2))) == [
        ("1", 20, 6), ("2", None, None), ("3", None, None), ("", 6, 3)]  # fmt: skip


def test_two_places_of_very_few_take_one_more() -> None:
    assert [row.hidden for row in rows((32, 9), (20, 6), (1, 1), (2, 0), (9, 2))] == [
        False, True, True, True, False]  # fmt: skip


def test_few_of_no_place_stated_hide_the_smallest_place() -> None:
    assert shown(rows((22, 9), (12, 6), (8, 2))) == [("1", 12, 6), ("2", None, None), ("", 10, 3)]


def test_a_place_without_anybody_says_so_and_hides_nobody() -> None:
    assert shown(rows((20, 6), (20, 6), (0, 0))) == [("1", 20, 6), ("2", 0, 0)]
    assert rows((0, 0), (0, 0))[0].share is None


def test_where_all_are_few_nothing_is_shown() -> None:
    assert shown(rows((4, 1), (4, 1), (0, 0))) == [("1", None, None), ("2", 0, 0)]


def test_no_places_at_all() -> None:
    assert rows((0, 0)) == []
    assert shown(rows((7, 2))) == [("", 7, 2)]


@given(st.lists(st.integers(0, 30), max_size=8), st.integers(0, 12))
def test_whatever_the_numbers_nothing_small_can_be_worked_out(sizes: list[int], unstated: int) -> None:
    whole = sum(sizes) + unstated
    found = rows((whole, whole // 2), *((size, 0) for size in sizes))
    places = [row for row in found if not row.is_rest]
    assert all(row.enrolled in (size, None) for row, size in zip(places, sizes, strict=True))
    assert not any(row.enrolled and row.enrolled < FEWEST_PEOPLE for row in found)
    if whole >= FEWEST_PEOPLE:
        left = whole - sum(row.enrolled or 0 for row in places)
        assert left == 0 or left >= FEWEST_PEOPLE
        assert sum(row.enrolled or 0 for row in found) == whole
        if any(0 < size < FEWEST_PEOPLE for size in sizes) and sum(row.hidden for row in places) < 2:
            assert sum(size > 0 for size in sizes) == 1, "there was another to hide"
