"""Snapshots, reports, closed months, and who needs help."""

from .closed import ClosedDrift, ClosedFigure, ClosedPerson, MonthClose
from .help import HelpGiven, HelpNeed
from .report import EvaluationReport, ReportFile
from .sign_off import SignOff
from .snapshot import EvaluationSnapshot

__all__ = [
    "ClosedDrift", "ClosedFigure", "ClosedPerson", "EvaluationReport", "EvaluationSnapshot", "HelpGiven", "HelpNeed",
    "MonthClose", "ReportFile", "SignOff",
]  # fmt: skip
