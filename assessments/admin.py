"""The desk's pages of assessments, gathered from its rooms: Django looks for them here."""

from .evaluation.admin import JobAdmin
from .quiz.admin import ItemAdmin, QuizAdmin

__all__ = ["ItemAdmin", "JobAdmin", "QuizAdmin"]
