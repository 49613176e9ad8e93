"""What a quiz lays over pages for one person: that it is passed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.template.loader import render_to_string

from ..models import Attempt


def quiz_passed(person: Any, args: Sequence[str]) -> Mapping[str, str]:
    """Tick and result in place of what a quiz asks for, once it is passed. ``args``: ids of quizzes. 1 query."""
    tries = Attempt.objects.filter(learner=person.learner, quiz_id__in=args, passed=True).order_by(
        "right", "pk"
    )
    return {
        str(best.quiz_id): render_to_string("assessments/quiz_passed.html", {"attempt": best})
        for best in tries
    }
