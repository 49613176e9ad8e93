"""The requirement of a module with a quiz: it was passed once. A quiz nobody can sit is asked of nobody."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from courses.models import Module
from learners.models import Enrolment
from learners.record.requirements import Line, Standing, quiz_can_be_sat


def asked(module: Module, *, fresh: bool = False) -> bool:
    """Where the trainer wants it, and it has a question to ask."""
    return module.quiz_required and quiz_can_be_sat(module.pk, fresh=fresh)


def met(module: Module, standing: Standing) -> bool:
    """Passed once is passed."""
    return standing.quiz_passed_at is not None


def among(module: Module, rows: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    """Who has passed it."""
    return rows.filter(quiz_passed_at__isnull=False)


def line(module: Module, done: int, total: int, standing: Standing | None) -> Line:
    """Passed, or still to pass."""
    passed = standing is not None and met(module, standing)
    return Line(_("quiz passed") if passed else _("quiz: still to pass"), passed)
