"""What assessments does with a person's rows: merging, the tracking file's sections."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from learners.data import TrackingSection
from learners.models import Learner
from mooc.lib.privacy import evidence

from .models import Attempt, Response, ReviewCard

MOST_ROWS = 500


@evidence.writing("merge_person")
def merge(source: Learner, target: Learner) -> None:
    """A guest's tries and cards go to the account. Of two open tries the fuller stays open."""
    for attempt in Attempt.objects.filter(learner=source, finished_at=None):
        other = Attempt.objects.filter(learner=target, quiz=attempt.quiz_id, finished_at=None).first()
        if other is None:
            continue
        shorter = min(attempt, other, key=lambda row: len(row.answered_codes.split()))
        Attempt.objects.filter(pk=shorter.pk).update(finished_at=timezone.now())
    Attempt.objects.filter(learner=source).update(learner=target)
    mine = {card.item_id: card for card in ReviewCard.objects.filter(learner=target)}
    for card in ReviewCard.objects.filter(learner=source):
        known = mine.get(card.item_id)
        if known is None:
            ReviewCard.objects.filter(pk=card.pk).update(learner=target)
        elif (card.last_at or card.created_at) > (known.last_at or known.created_at):
            known.delete()
            ReviewCard.objects.filter(pk=card.pk).update(learner=target)


def sections(learner: Learner) -> list[TrackingSection]:
    """Quizzes with their results, and every answer: 1 query."""
    answers = list(
        Response.objects.filter(attempt__learner=learner)
        .select_related("item", "attempt__quiz__module__published")
        .order_by("-pk")[:MOST_ROWS]
    )
    tries = {row.attempt_id: row.attempt for row in answers}
    return [_quizzes(list(tries.values())), _answers(answers)]


def _quizzes(tries: list[Attempt]) -> TrackingSection:
    return TrackingSection(
        code="quizzes",
        title=_("Quizzes"),
        columns=(_("Quiz"), _("Date"), _("Score"), _("Result")),
        rows=tuple(
            (
                row.quiz.module.published.title if row.quiz.module.published else row.quiz.module.slug,
                _day(row.finished_at),
                f"{row.right} / {row.total}",
                _("passed") if row.passed else _("not yet"),
            )
            for row in sorted(tries, key=lambda row: row.finished_at or row.created_at, reverse=True)
            if row.passed is not None
        ),
    )


def _answers(answers: list[Response]) -> TrackingSection:
    return TrackingSection(
        code="answers",
        title=_("Quiz answers"),
        columns=(_("Question"), _("Date"), _("Answer")),
        rows=tuple(
            (row.item.stem, _day(row.answered_at), _("right") if row.right else _("not right"))
            for row in answers
        ),
        folded=True,
    )


def _day(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "Y-m-d")
