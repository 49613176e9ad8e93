"""Ids of the lines of a question, which pages and the API show. They tell nothing: not which step comes first, nor
which answer its author thought of first."""

from __future__ import annotations

from collections.abc import Iterable
from random import SystemRandom
from typing import TypeVar

Row = TypeVar("Row")

_shuffle = SystemRandom().shuffle  # drawn once and kept: a rule would be known to whoever reads this


def in_any_order(rows: Iterable[Row]) -> list[Row]:
    """The same rows in the order in which they are to be saved: those that are new get their ids by lot."""
    drawn = list(rows)
    _shuffle(drawn)
    return drawn
