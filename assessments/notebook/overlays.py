"""What the notebook lays over pages for one person: what is due for review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.template.loader import render_to_string

from . import selectors


def due(person: Any, args: Sequence[str]) -> Mapping[str, str]:
    """A line that leads to the notebook, when something there is due: 1 query."""
    count = selectors.due_count(person.learner)
    return dict.fromkeys(args, render_to_string("assessments/due.html", {"due": count})) if count else {}
