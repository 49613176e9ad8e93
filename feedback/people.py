"""What feedback holds about a person: merging, export, erasing, the tracking file's section."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from learners.data import TrackingSection
from learners.models import Learner

from .models import ContentReport, Deflection, Notice, NoticeChoice, PostReport, Question, Reaction, Reply

MOST_ROWS = 500


def merge(source: Learner, target: Learner) -> None:
    """A guest's questions, reports, notices and reactions go to the account; what it has already stays."""
    for model in (Question, ContentReport, Reply, Notice):
        model.objects.filter(learner=source).update(learner=target)
    _move_new(Deflection.objects.filter(learner=source), "question_id", Deflection, target)
    _move_new(Reaction.objects.filter(learner=source), "module_id", Reaction, target)
    _move_new(PostReport.objects.filter(learner=source, reply=None), "question_id", PostReport, target)
    _move_new(PostReport.objects.filter(learner=source, question=None), "reply_id", PostReport, target)


def _move_new(rows: Any, key: str, model: Any, target: Learner) -> None:
    """Move rows of which the target may have one for each ``key`` only."""
    known = set(model.objects.filter(learner=target).values_list(key, flat=True))
    rows.exclude(**{f"{key}__in": known - {None}}).update(learner=target)


def erase(learner: Learner) -> int:
    """Remove questions with their history, answers to others, notices; reports stay without a name."""
    ids = list(Question.objects.filter(learner=learner).values_list("pk", flat=True))
    for question in Question.objects.filter(pk__in=ids, merged__isnull=False).distinct():
        _hand_on(question)
    ContentReport.objects.filter(learner=learner).update(learner=None)
    ContentReport.history.filter(learner=learner).update(learner=None)
    count = 0
    for model in (Reply, Deflection, Reaction, PostReport, NoticeChoice, Question):
        deleted, _rows = model.objects.filter(learner=learner).delete()
        count += deleted
    Question.history.filter(id__in=ids).delete()  # last: deleting leaves a trace of its own
    return count


def _hand_on(question: Question) -> None:
    """Others have the answer of this question: the first of them carries it from now on."""
    heirs = list(question.merged.exclude(learner=question.learner).order_by("pk"))
    if not heirs:
        return
    heir = heirs[0]
    heir.merged_into, heir.answer, heir.answered_by = None, question.answer, question.answered_by
    heir.save()
    Question.objects.filter(pk__in=[row.pk for row in heirs[1:]]).update(merged_into=heir)


def export(learner: Learner) -> dict[str, Any]:
    """Everything kept here about a person, for taking along."""
    mine = {
        "questions": Question.objects.filter(learner=learner).values(
            "uuid", "lesson__slug", "block", "text", "answer", "theme__code", "created_at", "answered_at", "solved_at"
        ),
        "replies": Reply.objects.filter(learner=learner).values("uuid", "question_id", "text", "created_at"),
        "reactions": Reaction.objects.filter(learner=learner).values("module__slug", "face", "updated_at"),
        "reports": ContentReport.objects.filter(learner=learner).values(
            "uuid", "kind", "lesson__slug", "text", "created_at"
        ),
        "notices": Notice.objects.filter(learner=learner).values("kind", "question_id", "created_at", "read_at"),
        "solved_by_others_answers": Deflection.objects.filter(learner=learner).values("question_id", "created_at"),
    }  # fmt: skip
    return {name: list(rows) for name, rows in mine.items()}


def sections(learner: Learner) -> list[TrackingSection]:
    """Questions asked, and whether they have an answer: 1 query."""
    rows = Question.objects.filter(learner=learner).select_related("merged_into").defer("vector")
    asked = TrackingSection(
        "questions",
        _("Questions I asked"),
        (_("What was asked"), _("Date"), _("Answer")),
        tuple(
            (
                row.text[:200],
                date_format(timezone.localtime(row.created_at), "Y-m-d"),
                (row.merged_into or row).answer[:400] or _("waiting"),
            )
            for row in rows[:MOST_ROWS]
        ),
        theirs=_("Questions they asked"),
    )
    return [asked]
