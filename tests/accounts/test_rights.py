"""Who may do what stands in one table; code asks for rights, and a place counts with all below it."""

from __future__ import annotations

from typing import Any

import pytest

from mooc.accounts.data import Role
from mooc.accounts.models import RoleGrant, User
from mooc.accounts.rights import OPERATOR, TABLE, Reach, Right, reach_of, roles_with

pytestmark = [pytest.mark.django_db]


def test_every_role_has_a_row_and_the_operator_may_everything() -> None:
    assert set(TABLE) == {OPERATOR, *Role.values}
    assert TABLE[OPERATOR] == dict.fromkeys(Right, Reach.ALL)
    assert all(rights and set(rights) <= set(Right) for rights in TABLE.values())


def test_only_the_operator_reaches_everything() -> None:
    assert [role for right in Right for role in roles_with(right, [Reach.ALL])] == [OPERATOR] * len(Right)


def test_a_right_holds_for_the_place_of_the_grant_and_all_below(
    people: dict[str, Any], regions: dict[str, Any]
) -> None:
    chief: User = people["supervisor"]
    own = regions["county"].path
    assert chief.may(Right.SEE_FIGURES)
    assert chief.region_paths(Right.SEE_FIGURES) == [own]
    assert chief.in_scope(Right.SEE_FIGURES, own)
    assert chief.in_scope(Right.SEE_FIGURES, own + "361000000000/")
    assert not chief.in_scope(Right.SEE_FIGURES, regions["county2"].path)
    assert not chief.in_scope(Right.SEE_FIGURES, regions["city"].path)  # above it
    assert not chief.everywhere(Right.SEE_FIGURES)


@pytest.mark.parametrize("right", list(Right))
def test_a_learner_may_nothing_and_an_operator_all(people: dict[str, Any], right: Right) -> None:
    learner, operator = people["learner"], people["operator"]
    assert not learner.may(right)
    assert not learner.in_scope(right, "/36/")
    assert operator.may(right)
    assert operator.everywhere(right)
    assert operator.in_scope(right, "/nowhere/")


def test_two_roles_add_up_and_neither_lends_its_reach_to_the_other(
    people: dict[str, Any], regions: dict[str, Any]
) -> None:
    both: User = people["trainer"]
    RoleGrant.objects.create(user=both, role=Role.HELPER, region=regions["county"])
    both = User.objects.get(pk=both.pk)
    assert both.has_own(Right.WRITE_COURSES)
    assert both.region_paths(Right.SEE_PEOPLE) == [regions["county"].path]
    assert both.region_paths(Right.WRITE_COURSES) == []
    assert not both.in_scope(Right.WRITE_COURSES, regions["county"].path)
    assert reach_of(Role.HELPER, Right.SEE_FIGURES) is None
