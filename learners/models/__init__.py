"""Who learns and what happened."""

from .access import FileOpening
from .cohort import Cohort, CohortMember
from .learner import Learner
from .progress import Enrolment, LessonProgress
from .record import LearningRecord

__all__ = [
    "Cohort", "CohortMember", "Enrolment", "FileOpening", "Learner", "LearningRecord", "LessonProgress",
]  # fmt: skip
