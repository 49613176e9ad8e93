"""The sentence at the top and what to do next: the same for screen and paper, without the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import translation

from assessments.evaluation.data import Figure, Scope, ScopeKind, Snapshot, Unit
from assessments.evaluation.measure.indicators import wilson
from assessments.evaluation.words.presentation import FigureText, figure_text, in_words
from assessments.evaluation.words.summary import headline, to_do


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def share(code: str, part: int, whole: int) -> Figure:
    low, high = wilson(part, whole)
    return Figure(code, Unit.SHARE, part / whole, part, whole, low, high)


def board(*figures: Figure) -> dict[str, FigureText]:
    return {figure.code: figure_text(figure) for figure in figures}


def texts(
    every: dict[str, FigureText], call: int = 0, visit: int = 0, *, with_names: bool = True
) -> list[str]:
    return [line.text for line in to_do(every, call, visit, with_names=with_names)]


def people(number: int) -> Figure:
    return Figure("enrolled", Unit.PEOPLE, float(number), number)


def test_the_sentence_says_all_of_the_way_and_skips_what_is_hidden() -> None:
    every = board(
        people(24), share("passed", 19, 24), share("completed", 19, 24), share("completed_all", 3, 24)
    )
    assert headline(every) == (
        "24 people enrolled, 19 passed at least one quiz, 19 finished at least one module, "
        "3 (13%) finished all they enrolled in."
    )
    every |= board(Figure("passed", Unit.SHARE, None, hidden=True))
    assert "passed" not in headline(every)
    assert headline(board(Figure("enrolled", Unit.PEOPLE, None, hidden=True))).startswith("Fewer than five")
    assert headline(board(people(0))) == "Nobody is enrolled yet."


def test_of_one_module_nothing_says_at_least_one() -> None:
    whole = (people(24), share("passed", 19, 24), share("completed", 18, 24))
    at = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    every = in_words(Snapshot(Scope(ScopeKind.MODULE, "parcel"), at, "1", whole), {})
    said = headline(every, one_module=True) + " ".join(row.title for row in every.values())
    assert "19 passed the quiz, 18 finished the module." in said
    assert "at least one" not in said.lower()
    of_place = in_words(Snapshot(Scope(ScopeKind.REGION, "36"), at, "1", whole), {})
    assert of_place["passed"].title == "Passed at least one quiz"


def test_what_is_furthest_below_comes_first_with_its_gap_in_points() -> None:
    every = board(share("satisfaction", 200, 270), share("completed", 180, 270), share("passed", 260, 270))
    assert texts(every) == ["Satisfied: 74%, 11 points below the target"]
    line = to_do(every, 0, 0, with_names=True)[0]
    assert line.code == "satisfaction"


def test_people_who_can_be_helped_today_stand_before_what_chance_could_explain() -> None:
    sure, unsure = board(share("satisfaction", 760, 1000)), board(share("passed", 6, 10))
    assert [line.code for line in to_do(sure, 7, 0, with_names=True)] == ["satisfaction", "help"]
    assert [line.code for line in to_do(unsure, 7, 0, with_names=True)] == ["help", "passed"]


def test_what_chance_could_explain_comes_after_what_is_surely_below() -> None:
    sure, unsure = (
        share("satisfaction", 760, 1000),
        share("passed", 6, 10),
    )  # 9 points, and 20 that may be chance
    assert texts(board(sure, unsure)) == ["Satisfied: 76%, 9 points below the target"]
    assert texts(board(unsure)) == ["Passed at least one quiz: 60%, 20 points below the target"]


def test_a_hairs_breadth_is_not_nought_points() -> None:
    every = board(share("graduated", 6996, 10000))
    assert texts(every) == ["Finished the class: 70%, just below the target of 70%"]


def test_all_is_well_and_nobody_waits() -> None:
    assert texts(board(share("graduated", 90, 100))) == []


@pytest.mark.parametrize(
    ("call", "visit", "seen", "on_paper"),
    [
        (5, 0, "Call 5 people", "Call 5 people"),
        (1, 2, "Visit 2 people; Call 1 person", "Fewer than five people to call or visit"),
        (4, 4, "Visit 4 people; Call 4 people", "Call or visit 8 people"),
        (7, 2, "Visit 2 people; Call 7 people", "Call 7 people"),
    ],
)
def test_people_are_counted_where_their_names_stand_and_few_are_few_elsewhere(
    call: int, visit: int, seen: str, on_paper: str
) -> None:
    assert texts({}, call, visit) == [seen]
    assert texts({}, call, visit, with_names=False) == [on_paper]


def test_questions_without_a_theme_else_those_answered_late() -> None:
    late = share("answered_in_time", 7, 10)
    none = Figure("questions_on:none", Unit.QUESTIONS, 2.0, 2, 11)
    assert texts(board(late, none))[-1] == "3 questions were not answered in time"  # somebody waits
    assert texts(board(none))[-1] == "2 questions have no theme yet"
    hidden = Figure("questions_on:none", Unit.QUESTIONS, None, hidden=True)
    assert texts(board(hidden)) == []


def test_three_lines_at_most() -> None:
    every = board(
        share("satisfaction", 1, 10),
        share("passed", 1, 10),
        share("answered_in_time", 1, 10),
        Figure("questions_on:none", Unit.QUESTIONS, 1.0, 1, 11),
    )
    assert len(texts(every, 5, 5)) == 3
