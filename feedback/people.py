"""What feedback holds about a person: merging, export, erasing, the tracking file's section."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from learners.data import TrackingSection
from learners.models import Learner

from .models import ContentReport, Question

MOST_ROWS = 500


def merge(source: Learner, target: Learner) -> None:
    """A guest's questions and reports go to the account."""
    Question.objects.filter(learner=source).update(learner=target)
    ContentReport.objects.filter(learner=source).update(learner=target)


def erase(learner: Learner) -> int:
    """Remove questions with their history; reports stay without a name."""
    ids = list(Question.objects.filter(learner=learner).values_list("pk", flat=True))
    ContentReport.objects.filter(learner=learner).update(learner=None)
    ContentReport.history.filter(learner=learner).update(learner=None)
    count, _rows = Question.objects.filter(learner=learner).delete()
    Question.history.filter(id__in=ids).delete()  # last: deleting leaves a trace of its own
    return count


def export(learner: Learner) -> dict[str, Any]:
    """Everything kept here about a person, for taking along."""
    return {
        "questions": list(
            Question.objects.filter(learner=learner).values(
                "uuid", "lesson__slug", "block", "text", "answer", "created_at", "answered_at"
            )
        ),
        "reports": list(
            ContentReport.objects.filter(learner=learner).values(
                "uuid", "kind", "lesson__slug", "text", "created_at"
            )
        ),
    }


def sections(learner: Learner) -> list[TrackingSection]:
    """Questions asked, and whether they have an answer: 1 query."""
    rows = Question.objects.filter(learner=learner)
    asked = TrackingSection(
        "questions",
        _("Questions I asked"),
        (_("Question"), _("Date"), _("Answer")),
        tuple(
            (
                row.text[:200],
                date_format(timezone.localtime(row.created_at), "Y-m-d"),
                row.answer[:400] or _("waiting"),
            )
            for row in rows[:MOST_ROWS]
        ),
    )
    return [asked]
