"""Page-shaped reads of assessments, each with a fixed number of queries."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.http import Http404
from django.utils import timezone

from learners.models import Learner

from . import scoring
from .models import Attempt, Item, Option, Quiz, Response, ReviewCard


def quiz_of(pk: int) -> Quiz:
    """A quiz of a published module: 1 query. 404 when there is none."""
    quiz = (
        Quiz.objects.select_related("module__published")
        .filter(pk=pk, module__published__isnull=False)
        .first()
    )
    if quiz is None:
        raise Http404
    return quiz


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """One question on a screen."""

    quiz: Quiz
    attempt_id: uuid.UUID
    item: Item
    options: list[Option]
    number: int
    done: list[bool]

    @property
    def total(self) -> int:
        return len(self.done)


def question_page(quiz: Quiz, learner: Learner | None) -> QuestionPage:
    """The next question of the learner's open try, or the first of a new one: ≤ 5 queries.

    A new try is only an id until its first answer is stored.
    """
    attempt = (
        Attempt.objects.filter(quiz=quiz, learner=learner, finished_at=None).first() if learner else None
    )
    if attempt:
        attempt_id, codes = attempt.uuid, attempt.item_codes.split()
        answered = set(attempt.responses.values_list("item__code", flat=True))
    else:
        attempt_id = uuid.uuid4()
        codes = scoring.draw(list(quiz.live_codes()), quiz.length, attempt_id)
        answered = set()
    left = [code for code in codes if code not in answered]
    if not left:
        raise Http404
    item = Item.objects.prefetch_related("options").get(code=left[0])
    options = scoring.shuffled(list(item.options.all()), attempt_id, item.code)
    done = [True] * len(answered) + [False] * len(left)
    return QuestionPage(quiz, attempt_id, item, options, len(answered) + 1, done)


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """An answered question with its explanation."""

    quiz: Quiz
    attempt: Attempt
    response: Response
    options: list[tuple[Option, bool]]
    number: int

    @property
    def done(self) -> list[bool]:
        """One flag a question, for the bar."""
        return [True] * self.number + [False] * (self.attempt.total - self.number)


def attempt_of(quiz: Quiz, learner: Learner | None, attempt_id: uuid.UUID) -> Attempt:
    """A try of this learner; 404 for anybody else's."""
    attempt = Attempt.objects.filter(uuid=attempt_id, quiz=quiz, learner=learner).first() if learner else None
    if attempt is None:
        raise Http404
    return attempt


def answer_page(attempt: Attempt, quiz: Quiz, item_code: str) -> AnswerPage:
    """What was answered and why it was right or not: 3 queries."""
    response = (
        Response.objects.filter(attempt=attempt, item__code=item_code).select_related("item__lesson").first()
    )
    if response is None:
        raise Http404
    chosen = {int(pk) for pk in response.chosen.split(",")}
    options = scoring.shuffled(list(response.item.options.all()), attempt.uuid, item_code)
    number = attempt.responses.filter(pk__lte=response.pk).count()
    return AnswerPage(quiz, attempt, response, [(o, o.pk in chosen) for o in options], number)


def result_rows(attempt: Attempt) -> list[Response]:
    """The answers of a try in order: 1 query."""
    return list(attempt.responses.select_related("item__lesson"))


def due_cards(learner: Learner) -> list[ReviewCard]:
    """Cards due now, the longest waiting first, twenty at most: 1 query."""
    return list(
        ReviewCard.objects.filter(
            learner=learner, due_at__lte=timezone.now(), learnt_at=None, item__live=True
        )
        .select_related("item__lesson", "item__module__published")
        .order_by("due_at", "pk")[:20]
    )
