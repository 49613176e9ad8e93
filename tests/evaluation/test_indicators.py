"""The arithmetic of evaluation, held against published values and against itself."""

from __future__ import annotations

import datetime as dt
import statistics
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.analysis.items import difficulty, discrimination
from assessments.evaluation.board.lists import _LISTS
from assessments.evaluation.data import Figure, Light, ScopeKind, Unit
from assessments.evaluation.help import points as help_points
from assessments.evaluation.help.points import Plan, Signs
from assessments.evaluation.measure.catalogue import BY_CODE, CATALOGUE, Surface, light_of
from assessments.evaluation.measure.indicators import median, student, wilson
from assessments.evaluation.measure.tally import Tally, figures_of

NOW = dt.datetime(2026, 11, 25, 8, tzinfo=dt.UTC)


def test_wilson_interval_of_18_of_25() -> None:
    low, high = wilson(18, 25)
    assert (round(low, 3), round(high, 3)) == (0.524, 0.857)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share_and_stays_a_share(case: tuple[int, int]) -> None:
    k, n = case
    low, high = wilson(k, n)
    assert 0 <= low <= k / n + 1e-12
    assert k / n - 1e-12 <= high <= 1


@pytest.mark.parametrize(("k", "n"), [(0, 0), (-1, 5), (6, 5)])
def test_wilson_refuses_what_is_no_share(k: int, n: int) -> None:
    with pytest.raises(ValueError):
        wilson(k, n)


@pytest.mark.parametrize(("degrees", "point"), [(4, 2.776), (9, 2.262), (24, 2.064), (59, 2.001)])
def test_student_as_printed_in_the_tables(degrees: int, point: float) -> None:
    assert student(degrees) == pytest.approx(point, rel=0.003)


def test_student_refuses_one_person() -> None:
    with pytest.raises(ValueError):
        student(0)


@given(st.lists(st.integers(0, 400), max_size=60))
def test_median_of_a_histogram_is_the_median(values: list[int]) -> None:
    found = median(Counter(values))
    assert found == (statistics.median(values) if values else None)


def test_difficulty_is_the_share_right() -> None:
    assert difficulty(17, 25) == pytest.approx(0.68)
    assert difficulty(0, 0) is None


def test_discrimination_of_a_worked_case() -> None:
    """Rest scores 4 3 2 1, the better two right: (3.5 − 1.5) ÷ √1.25 · √(0.5 · 0.5)."""
    assert discrimination({4: 1, 3: 1}, {2: 1, 1: 1}) == pytest.approx(0.8944, abs=1e-4)
    assert discrimination({2: 1, 1: 1}, {4: 1, 3: 1}) == pytest.approx(-0.8944, abs=1e-4)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=80))
def test_discrimination_is_the_correlation_of_being_right_with_the_rest(
    cases: list[tuple[bool, int]],
) -> None:
    marks, rests = [int(right) for right, _rest in cases], [rest for _right, rest in cases]
    parts = [Counter(rest for right, rest in cases if right is wanted) for wanted in (True, False)]
    found = discrimination(*parts)
    if len(set(marks)) < 2 or len(set(rests)) < 2:
        assert found is None
    else:
        assert found == pytest.approx(statistics.correlation(marks, rests), abs=1e-9)


# --- figures ------------------------------------------------------------------------------------


def tally(**counts: int) -> Tally:
    return Tally(counts=Counter(counts))


def figure(made: Tally, code: str, kind: str = ScopeKind.REGION) -> Figure:
    return next(row for row in figures_of(made, kind) if row.code == code)


def test_a_share_carries_its_counts_and_interval() -> None:
    got = figure(tally(enrolled=25, completed=18), "completed")
    assert got == Figure("completed", Unit.SHARE, 0.72, 18, 25, 0.5242, 0.8572)


@pytest.mark.parametrize("people", [1, 4])
def test_fewer_than_five_people_are_hidden_whole(people: int) -> None:
    made = tally(enrolled=people, completed=1, attendances=40, attendances_completed=30, attenders=people)
    for code in ("enrolled", "completed", "attendances", "attendances_completed"):
        got = figure(made, code)
        assert got.hidden, code
        assert (got.value, got.numerator, got.denominator, got.low, got.high) == (None,) * 5


def test_nobody_is_no_secret_and_divides_nothing() -> None:
    assert figure(tally(), "enrolled") == Figure("enrolled", Unit.PEOPLE, 0.0, 0)
    assert figure(tally(), "completed") == Figure("completed", Unit.SHARE, None, 0, 0)


def test_a_median_gives_n_as_denominator() -> None:
    made = tally(people=5)
    made.minutes = Counter({3: 2, 11: 3})
    assert figure(made, "minutes") == Figure("minutes", Unit.MINUTES, 11.0, None, 5)


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.floats(0, 1), st.floats(0, 1)), max_size=6)
)
def test_the_figures_of_a_whole_are_those_of_its_parts_added(
    parts: list[tuple[int, int, float, float]],
) -> None:
    whole, together = Tally(), Tally()
    for number, (done, more, first, last) in enumerate(parts):
        part = tally(enrolled=done + more, completed=done)
        part.minutes[done] += 1
        part.retries.see(number, 1, "ops", first, last)
        whole = whole + part
        together.counts.update(part.counts)
        together.minutes[done] += 1
        together.retries.see(number, 1, "ops", first, last)
    assert figures_of(whole, ScopeKind.REGION) == figures_of(together, ScopeKind.REGION)


def test_every_indicator_is_explained_and_means_something_for_some_scope() -> None:
    assert len(BY_CODE) == len(CATALOGUE)
    for line in CATALOGUE:
        assert str(line.title), line.code
        assert str(line.meaning).endswith((".", "。")), line.code
        assert line.formula, line.code
        assert line.kinds, line.code


@pytest.mark.parametrize(
    ("done", "of", "light"),
    [
        (95, 100, Light.MET),
        (80, 100, Light.MET),
        (75, 100, Light.MET_UNSURE),
        (5, 5, Light.MET_UNSURE),
        (7, 10, Light.MET_UNSURE),
        (66, 100, Light.NEAR),
        (13, 20, Light.NEAR),
        (5, 8, Light.UNSURE),
        (60, 100, Light.MISSED),
        (40, 100, Light.MISSED),
        (1, 3, Light.FEW),
        (0, 0, Light.FEW),
    ],
)
def test_a_light_says_on_either_side_of_the_target_whether_chance_alone_could_explain_it(
    done: int, of: int, light: Light
) -> None:
    assert light_of(figure(tally(members=of, graduated=done), "graduated")) == light


UPWARDS = [Light.MISSED, Light.UNSURE, Light.NEAR, Light.MET_UNSURE, Light.MET]
UNSURE = {Light.UNSURE, Light.MET_UNSURE}


@given(st.integers(5, 400))
def test_of_as_many_people_more_who_reach_it_never_make_a_light_worse(of: int) -> None:
    lights = [light_of(figure(tally(members=of, graduated=done), "graduated")) for done in range(of + 1)]
    places = [UPWARDS.index(light) for light in lights]
    assert places == sorted(places)


@given(st.integers(0, 20), st.integers(5, 20), st.integers(2, 30))
def test_the_same_share_of_more_people_never_becomes_less_sure(done: int, of: int, times: int) -> None:
    done = min(done, of)
    few, many = (light_of(figure(tally(members=n * of, graduated=n * done), "graduated")) for n in (1, times))
    assert many == few or few in UNSURE
    assert (UPWARDS.index(few) >= 3) == (UPWARDS.index(many) >= 3)  # on the same side of the target


def test_a_light_that_is_sure_is_so_by_its_whole_likely_range() -> None:
    sure = figure(tally(members=100, graduated=80), "graduated")
    assert sure.low is not None
    assert sure.low >= 0.7


# --- who needs help ------------------------------------------------------------------------------


def signs(**changes: object) -> Signs:
    base = {
        "enrolled_at": NOW - dt.timedelta(days=20), "last_at": NOW - dt.timedelta(days=1), "finished_a_lesson": True,
        "last_scores": (), "waiting_since": None, "plan": Plan(0.5, 10, 5),
    }  # fmt: skip
    return Signs(**(base | changes))  # type: ignore[arg-type]  # a test's own names


@pytest.mark.parametrize(
    ("changes", "code", "points"),
    [
        ({"last_at": NOW - dt.timedelta(days=6, hours=23)}, "", 0),
        ({"last_at": NOW - dt.timedelta(days=7)}, "absent", 1),
        ({"last_at": NOW - dt.timedelta(days=14)}, "absent", 3),
        ({"last_at": None}, "absent", 3),
        ({"last_at": NOW - dt.timedelta(days=90), "plan": None}, "paused", 3),  # enrolled anew 20 days ago
        (
            {
                "last_at": NOW - dt.timedelta(days=90),
                "enrolled_at": NOW - dt.timedelta(days=99),
                "plan": None,
            },
            "",
            0,
        ),
        ({"plan": Plan(0.5, 10, 3)}, "", 0),
        ({"plan": Plan(0.5, 10, 2)}, "behind", 1),
        ({"plan": Plan(1.0, 10, 4)}, "behind", 2),
        ({"plan": Plan(1.0, 0, 0)}, "", 0),
        ({"plan": Plan(0.5, 10, 2, 99)}, "behind", 1),
        ({"last_scores": (0.5,)}, "", 0),
        ({"last_scores": (0.5, 0.6)}, "", 0),
        ({"last_scores": (0.5, 0.59)}, "weak", 2),
        ({"waiting_since": NOW - dt.timedelta(hours=47)}, "", 0),
        ({"waiting_since": NOW - dt.timedelta(hours=48)}, "unanswered", 2),
        ({"finished_a_lesson": False}, "not_begun", 2),
        ({"finished_a_lesson": False, "enrolled_at": NOW - dt.timedelta(days=2)}, "", 0),
    ],
)
def test_points_are_those_of_the_published_rules(changes: dict[str, object], code: str, points: int) -> None:
    found = [(reason.code, reason.points) for reason in help_points.reasons(signs(**changes), NOW)]
    assert found == ([(code, points)] if code else [])


def test_lessons_outside_the_class_are_told_and_do_not_count() -> None:
    (reason,) = help_points.reasons(signs(plan=Plan(1.0, 30, 0, 4)), NOW)
    assert (reason.number, reason.of, reason.outside) == (0, 30, 4)


def test_reasons_add_up_the_weightiest_first() -> None:
    found = help_points.reasons(
        signs(last_at=NOW - dt.timedelta(days=15), last_scores=(0.2, 0.4), plan=Plan(0.5, 10, 2)), NOW
    )
    assert [reason.points for reason in found] == [3, 2, 1]


def test_every_indicator_stands_somewhere_and_has_a_list_behind_it() -> None:
    """A figure nobody meets is counted for nothing; one without its list cannot be looked into."""
    nowhere = [line.code for line in CATALOGUE if not line.on and line.target is None]
    assert nowhere == []
    assert {line.rows for line in CATALOGUE} == set(_LISTS)
    for surface in Surface:
        places = [line.on[surface] for line in CATALOGUE if surface in line.on]
        assert sorted(places) == list(range(1, len(places) + 1)), surface
