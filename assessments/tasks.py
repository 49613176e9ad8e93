"""Background work of assessments, gathered from its rooms: the worker looks for it here."""

from .quiz.tasks import finish_tries, judge_again

__all__ = ["finish_tries", "judge_again"]
