"""Panels of assessments on pages of lower rooms."""

from __future__ import annotations

from typing import Any

from django import template

from courses.models import Module

from ..models import Quiz

register = template.Library()


@register.inclusion_tag("assessments/quiz_row.html")
def quiz_row(module: Module) -> dict[str, Any]:
    """The quiz as the last row of a module's lessons."""
    quiz = Quiz.objects.filter(module=module).first()
    return {"quiz": quiz, "needed": quiz.needed if quiz else 0}
