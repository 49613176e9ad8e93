"""What feedback does when a fact is told."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from mooc.lib.queue import later

from . import signals, tasks
from .data import QuestionAsked


@receiver(signals.question_asked)
def class_it(fact: QuestionAsked, **_kwargs: Any) -> None:
    """A question was asked: find its theme."""
    later(tasks.classify_question, fact.question_id)
