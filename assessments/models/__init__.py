"""How learning is judged."""

from ..data import AssignmentMedia
from .assignment import Assignment
from .attempt import Attempt, Response
from .bank import Item, Option, Quiz
from .edition import ItemEdition
from .review import ReviewCard

__all__ = [
    "Assignment",
    "AssignmentMedia",
    "Attempt",
    "Item",
    "ItemEdition",
    "Option",
    "Quiz",
    "Response",
    "ReviewCard",
]
