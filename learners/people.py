"""What learners and accounts hold about a person: the own-data export, and erasing."""

from __future__ import annotations

from typing import Any

from mooc.accounts import services as accounts
from mooc.accounts.models import User

from .models import Learner, LearningRecord

RECORD_FIELDS = (
    "uuid", "verb", "object_type", "object_id", "title_zh", "title_en", "module_slug", "edition", "success",
    "completion", "score", "seconds", "response", "attempt", "happened_at", "stored_at",
)  # fmt: skip
MODULE_FIELDS = (
    "module__slug", "how", "enrolled_at", "lessons_done", "seconds", "first_score", "best_score", "quiz_tries",
    "quiz_passed_at", "completed_at", "last_at",
)  # fmt: skip
LESSON_FIELDS = ("lesson__slug", "block", "seconds", "first_at", "last_at", "done_at")


def export(learner: Learner) -> dict[str, Any]:
    """Account, place, classes, progress, every learning record, and who opened the file."""
    return {
        "account": _account(learner.user) if learner.user else {},
        "place": learner.region.code if learner.region else None,
        "birth_year": learner.birth_year,
        "weekly_goal": learner.weekly_goal,
        "classes": list(learner.memberships.values("cohort__title", "created_at", "left_at")),
        "openings": list(learner.openings.values("opened_by__display_name", "opened_at")),
        "modules": list(learner.enrolments.values(*MODULE_FIELDS)),
        "lessons": list(learner.lesson_progress.values(*LESSON_FIELDS)),
        "records": list(
            LearningRecord.objects.filter(learner=learner).order_by("happened_at").values(*RECORD_FIELDS)
        ),
    }


def _account(user: User) -> dict[str, Any]:
    return {
        "name": user.display_name, "username": user.username, "phone": user.phone, "email": user.email,
        "language": user.language, "joined": user.date_joined, "consented_at": user.consented_at,
        "guardian_consent": user.guardian_consent,
        "roles": list(user.role_grants.values("role", "region__code")),
        "number_changes": list(user.phone_changes.values("before", "after", "changed_at")),
    }  # fmt: skip


def erase(learner: Learner) -> int:
    """Drop codes and messages under the account's number; the rest goes with the learner row."""
    if learner.user is not None:
        accounts.erase_traces(user=learner.user)
    return 0
