"""Second tries against first tries: chance alone is no progress, and the likely range tells the truth."""

from __future__ import annotations

import random

import pytest

from assessments.evaluation.data import ScopeKind, Unit
from assessments.evaluation.measure.catalogue import CATALOGUE
from assessments.evaluation.measure.retries import Retries
from assessments.evaluation.measure.tally import Tally, figures_of

pytestmark = pytest.mark.once

PASS = 0.6


def chance(seed: int, people: int = 60, items: int = 6) -> Retries:
    """People who know nothing: every answer is right with a chance of one half, and whoever did not pass comes
    back until it is passed."""
    dice, made = random.Random(seed), Retries()
    for who in range(people):
        scores: list[float] = []
        while not scores or scores[-1] < PASS:
            scores.append(sum(dice.random() < 0.5 for _item in range(items)) / items)
        made.see(seed * people + who, 1, "photo", scores[0], scores[1] if len(scores) > 1 else None)
    return made


def test_sixty_people_at_constant_chance_get_no_progress() -> None:
    """The range holds nought in some 95 of 100 worlds, and on average there is no difference. Set against their own
    first try, the same people would seem to have made up a good part of what they lacked."""
    worlds, held, differences, naive = 400, 0, 0.0, 0.0
    for seed in range(worlds):
        made = chance(seed)
        found = made.compared(5)[""]
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 0 <= found.high
        differences += found.difference
        block = made.blocks[0]
        back = [(a, b) for a, b in zip(block.first, block.second, strict=True) if b == b]
        naive += sum(b - a for a, b in back) / len(back)
    assert 0.92 <= held / worlds <= 0.98
    assert abs(differences / worlds) < 0.01
    assert naive / worlds > 0.1


def test_what_chance_makes_has_no_target_no_light_and_no_praise() -> None:
    for line in CATALOGUE:
        if line.rows == "retries":
            assert line.target is None
        words = f"{line.code} {line.title} {line.meaning} {line.formula}".lower().split()
        assert not {"gain", "gained", "progress"} & set(words), line.code


def test_the_worked_case() -> None:
    """Quiz 1: four take it, 0.2 0.4 0.6 0.8, mean 0.5; the first two come back, 0.5 and 0.7. Quiz 2: two take it, both
    0.5; one comes back, 0.8. Differences 0.0 0.2 0.3: mean 1/6."""
    made = Retries()
    for who, first, second in ((1, 0.2, 0.5), (2, 0.4, 0.7), (3, 0.6, None), (4, 0.8, None)):
        made.see(who, 1, "photo", first, second)
    made.see(1, 2, "ops", 0.5, None)
    made.see(5, 2, "ops", 0.5, 0.8)
    found = made.compared(1)
    assert (found[""].people, found[""].tries) == (3, 3)
    assert found[""].first == pytest.approx(0.5)
    assert found[""].second == pytest.approx(2 / 3)
    assert found[""].difference == pytest.approx(1 / 6)
    assert found["photo"].difference == pytest.approx(0.1)
    assert found["ops"].difference == pytest.approx(0.3)


def test_the_whole_is_its_parts_in_any_order_to_the_last_digit() -> None:
    one, two, three = chance(1, 20), chance(2, 20), chance(3, 20)
    assert (one + two + three).compared(5) == (three + (two + one)).compared(5)


def test_fewer_than_five_who_came_back_are_hidden() -> None:
    made = Retries()
    for who in range(9):
        made.see(who, 1, "photo", 0.5, 1.0 if who < 4 else None)
    figures = {one.code: one for one in figures_of(Tally(retries=made), ScopeKind.REGION)}
    for code in ("first_score", "second_score", "retry_difference", "retry_difference_in:photo"):
        assert figures[code].hidden, code
        assert (figures[code].value, figures[code].low, figures[code].denominator) == (None, None, None)


def test_quizzes_nobody_took_twice_say_nothing() -> None:
    made = Retries()
    for who in range(9):
        made.see(who, 1, "photo", 0.5, None)
    figures = {one.code: one for one in figures_of(Tally(retries=made), ScopeKind.REGION)}
    assert (figures["retry_difference"].value, figures["retry_difference"].denominator) == (None, 0)
    assert figures["retry_difference"].unit == Unit.DIFFERENCE
    assert "retry_difference_in:photo" not in figures
