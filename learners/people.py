"""What learners holds about a person, for the own-data export."""

from __future__ import annotations

from typing import Any

from .models import Learner, LearningRecord


def export(learner: Learner) -> dict[str, Any]:
    """Account, place, classes, every learning record, and who opened the file."""
    user = learner.user
    account = {}
    if user is not None:
        account = {
            "name": user.display_name, "username": user.username, "phone": user.phone, "email": user.email,
            "language": user.language, "joined": user.date_joined, "consented_at": user.consented_at,
        }  # fmt: skip
    return {
        "account": account,
        "place": learner.region.code if learner.region else None,
        "birth_year": learner.birth_year,
        "classes": list(learner.memberships.values("cohort__title", "created_at", "left_at")),
        "openings": list(learner.openings.values("opened_by__display_name", "opened_at")),
        "records": list(
            LearningRecord.objects.filter(learner=learner)
            .order_by("happened_at")
            .values(
                "uuid",
                "verb",
                "object_type",
                "object_id",
                "title_zh",
                "edition",
                "success",
                "score",
                "seconds",
                "response",
                "happened_at",
                "stored_at",
            )
        ),
    }
