"""Page-shaped reads of assessments, each with a fixed number of queries."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, FloatField, Q, QuerySet, Window
from django.db.models.functions import Cast, RowNumber
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from learners.models import Learner

from . import editions, scoring
from .evaluation.measure.indicators import difficulty, discrimination
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


def question_page(quiz: Quiz, learner: Learner | None, begun: uuid.UUID | None = None) -> QuestionPage | None:
    """The next question of the learner's open try, or the first of a new one: ≤ 5 queries.

    A new try is only an id until its first answer is stored: ``begun`` shows the same question again, and
    so does the id itself for a learner who is known, after the page was loaded again in large letters, say.

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
    options = scoring.arranged(list(item.options.all()), item.kind, attempt_id, item.code)
    done = [True] * len(answered) + [False] * len(left)
    return QuestionPage(quiz, attempt_id, item, options, len(answered) + 1, done)


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
    options: list[tuple[editions.ShownOption, bool]]
    number: int

    @property
    def right_today(self) -> bool:
        """Whether just what is right by today's key was chosen."""
        return all(option.right == chosen for option, chosen in self.options)

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
    chosen = {int(pk) for pk in response.chosen.split(",")}
    item = response.item
    stem, options = editions.shown_then(item, response.edition)
    if response.shown:
        places = {int(pk): place for place, pk in enumerate(response.shown.split(","))}
        options.sort(key=lambda option: places.get(option.pk, len(places)))
    else:
        options = scoring.arranged(options, item.kind, attempt.uuid, item_code)
    number = attempt.responses.filter(pk__lte=response.pk).count()
    return AnswerPage(quiz, attempt, response, stem, [(o, o.pk in chosen) for o in options], number)


def result_rows(attempt: Attempt) -> list[Response]:
    """The answers of a try in order: 1 query."""
    return list(attempt.responses.select_related("item__lesson"))


def _due(learner: Learner) -> QuerySet[ReviewCard]:
    return ReviewCard.objects.filter(
        learner=learner, due_at__lte=timezone.now(), learnt_at=None, item__live=True
    )


def due_count(learner: Learner) -> int:
    """How many cards are due now: 1 query."""
    return _due(learner).count()


def due_cards(learner: Learner) -> list[ReviewCard]:
    """Cards due now, the longest waiting first, twenty at most: 1 query."""
    return list(
        _due(learner).select_related("item__lesson", "item__module__published").order_by("due_at", "pk")[:20]
    )


MISSED_OVER = dt.timedelta(days=90)
MISSED_FROM = 10  # answers; fewer say little
MISSED_BELOW = 0.85  # most items of a good test lie between 0.30 and 0.85: easier ones need no mending
TELLS_FROM = 30  # answers; fewer cannot tell good items from bad


@dataclass(frozen=True, slots=True)
class MissedItem:
    """An item with how its first answers went.

    :param difficulty: p, the share right, 0–1. :param discrimination: r_pb, or ``None`` where there are too
        few answers to tell.
    """

    item: Item
    right: int
    answered: int
    difficulty: float
    discrimination: float | None


def missed_items(user: Any, now: dt.datetime, limit: int = 10) -> list[MissedItem]:
    """Own items in use that are missed most at the first answer, over the last 90 days: 3 queries."""
    first = _first_answers(Item.objects.visible_to(user).live(), now - MISSED_OVER)
    counted = (
        first.values("item")
        .annotate(answered=Count("pk"), good=Count("pk", filter=Q(right=True)))
        .annotate(share=Cast(F("good"), FloatField()) / F("answered"))
        .filter(answered__gte=MISSED_FROM, share__lt=MISSED_BELOW)
        .order_by("share", "item")[:limit]
    )
    rows = {row["item"]: row for row in counted}
    tells = _discriminations(_first_answers(Item.objects.filter(pk__in=rows), now - MISSED_OVER))
    items = Item.objects.visible_to(user).select_related("module__published", "module__draft").in_bulk(rows)
    return [
        MissedItem(items[pk], row["good"], row["answered"], difficulty(row["good"], row["answered"]) or 0.0, tells.get(pk))
        for pk, row in rows.items()
        if pk in items
    ]  # fmt: skip


def _first_answers(items: QuerySet[Item], since: dt.datetime) -> QuerySet[Response]:
    """Answers to items their learner had not met before: a later one has been told the reason.

    All answers are numbered by learner in one pass; asking for each whether there is an earlier one is
    fast in one database and twenty times slower in the other.
    """
    number = Window(RowNumber(), partition_by=["item", "attempt__learner"], order_by=["answered_at", "pk"])
    firsts = Response.objects.filter(item__in=items).order_by().annotate(number=number).filter(number=1)
    return Response.objects.filter(pk__in=firsts.values("pk"), answered_at__gte=since).order_by()


def _discriminations(first: QuerySet[Response]) -> dict[int, float | None]:
    """r_pb of items with enough answers in finished tries, counted by score in SQL: 1 query."""
    rows = first.filter(attempt__finished_at__isnull=False, attempt__total__gt=1)
    rests: dict[int, tuple[dict[float, int], dict[float, int]]] = defaultdict(
        lambda: (defaultdict(int), defaultdict(int))
    )
    for item, good, right, total, times in rows.values_list(
        "item", "right", "attempt__right", "attempt__total"
    ).annotate(times=Count("pk")):
        rests[item][not good][(right - good) / (total - 1)] += times
    return {
        item: discrimination(right, wrong)
        for item, (right, wrong) in rests.items()
        if sum(right.values()) + sum(wrong.values()) >= TELLS_FROM
    }
