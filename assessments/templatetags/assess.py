"""Panels of assessments on pages of lower rooms."""

from __future__ import annotations

from typing import Any

from django import template

from courses.models import Module

from ..models import Quiz

register = template.Library()


@register.inclusion_tag("assessments/quiz_row.html", takes_context=True)
def quiz_row(context: template.Context, module: Module) -> dict[str, Any]:
    """The quiz as the last row of a module's lessons; for somebody who passed it, their result."""
    quiz = Quiz.objects.filter(module=module).first()
    return {"quiz": quiz, "needed": quiz.needed if quiz else 0, "request": context.get("request")}
