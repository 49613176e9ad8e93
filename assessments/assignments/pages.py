"""A practical task as its page shows it, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from mooc.lib.text.localized import read

from ..models import Assignment

NOT_YET, GOOD, BETTER = 1, 2, 3  # levels of a criterion; 0 is nothing there


@dataclass(frozen=True, slots=True)
class Criterion:
    """What is looked at: how it is not yet there, how it is good, how it is better still."""

    name: str
    must: bool
    not_yet: str
    good: str
    better: str


@dataclass(frozen=True, slots=True)
class AssignmentPage:
    """``slips``: a typical mistake, and the kind word that helps."""

    task: Assignment
    steps: list[str]
    slips: list[tuple[str, str]]
    criteria: list[Criterion]


def assignment_page(task: Assignment) -> AssignmentPage:
    """No query."""
    return AssignmentPage(
        task,
        [read(**step) for step in task.steps],
        [(read(**slip["slip"]), read(**slip["kind"])) for slip in task.slips],
        [
            Criterion(
                read(**row["name"]),
                row["must"],
                *(read(**row["levels"][level]) for level in (NOT_YET, GOOD, BETTER)),
            )
            for row in task.criteria
        ],
    )
