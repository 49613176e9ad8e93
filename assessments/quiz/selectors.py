"""Page-shaped reads of a quiz, each with a fixed number of queries."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.http import Http404
from django.utils.translation import gettext as _

from learners.models import Learner

from .. import scoring
from ..bank import editions
from ..kinds import KINDS
from ..kinds.base import Choice, ItemContext
from ..models import Attempt, Item, Quiz, Response


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
    show: ItemContext
    number: int
    done: list[bool]

    @property
    def total(self) -> int:
        return len(self.done)


def _ask(item: Item, attempt_id: uuid.UUID, choice: Choice) -> ItemContext:
    options, kind = editions.options_now(item), KINDS[item.kind]
    ids = kind.arrange([option.pk for option in options], scoring.seed(attempt_id, item.code))
    return kind.ask(options, ids, choice)


def question_page(
    quiz: Quiz, learner: Learner | None, begun: uuid.UUID | None = None, choice: Choice = ()
) -> QuestionPage | None:
    """The next question of the learner's open try, or the first of a new one: ≤ 5 queries.

    A new try is only an id until its first answer is stored: ``begun`` shows the same question again, and
    so does the id itself for a learner who is known, after the page was loaded again in large letters, say.

    :param choice: what was sent for it and refused.
    :returns: ``None`` when there is no question to ask.
    """
    attempt = (
        Attempt.objects.filter(quiz=quiz, learner=learner, finished_at=None).first() if learner else None
    )
    in_use = list(quiz.live_codes())
    answered: list[str] = attempt.answered_codes.split() if attempt else []
    left = scoring.left(attempt.item_codes.split(), answered, set(in_use)) if attempt else []
    if attempt and left:
        attempt_id = attempt.uuid
    else:  # nothing of an open try is in use any more: a new one, whose first answer closes it
        attempt_id, answered = begun or _next_try(quiz, learner), []
        left = scoring.draw(in_use, quiz.length, attempt_id)
    items = Item.objects.filter(module=quiz.module_id).select_related("lesson").prefetch_related("options")
    item = items.filter(code__in=left[:1]).first()
    if item is None:
        return None
    done = [True] * len(answered) + [False] * len(left)
    return QuestionPage(
        quiz=quiz,
        attempt_id=attempt_id,
        item=item,
        show=_ask(item, attempt_id, choice),
        number=len(answered) + 1,
        done=done,
    )


def _next_try(quiz: Quiz, learner: Learner | None) -> uuid.UUID:
    """The id of the next new try: always the same for a learner until it is taken."""
    if learner is None:
        return uuid.uuid4()
    tries = Attempt.objects.filter(quiz=quiz, learner=learner).count()
    return uuid.uuid5(learner.uuid, f"try {tries + 1} of quiz {quiz.pk}")


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """An answered question with its explanation."""

    quiz: Quiz
    attempt: Attempt
    response: Response
    stem: str
    show: ItemContext
    right_today: bool  # whether the answer is right by today's key
    number: int

    @property
    def heading(self) -> str:
        """What is said of the answer. It never says less than the options below it."""
        if not self.right_today and self.response.right:
            return _("It counts as right. The question was mended since")
        if self.right_today and (self.response.mended_at or not self.response.right):
            return _("Right after all: the question was mended. This is why")
        return _("Right. This is why") if self.response.right else _("Not quite. This is why")

    @property
    def done(self) -> list[bool]:
        """One flag a question, for the bar."""
        return [True] * self.number + [False] * (self.attempt.total - self.number)


def attempt_of(quiz: Quiz, learner: Learner | None, attempt_id: uuid.UUID) -> Attempt:
    """A try of this learner; 404 for anybody else's."""
    attempt: Attempt | None = (
        Attempt.objects.filter(uuid=attempt_id, quiz=quiz, learner=learner).first() if learner else None
    )
    if attempt is None:
        raise Http404
    return attempt


def answer_page(attempt: Attempt, quiz: Quiz, item_code: str) -> AnswerPage:
    """What was answered, as it was asked then, and why it is right or not: 3 queries, or 4 once it was changed."""
    response = (
        Response.objects.filter(attempt=attempt, item__code=item_code).select_related("item__lesson").first()
    )
    if response is None:
        raise Http404
    wording = editions.wording(response.item, response.edition)
    kind, options = wording.kind, wording.options
    ids = response.shown or kind.arrange(
        [option.pk for option in options], scoring.seed(attempt.uuid, item_code)
    )
    show = kind.explain(options, ids, response.answer, counted=response.right)
    right_today = kind.judge(response.answer, options).right
    number = attempt.responses.filter(pk__lte=response.pk).count()
    return AnswerPage(
        quiz=quiz,
        attempt=attempt,
        response=response,
        stem=wording.stem,
        show=show,
        right_today=right_today,
        number=number,
    )


def result_rows(attempt: Attempt) -> list[Response]:
    """The answers of a try in order: 1 query."""
    return list(attempt.responses.select_related("item__lesson"))
