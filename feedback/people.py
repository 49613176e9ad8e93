"""What feedback holds about a person: merging, erasing, the tracking file's section."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from learners.data import TrackingSection
from learners.models import Learner
from learners.personal_data import person_of
from mooc.lib.privacy import evidence
from mooc.lib.privacy.personal import masked

from .models import ContentReport, Deflection, Notice, PostReport, Question, Reaction, Reply

MOST_ROWS = 500


@evidence.writing("merge_person")
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


def hand_on(learner: Learner) -> None:
    """Before a person's questions go: others who share an answer keep it."""
    for question in Question.objects.filter(learner=learner, merged__isnull=False).distinct():
        _hand_on(question)


def _hand_on(question: Question) -> None:
    """Others have the answer of this question: the first of them carries it from now on."""
    heirs = list(question.merged.exclude(learner=question.learner).order_by("pk"))
    if not heirs:
        return
    heir = heirs[0]
    heir.merged_into, heir.answered_by = None, question.answered_by
    heir.answer = masked(question.answer, person_of(question.learner).names)  # it may greet whoever goes
    heir.save()
    Question.objects.filter(pk__in=[row.pk for row in heirs[1:]]).update(merged_into=heir)


def sections(learner: Learner) -> list[TrackingSection]:
    """Questions asked, and whether they have an answer: 1 query."""
    rows = Question.objects.filter(learner=learner).select_related("merged_into").defer("vector")
    asked = TrackingSection(
        code="questions",
        title=_("Questions I asked"),
        columns=(_("What was asked"), _("Date"), _("Answer")),
        rows=tuple(
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


def held(user: Any) -> list[str]:
    """Questions an account has taken and not answered: someone waits."""
    count = Question.objects.filter(claimed_by=user, answered_at=None).count()
    sentence = ngettext(
        "You took %(n)s question that waits for an answer.",
        "You took %(n)s questions that wait for an answer.",
        count,
    )
    return [sentence % {"n": count}] if count else []
