"""Who may do what: one table, role by role. Pure.

Code asks ``user.may(Right.X)`` for a page or a button, ``user.in_scope(Right.X, path)`` for a place, and the
``visible_to`` of a QuerySet for rows. Nothing asks for a role by name. A new role is a row here, its words in
``data.Role``, and its column in ``tests/site/test_access.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from .data import Role

LEARN_TOO = frozenset({Role.HELPER})  # roles whose people are counted as learners like anybody
OPERATOR = "operator"  # the role of a superuser; it is not granted like the others


class Right(StrEnum):
    """What somebody may do."""

    WRITE_COURSES = "write_courses"  # modules, lessons, quizzes and practical tasks, on the desk
    ANSWER_QUESTIONS = "answer_questions"  # the queue, themed answers, reports and wishes
    LEAD_CLASSES = "lead_classes"  # open a class and look after it
    SEE_CLASSES = "see_classes"  # who is in a class and how far
    SEE_PEOPLE = "see_people"  # a learner's file; each opening is written down
    HELP_PEOPLE = "help_people"  # sit beside people: ask for another number or password in their name
    CONFIRM_NUMBER = "confirm_number"  # agree to what another asked for
    SEE_FIGURES = "see_figures"  # the board, lists, reports, who needs help
    SIGN_FIGURES = "sign_figures"  # report monthly papers of one's places, sign those of places below
    SET_TARGETS = "set_targets"  # what figures are to reach; only where nobody else's places are judged by it
    RUN_SITE = "run_site"  # accounts, roles, places, the question engine, jobs


class Reach(StrEnum):
    """How far a right goes."""

    ALL = "all"
    REGION = "region"  # the places of the grant, and all below
    OWN = "own"  # own courses, own classes


TABLE: Mapping[str, Mapping[Right, Reach]] = {
    OPERATOR: dict.fromkeys(Right, Reach.ALL),
    Role.TRAINER: {
        Right.WRITE_COURSES: Reach.OWN,
        Right.ANSWER_QUESTIONS: Reach.OWN,
        Right.LEAD_CLASSES: Reach.OWN,
        Right.SEE_CLASSES: Reach.OWN,
        Right.SEE_PEOPLE: Reach.OWN,
        Right.CONFIRM_NUMBER: Reach.OWN,
    },
    Role.SUPERVISOR: {
        Right.SEE_CLASSES: Reach.REGION,
        Right.SEE_PEOPLE: Reach.REGION,
        Right.SEE_FIGURES: Reach.REGION,
        Right.SIGN_FIGURES: Reach.REGION,
        Right.SET_TARGETS: Reach.REGION,
    },
    Role.HELPER: {
        Right.LEAD_CLASSES: Reach.OWN,
        Right.SEE_CLASSES: Reach.REGION,
        Right.SEE_PEOPLE: Reach.REGION,
        Right.HELP_PEOPLE: Reach.REGION,
        Right.CONFIRM_NUMBER: Reach.REGION,
    },
}


def reach_of(role: str, right: Right) -> Reach | None:
    """How far a role's right goes; ``None``: it does not have it."""
    return TABLE.get(role, {}).get(right)


def roles_with(right: Right, reach: Iterable[Reach] = Reach) -> list[str]:
    """Roles that have a right, as far as one of ``reach``."""
    return [role for role, rights in TABLE.items() if rights.get(right) in set(reach)]
