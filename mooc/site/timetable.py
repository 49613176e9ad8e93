"""What is done in the background: which queue takes it, and when it is done without being asked.

Read by the settings. The scheduler sends names only, so a test holds every name here to a task there is.
"""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab
from kombu import Exchange, Queue

#: ``urgent`` is what somebody waits for with the phone in the hand; a worker of its own does nothing else.
QUEUES = [Queue(name, Exchange(name), name) for name in ("urgent", "heavy")]
ROUTES = {
    "mooc.accounts.tasks.send_text": {"queue": "urgent"},
}
_every_minute: dict[str, Any] = {
    "schedule": 60.0,
    "options": {"expires": 60},
}  # a busy worker does not find a heap of them


def _swept(queue: str) -> dict[str, Any]:
    """The sweep over what belongs to a queue, done in that queue: a row of any room is found by it."""
    options = {**_every_minute["options"], "queue": queue}
    return {"task": "mooc.jobs.tasks.sweep", "args": (queue,), **_every_minute, "options": options}


SCHEDULE: dict[str, dict[str, Any]] = {
    **{f"sweep-{queue.name}": _swept(queue.name) for queue in QUEUES},
    "evaluate": {
        "task": "assessments.evaluation.tasks.evaluate_nightly",
        "schedule": crontab(hour=0, minute=20),
    },
    "targets-begin": {
        "task": "assessments.evaluation.tasks.targets_begin",
        "schedule": crontab(hour=0, minute=1),
    },
    "law-due": {"task": "courses.tasks.tell_law_due", "schedule": crontab(hour=0, minute=5)},
    "sweep-feedback": {"task": "feedback.tasks.sweep", **_every_minute},
    "retrain": {"task": "feedback.tasks.retrain_nightly", "schedule": crontab(hour=2, minute=30)},
    "close-months": {  # before the reports on them
        "task": "assessments.evaluation.tasks.close_months",
        "schedule": crontab(hour=1, minute=0),
    },
    "recount-closed": {
        "task": "assessments.evaluation.tasks.recount_closed",
        "schedule": crontab(hour=4, minute=30),
    },
    "monthly-reports": {
        "task": "assessments.evaluation.tasks.monthly_reports",
        "schedule": crontab(day_of_month="1-5", hour=4, minute=0),
    },
    "new-themes": {"task": "feedback.tasks.find_new_themes", "schedule": crontab(hour=2, minute=50)},
    "clear-sessions": {
        "task": "mooc.accounts.tasks.clear_expired",
        "schedule": crontab(hour=3, minute=10),
    },
    "check-places": {"task": "mooc.accounts.tasks.check_places", "schedule": crontab(hour=3, minute=50)},
    "settle-numbers": {"task": "learners.tasks.settle_numbers", "schedule": crontab(minute=25)},
    "forget-guests": {
        "task": "learners.tasks.forget_old_guests",
        "schedule": crontab(hour=3, minute=20),
    },
    "check-progress": {
        "task": "learners.tasks.check_progress",
        "schedule": crontab(hour=3, minute=40),
    },
}
