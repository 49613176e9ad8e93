"""A key that was wrong is mended: answers are judged again, and nobody loses by it.

An answer that was told "not right" and is right by today's key counts as right from now on: the try is counted
again, a pass it makes is given, the card goes from the notebook. An answer that was told "right" keeps that: a
person is not to pay for our mistake. Its owner can be shown the question again instead.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from learners.data import ItemAnswer
from learners.services import record_answer, record_result
from mooc.lib.privacy import evidence

from .. import scoring
from ..bank.editions import wording as wording_of
from ..bank.editions import wordings as wordings_of
from ..kinds.base import Answer, ids_as_text
from ..models import Attempt, Item, Response, ReviewCard
from ..notebook.memory import first_memory

BATCH = 50  # answers judged again while somebody waits for the page; the rest in the background
AFTER = dt.timedelta(microseconds=1)  # the new result follows the old one, at the moment both are about


@dataclass(frozen=True, slots=True)
class Mended:
    """What judging again changed. ``kept``: answers that stay right though today's key says otherwise."""

    answers: int
    passes: int
    left: int
    kept: int


def _right_by_today(item: Item) -> Q:
    """Answers that are right by today's key: 3 queries. Each answer that was given is judged once."""
    wordings = wordings_of(item)
    given = Response.objects.filter(item=item).order_by().values_list("edition", "answer").distinct()
    right: dict[int, list[Answer]] = defaultdict(list)
    for number, answer in given:
        wording = wordings.get(number, wordings[0])
        if wording.kind.judge(answer, wording.options).right:
            right[number].append(answer)
    found = Q(pk__in=[])
    for number, answers in right.items():
        for answer in answers:
            found |= Q(edition=number, answer=answer)
    return found


def unjust(item: Item) -> QuerySet[Response]:
    """Answers told "not right" that are right by today's key."""
    return Response.objects.filter(_right_by_today(item), item=item, right=False).order_by("pk")


def kept_right(item: Item) -> QuerySet[Response]:
    """Answers told "right" that are not right by today's key: they keep it."""
    return Response.objects.filter(~_right_by_today(item), item=item, right=True).order_by("pk")


def judge_again(*, item: Item, most: int = BATCH) -> Mended:
    """Judge the answers to a question by today's key, ``most`` at a time. Running it again changes nothing."""
    waiting = unjust(item)
    passes = answers = 0
    for pk in list(waiting.values_list("pk", flat=True)[:most]):
        with evidence.writing("judge_again"), transaction.atomic():
            outcome = _set_right(pk, item)
        answers += outcome is not None
        passes += bool(outcome)
    return Mended(answers, passes, waiting.count(), kept_right(item).count())


def _set_right(pk: int, item: Item) -> bool | None:
    """One answer: right from now on. Returns whether its try is passed by it, ``None`` when it was right."""
    rows = Response.objects.select_related("attempt__learner", "attempt__quiz__module__published")
    if (response := rows.filter(pk=pk).first()) is None:  # its learner was erased meanwhile
        return None
    attempt = Attempt.objects.select_for_update().get(pk=response.attempt_id)
    now = timezone.now()
    if not Response.objects.filter(pk=pk, right=False).update(right=True, score=1.0, mended_at=now):
        return None
    learner, quiz = response.attempt.learner, response.attempt.quiz
    passed_before = attempt.passed
    attempt.right += 1
    if attempt.passed is not None:
        attempt.score = scoring.score(attempt.right, attempt.total)
        needed = attempt.needed or scoring.needed(attempt.total, quiz.pass_percent)
        attempt.passed = passed_before or attempt.right >= needed
    attempt.save(update_fields=["right", "score", "passed", "updated_at"])
    record_answer(
        learner=learner,
        module=quiz.module,
        answer=_mended(response, item),
        attempt=attempt.uuid,
        act_id=_again(response.uuid, item.edition),
        at=response.answered_at,
        signed_in=False,
        trusted=True,
    )
    if attempt.passed is not None and attempt.finished_at:
        record_result(
            learner=learner,
            module=quiz.module,
            attempt=attempt.uuid,
            score=attempt.score or 0.0,
            passed=attempt.passed,
            at=attempt.finished_at + attempt.right * AFTER,
            again=str(response.uuid),
        )
    if not Response.objects.filter(item=item, attempt__learner=learner, right=False).exists():
        ReviewCard.objects.filter(item=item, learner=learner).delete()
    return bool(attempt.passed and not passed_before)


def _mended(response: Response, item: Item) -> ItemAnswer:
    """The answer once more, right this time: what was asked, and the stem as it reads today."""
    wording = wording_of(item, response.edition)
    return ItemAnswer(
        item_code=item.code,
        stem_zh=item.stem_zh or item.stem_en,
        stem_en=item.stem_en or item.stem_zh,
        edition=response.edition,
        response=wording.kind.as_text(response.answer),
        shown=ids_as_text(response.shown),
        score=1.0,
        right=True,
    )


def _again(response: uuid.UUID, edition: int) -> uuid.UUID:
    return uuid.uuid5(scoring.RESPONSES, f"{response} judged again {edition}")


def ask_again(*, item: Item) -> int:
    """Put a question into the notebook of everybody whose answer stays right though it is not, so that they
    meet the right one. Returns how many cards were made; those there are stay as they are."""
    learners = set(kept_right(item).values_list("attempt__learner", flat=True))
    known = set(ReviewCard.objects.filter(item=item, learner__in=learners).values_list("learner", flat=True))
    memory = first_memory(timezone.now())
    cards = [
        ReviewCard(
            item=item,
            learner_id=pk,
            stability=memory.stability,
            difficulty=memory.difficulty,
            due_at=memory.due_at,
            last_at=memory.last_at,
        )
        for pk in sorted(learners - known)
    ]
    with evidence.writing("judge_again"):
        ReviewCard.objects.bulk_create(cards, ignore_conflicts=True)
    return len(cards)
