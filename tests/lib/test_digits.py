"""Whole numbers from outside are read in one place, and only what spells one plainly."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mooc.lib.text.digits import MOST, whole_number, whole_numbers
from tests.site.test_architecture import short, sources, tree


@given(st.integers(0, 10**MOST - 1))
def test_a_number_is_read_as_it_is_written(number: int) -> None:
    assert whole_number(str(number)) == number
    assert whole_number(f"00{number}", MOST + 2) == number


@given(st.text())
def test_what_is_no_plain_number_is_none(text: str) -> None:
    plain = 0 < len(text) <= MOST and set(text) <= set("0123456789")
    assert (whole_number(text) is not None) == plain


@pytest.mark.parametrize("text", [None, "", " 1", "1\n", "-1", "+1", "1_0", "1.0", "²", "٣", "３", "0x1"])
def test_what_int_would_take_or_stumble_over(text: str | None) -> None:
    assert whole_number(text) is None


def test_no_number_is_longer_than_asked_for() -> None:
    assert (whole_number("999", 3), whole_number("1000", 3)) == (999, None)
    assert whole_number("9" * MOST) < 2**63  # type: ignore[operator]  # it is one
    assert whole_number("1" + "0" * MOST) is None


def test_of_many_the_numbers_stay_in_order() -> None:
    assert whole_numbers(["3", "x", "", "1", "²", "3"]) == [3, 1, 3]


def test_nobody_else_asks_a_text_whether_it_is_digits() -> None:
    """``isdigit`` is true of "²", ``isdecimal`` of "٣". Masking looks for numbers of people, in any digits."""
    asked = {"isdigit", "isdecimal", "isnumeric"}
    found = {
        short(path)
        for path in sources()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in asked
    }
    assert found == {"mooc/lib/text/digits.py", "feedback/masking.py"}
