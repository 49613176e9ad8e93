"""Reach by place, so that no line and no subtraction points at one of a few people. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..data import Snapshot, Unit
from .tally import DIGITS, FEWEST_PEOPLE, Tally, figures_of

REST = ""  # the code of the last line


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place with how many enrolled and finished a module.

    :param code: of the place; ``REST`` for the last line: all people who stand in no line that is shown.
    :param share: completed ÷ enrolled, 0–1; ``None`` where nobody enrolled or it is hidden.
    :param hidden: a place of few, or one more that is hidden with it; its numbers are ``None`` then.
    """

    code: str
    name: str
    enrolled: int | None
    completed: int | None
    share: float | None
    hidden: bool = False

    @property
    def is_rest(self) -> bool:
        """Whether this is the last line."""
        return self.code == REST


def nobody_in(parent: Snapshot) -> Snapshot:
    """The snapshot of a place below where nobody lives: it stands as zero, and is not left out."""
    return replace(parent, figures=figures_of(Tally(), parent.scope.kind))


def place_rows(parent: Snapshot, children: Sequence[tuple[str, str, Snapshot]]) -> list[PlaceRow]:
    """A row for each child in the order given, then the rest line where somebody is left.

    Whoever has the parent's figures can subtract the rows shown. So a place of few takes the smallest
    others with it until two are hidden and at least five people stand in no row; few who stated no place
    take the smallest place with them (complementary cell suppression; Hundepool et al., *Statistical
    Disclosure Control*, 2012, ch. 4). The rest line is all who stand in no row: with nothing hidden, the
    people whose place is not further stated.

    :param children: (code, name, snapshot) of the same moment as ``parent``.
    """
    rows = [_row(code, name, snapshot) for code, name, snapshot in children]
    whole = _row(REST, "", parent)
    if whole.hidden:
        return [row if row.enrolled == 0 else _hide(row) for row in rows]
    fewest_places = 2 if any(row.hidden for row in rows) else 0
    for candidate in sorted(
        (row for row in rows if row.enrolled), key=lambda row: (row.enrolled or 0, row.code)
    ):
        people = _rest(whole, rows).enrolled or 0
        if sum(row.hidden for row in rows) >= fewest_places and not 0 < people < FEWEST_PEOPLE:
            break
        rows = [_hide(row) if row.code == candidate.code else row for row in rows]
    rest = _rest(whole, rows)
    return [*rows, rest] if rest.enrolled else rows


def _row(code: str, name: str, snapshot: Snapshot) -> PlaceRow:
    completed = snapshot.figure("completed")
    if completed is None or completed.hidden:
        return PlaceRow(code=code, name=name, enrolled=None, completed=None, share=None, hidden=True)
    return PlaceRow(
        code=code,
        name=name,
        enrolled=completed.denominator or 0,
        completed=completed.numerator or 0,
        share=completed.value,
    )


def _hide(row: PlaceRow) -> PlaceRow:
    return replace(row, enrolled=None, completed=None, share=None, hidden=True)


def _rest(whole: PlaceRow, rows: Sequence[PlaceRow]) -> PlaceRow:
    """Who is left when the rows shown are taken away."""
    enrolled = (whole.enrolled or 0) - sum(row.enrolled or 0 for row in rows)
    completed = (whole.completed or 0) - sum(row.completed or 0 for row in rows)
    share = round(completed / enrolled, DIGITS[Unit.SHARE]) if enrolled else None
    return PlaceRow(code=REST, name="", enrolled=enrolled, completed=completed, share=share)
