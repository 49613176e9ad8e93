"""What stands below the lessons of a module: its practical task and its quiz."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q

from courses.models import Module

from .. import scoring
from ..models import Quiz


def module_row(module: Module) -> tuple[str, dict[str, Any]]:
    """The practical task and the quiz as the last rows of a module's lessons; for who passed it, their result.

    Its numbers are those of a try begun now: never more questions than are in use. 1 query.
    """
    items = Count("module__items")
    in_use = Count("module__items", filter=Q(module__items__live=True))
    quizzes = Quiz.objects.filter(module=module).select_related("module__assignment")
    quiz: Any = quizzes.annotate(items=items, in_use=in_use).first()
    asks = min(quiz.length, quiz.in_use) if quiz else 0
    return "assessments/quiz_row.html", {
        "quiz": quiz,
        "task": getattr(quiz.module, "assignment", None) if quiz else None,
        "asks": asks,
        "needed": scoring.needed(asks, quiz.pass_percent) if quiz else 0,
        "paused": bool(quiz and quiz.items and not asks and module.quiz_required),
    }
