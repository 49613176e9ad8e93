"""Background work of assessments, found here by the worker."""

from .evaluation.tasks import evaluate_nightly, monthly_reports, run_job, sweep

__all__ = ["evaluate_nightly", "monthly_reports", "run_job", "sweep"]
