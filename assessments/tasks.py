"""Background work of assessments, gathered from its rooms: the worker looks for it here."""

from .evaluation.tasks import evaluate_nightly, monthly_reports, run_job, sweep
from .quiz.tasks import finish_tries, judge_again

__all__ = ["evaluate_nightly", "finish_tries", "judge_again", "monthly_reports", "run_job", "sweep"]
