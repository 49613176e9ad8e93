"""How learning is judged."""

from .attempt import Attempt, Response
from .bank import Item, Option, Quiz
from .review import ReviewCard

__all__ = ["Attempt", "Item", "Option", "Quiz", "Response", "ReviewCard"]
