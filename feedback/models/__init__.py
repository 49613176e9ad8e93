"""What learners say, and what trainers and neighbours answer."""

from .answer_module import AnswerEntry, AnswerModule, AnswerVersion
from .notice import Notice, NoticeChoice
from .post import PostReport, Reply
from .proposal import ThemeProposal
from .question import Deflection, Question
from .reaction import Reaction
from .report import ContentReport
from .theme import ClassifierVersion, Theme, TrainingExample
from .training_run import TrainingRun
from .writing import SavedReply

__all__ = [
    "AnswerEntry",
    "AnswerModule",
    "AnswerVersion",
    "ClassifierVersion",
    "ContentReport",
    "Deflection",
    "Notice",
    "NoticeChoice",
    "PostReport",
    "Question",
    "Reaction",
    "Reply",
    "SavedReply",
    "Theme",
    "ThemeProposal",
    "TrainingExample",
    "TrainingRun",
]
