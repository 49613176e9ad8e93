"""Snapshots, reports, closed months, and who needs help."""

from .closed import ClosedDrift, ClosedFigure, ClosedPerson, MonthClose
from .help import HelpClassCheck, HelpGiven, HelpNeed, HelpReturn
from .report import EvaluationReport, ReportFile
from .sign_off import SignOff
from .snapshot import EvaluationSnapshot
from .target import Target

__all__ = [
    "ClosedDrift", "ClosedFigure", "ClosedPerson", "EvaluationReport", "EvaluationSnapshot", "HelpClassCheck",
    "HelpGiven", "HelpNeed", "HelpReturn",
    "MonthClose", "ReportFile", "SignOff", "Target",
]  # fmt: skip
