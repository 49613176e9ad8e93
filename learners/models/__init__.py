"""Who learns and what happened."""

from .access import FileOpening
from .cohort import Cohort, CohortMember
from .learner import Learner
from .merge import AccountMerge
from .number import NumberWish
from .phone import DatabaseState, Former, Phone
from .progress import Enrolment, LessonProgress
from .record import LearningRecord

__all__ = [
    "AccountMerge", "Cohort", "CohortMember", "DatabaseState", "Enrolment", "FileOpening", "Former", "Learner",
    "LearningRecord", "LessonProgress", "NumberWish", "Phone",
]  # fmt: skip
