"""Who learns and what happened."""

from .cohort import Cohort, CohortMember
from .learner import Learner
from .progress import Enrolment, LessonProgress
from .record import LearningRecord
from .access import FileOpening

__all__ = [
    "Cohort", "CohortMember", "Enrolment", "FileOpening", "Learner", "LearningRecord", "LessonProgress",
]  # fmt: skip
