"""What finishing a module asks for: a list, each entry registered by the room that knows of it.

Learners alone decides that a module is finished: when every requirement that is asked of it is met. A new one (a
task accepted, hours met, a survey given) is a file in its room and a line in that room's ``registration.py``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from django.db.models import QuerySet

from courses.models import Module
from mooc.lib import registry
from mooc.lib.registry import Registry

from ..models import Enrolment


class Standing(Protocol):
    """What is known of a learner in a module: its summary replayed from records, or the enrolment that stores it."""

    @property
    def quiz_passed_at(self) -> dt.datetime | None:
        """When the quiz was passed first."""


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement as its learner reads it."""

    words: str
    met: bool


class Requirement(Protocol):
    """One thing a module may ask before it counts as finished."""

    def asked(self, module: Module, *, fresh: bool = False) -> bool:
        """Whether this module asks it now. :param fresh: ask the database, for what is written down."""

    def met(self, module: Module, standing: Standing) -> bool:
        """Whether the learner has given it."""

    def among(self, module: Module, rows: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
        """Those of ``rows`` who have given it, in SQL: for settling many at once."""

    def line(self, module: Module, done: int, total: int, standing: Standing | None) -> Line:
        """How it stands, in the reader's language.

        :param done: lessons read, of ``total`` that are published. :param standing: ``None``: nothing yet.
        """


requirements: Registry[Requirement] = Registry("requirement")


def asked_of(module: Module, *, fresh: bool = False) -> Iterator[tuple[str, Requirement]]:
    """The requirements a module asks now, by name, in the order they were registered."""
    return ((name, one) for name, one in requirements if one.asked(module, fresh=fresh))


def quiz_can_be_sat(module_id: int, *, fresh: bool = False) -> bool:
    """Whether the module's quiz has a question to ask: no query while the content stands.

    A quiz that cannot be sat is asked of nobody: completion does not wait for it, and no button leads there.

    :param fresh: ask the database, for what is written down.
    """
    return any(module_id in modules(fresh) for _name, modules in registry.quiz_open)
