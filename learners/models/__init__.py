"""Who learns and what happened."""

from .access import FileOpening
from .cohort import Cohort, CohortMember, CohortStay
from .learner import Learner
from .merge import AccountMerge
from .number import NumberWish
from .pause import Pause
from .phone import DatabaseState, Former, Phone
from .progress import Enrolment, LessonProgress
from .record import LearningRecord

__all__ = [
    "AccountMerge", "Cohort", "CohortMember", "CohortStay", "DatabaseState", "Enrolment", "FileOpening", "Former",
    "Learner", "LearningRecord", "LessonProgress", "NumberWish", "Pause", "Phone",
]  # fmt: skip
