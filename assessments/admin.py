"""The desk's pages of assessments, gathered from its rooms: Django looks for them here."""

from .quiz.admin import ItemAdmin, QuizAdmin

__all__ = ["ItemAdmin", "QuizAdmin"]
