"""How learning is judged."""

from .assignment import Assignment, AssignmentMedia
from .attempt import Attempt, Response
from .bank import Item, Option, Quiz
from .edition import ItemEdition
from .review import ReviewCard

from ..evaluation.models import (  # isort: skip  # evaluation reads tries
    EvaluationReport,
    EvaluationSnapshot,
    HelpGiven,
    HelpNeed,
    Job,
    ReportFile,
)

__all__ = [
    "Assignment", "AssignmentMedia", "Attempt", "EvaluationReport", "EvaluationSnapshot", "HelpGiven", "HelpNeed", "Item",
    "ItemEdition", "Job", "Option", "Quiz", "ReportFile", "Response", "ReviewCard",
]  # fmt: skip
