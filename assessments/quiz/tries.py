"""How a try goes on and ends, also when questions are taken out of use, moved or lost under way."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from learners.services import record_result
from mooc.lib.privacy import evidence

from .. import scoring
from ..models import Attempt, Quiz, Response
from .asked import AskedQuiz


def left_of(attempt: Attempt, asked: AskedQuiz) -> list[str]:
    """Codes an open try still asks."""
    in_use = frozenset(asked.live_codes)
    return scoring.left(attempt.item_codes.split(), attempt.answered_codes.split(), in_use)


def count_answer(attempt: Attempt, asked: AskedQuiz, response: Response, item_code: str) -> None:
    """Bring the try up to date with an answer; the last answer finishes it.

    What was drawn and is no longer in use is not waited for: the try grows shorter.
    """
    answered = [*attempt.answered_codes.split(), item_code]
    attempt.answered_codes, attempt.right = " ".join(answered), attempt.right + response.right
    attempt.total = len(answered) + len(left_of(attempt, asked))
    attempt.save(update_fields=["answered_codes", "right", "total", "updated_at"])
    if len(answered) >= attempt.total:
        judge_try(attempt, asked.quiz, at=response.answered_at)


def judge_try(attempt: Attempt, quiz: Quiz, *, at: dt.datetime) -> None:
    """Write down how a try went, with the numbers it was judged by; the result goes down to learners."""
    attempt.finished_at = at
    attempt.score = scoring.score(attempt.right, attempt.total)
    attempt.needed = scoring.needed(attempt.total, quiz.pass_percent)
    attempt.passed = scoring.passed(attempt.right, attempt.total, quiz.pass_percent)
    attempt.save(update_fields=["total", "finished_at", "score", "needed", "passed", "updated_at"])
    record_result(
        learner=attempt.learner,
        module=quiz.module,
        attempt=attempt.uuid,
        score=attempt.score,
        passed=attempt.passed,
        at=at,
    )


def end(attempt: Attempt, quiz: Quiz, *, at: dt.datetime) -> None:
    """A try that has nothing left to ask: judged by what was answered when that is half of it, else put away
    without a result, so that nobody passes or fails by one answer."""
    answered, drawn = len(attempt.answered_codes.split()), len(attempt.item_codes.split())
    if scoring.says_enough(drawn, answered):
        attempt.total = answered
        judge_try(attempt, quiz, at=at)
    else:
        attempt.finished_at = at
        attempt.save(update_fields=["finished_at", "updated_at"])


def finish_tries(*, module_id: int, most: int = 100) -> bool:
    """End the open tries at a module's quiz that have nothing left to ask, ``most`` at a time.

    Called when questions were taken out of use; running it again changes nothing.

    :returns: whether there are more.
    """
    quiz = Quiz.objects.select_related("module__published").filter(module=module_id).first()
    if quiz is None:
        return False
    in_use = frozenset(quiz.live_codes())
    rows = Attempt.objects.filter(quiz=quiz, finished_at=None).order_by("pk")
    ended = [
        pk
        for pk, drawn, answered in rows.values_list("pk", "item_codes", "answered_codes")
        if not scoring.left(drawn.split(), answered.split(), in_use)
    ]
    for pk in ended[:most]:
        with evidence.writing("finish_tries"), transaction.atomic():
            attempt = rows.select_for_update().filter(pk=pk).first()
            if attempt and not scoring.left(
                attempt.item_codes.split(), attempt.answered_codes.split(), in_use
            ):
                end(attempt, quiz, at=timezone.now())
    return len(ended) > most
