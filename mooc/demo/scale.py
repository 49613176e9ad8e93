"""Believable synthetic history at any size, bulk-written: for benchmarks, never for counting.

The same seed gives the same history. Summaries are made by the same replay as in daily work, so
``rebuild_progress --check`` agrees with them.
"""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from assessments import scoring
from assessments.bank import editions
from assessments.bank.asked import read_answer
from assessments.models import Attempt, Item, Quiz, Response
from courses.models import LessonEdition, Module
from feedback.models import Theme
from learners.data import ObjectType, Verb
from learners.models import Enrolment, Learner, LearningRecord, LessonProgress
from learners.record import summaries
from mooc.accounts.models import Region
from mooc.lib.privacy import evidence

from .scale_feedback import FeedbackRows

BATCH = 200  # learners written together: memory stays flat however many there are


@dataclass(slots=True)
class Plan:
    """What there is to learn, read once."""

    modules: list[Module]
    lessons: dict[int, list[LessonEdition]]
    quizzes: dict[int, Quiz]
    items: dict[int, list[Item]]
    villages: list[int]
    start: dt.datetime
    days: int


@dataclass(slots=True)
class Rows:
    """Rows waiting to be written."""

    records: list[LearningRecord] = field(default_factory=list)
    progress: list[LessonProgress] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    responses: list[tuple[Attempt, dict[str, Any]]] = field(default_factory=list)
    feedback: FeedbackRows = field(default_factory=lambda: FeedbackRows(list(Theme.objects.all())))


def make_history(*, learners: int, months: int, seed: int) -> int:
    """Write ``learners`` people with up to ``months`` of history. Returns the number of records."""
    plan = _plan(months)
    total = 0
    for first in range(0, learners, BATCH):
        numbers = range(first, min(first + BATCH, learners))
        with transaction.atomic():
            total += _write(plan, list(_people(plan, numbers, seed)))
    return total


def _plan(months: int) -> Plan:
    modules = list(Module.objects.published().select_related("published").order_by("level", "code"))
    lessons: dict[int, list[LessonEdition]] = {}
    for lesson in LessonEdition.objects.filter(edition__published_of__isnull=False).select_related(
        "lesson", "edition"
    ):
        lessons.setdefault(lesson.edition.module_id, []).append(lesson)
    items: dict[int, list[Item]] = {}
    for item in Item.objects.live().prefetch_related("options"):
        items.setdefault(item.module_id, []).append(item)
    quizzes = {quiz.module_id: quiz for quiz in Quiz.objects.all()}
    villages = list(Region.objects.filter(level=5).values_list("pk", flat=True))
    days = max(1, months) * 30
    return Plan(
        modules=modules,
        lessons=lessons,
        quizzes=quizzes,
        items=items,
        villages=villages,
        start=timezone.now() - dt.timedelta(days=days),
        days=days,
    )


def _people(plan: Plan, numbers: range, seed: int) -> Iterator[tuple[Learner, random.Random]]:
    model = get_user_model()
    names = [f"scale{seed}-{number}" for number in numbers]
    known = set(model.objects.filter(username__in=names).values_list("username", flat=True))
    users = [model(username=name, display_name=name, password="!") for name in names if name not in known]  # noqa: S106  # unusable
    model.objects.bulk_create(users)
    learners = [Learner(user=user, uuid=uuid.uuid5(scoring.RESPONSES, user.username)) for user in users]
    for place, learner in enumerate(learners):
        if plan.villages:
            learner.region_id = plan.villages[(numbers.start + place) % len(plan.villages)]
    Learner.objects.bulk_create(learners)
    for learner in learners:
        yield learner, random.Random(f"{seed} {learner.uuid}")  # noqa: S311  # believable, not secret


@evidence.writing("scale_data")
def _write(plan: Plan, people: list[tuple[Learner, random.Random]]) -> int:
    rows = Rows()
    for learner, dice in people:
        for module in dice.sample(plan.modules, min(len(plan.modules), dice.randint(1, 4))):
            _study(plan, rows, learner, module, dice)
    LearningRecord.objects.bulk_create(rows.records, batch_size=1000)
    LessonProgress.objects.bulk_create(rows.progress, batch_size=1000)
    Enrolment.objects.bulk_create(rows.enrolments, batch_size=1000)
    Attempt.objects.bulk_create(rows.attempts, batch_size=1000)
    Response.objects.bulk_create(
        (Response(attempt=a, **fields) for a, fields in rows.responses), batch_size=1000
    )
    rows.feedback.write()
    return len(rows.records)


def _study(plan: Plan, rows: Rows, learner: Learner, module: Module, dice: random.Random) -> None:
    """One person in one module: enrols, reads some lessons, perhaps takes the quiz."""
    made: list[LearningRecord] = []
    clock = plan.start + dt.timedelta(minutes=dice.randint(0, plan.days * 24 * 60 - 600))
    lessons = plan.lessons[module.pk]
    made.append(_record(learner, module, Verb.REGISTERED, clock, dice, response=Enrolment.How.ACT))
    read = dice.choice([1, len(lessons) // 2 + 1, len(lessons), len(lessons)])
    for lesson in lessons[:read]:
        for verb, seconds in (
            (Verb.INITIALIZED, None),
            (Verb.SUSPENDED, dice.randint(60, 500)),
            (Verb.COMPLETED, None),
        ):
            clock += dt.timedelta(seconds=dice.randint(5, 400))
            made.append(_record(learner, module, verb, clock, dice, lesson=lesson, seconds=seconds))
    passed = False
    if read >= len(lessons) and module.pk in plan.quizzes:
        clock, passed = _quiz(plan, rows, made, learner, module, clock, dice)
        if not passed and dice.random() < 0.7:
            clock, passed = _quiz(plan, rows, made, learner, module, clock + dt.timedelta(days=1), dice)
    if passed:
        made.append(_record(learner, module, Verb.COMPLETED, clock, dice))
        rows.feedback.react(learner, module, clock, dice)
    rows.feedback.ask(learner, lessons[0], clock, dice)
    rows.records += made
    summary = summaries.replay(made)
    rows.enrolments.append(Enrolment(learner=learner, module=module, **summaries.enrolment_values(summary)))
    ids = {lesson.lesson.slug: lesson.lesson_id for lesson in lessons}
    rows.progress += [
        LessonProgress(learner=learner, lesson_id=ids[slug], **summaries.lesson_values(values, module.pk))
        for slug, values in summary.lessons.items()
    ]


def _record(
    learner: Learner,
    module: Module,
    verb: Verb,
    at: dt.datetime,
    dice: random.Random,
    lesson: LessonEdition | None = None,
    **fields: Any,
) -> LearningRecord:
    edition = module.published
    kind, name = (ObjectType.LESSON, lesson.lesson.slug) if lesson else (ObjectType.MODULE, module.slug)
    titles = lesson or edition
    return LearningRecord(
        uuid=uuid.UUID(int=dice.getrandbits(128), version=4),
        learner=learner,
        verb=verb,
        **{"object_type": kind, "object_id": name, "edition": edition.number if edition else 0} | fields,
        title_zh=titles.title_zh if titles else "",
        title_en=titles.title_en if titles else "",
        module_slug=module.slug,
        region_id=learner.region_id,
        happened_at=at,
        fingerprint="scale",
    )


def _quiz(
    plan: Plan,
    rows: Rows,
    made: list[LearningRecord],
    learner: Learner,
    module: Module,
    clock: dt.datetime,
    dice: random.Random,
) -> tuple[dt.datetime, bool]:
    """One try at the quiz: rows for the try, its answers and its result."""
    quiz, items = plan.quizzes[module.pk], plan.items.get(module.pk, [])
    drawn = dice.sample(items, min(quiz.length, len(items)))
    codes = " ".join(item.code for item in drawn)
    attempt = Attempt(
        uuid=uuid.UUID(int=dice.getrandbits(128), version=4),
        quiz=quiz,
        learner=learner,
        edition=1,
        total=len(drawn),
        item_codes=codes,
        answered_codes=codes,
    )
    for item in drawn:
        clock += dt.timedelta(seconds=dice.randint(5, 60))
        fields = _response(attempt, item, clock, dice)
        attempt.right += fields["right"]
        rows.responses.append((attempt, fields))
        about = {"object_type": ObjectType.ITEM, "object_id": item.code, "success": fields["right"]}
        made.append(_record(learner, module, Verb.ANSWERED, clock, dice, attempt=attempt.uuid, **about))
    attempt.finished_at, attempt.score = clock, scoring.score(attempt.right, attempt.total)
    attempt.passed = scoring.passed(attempt.right, attempt.total, quiz.pass_percent)
    rows.attempts.append(attempt)
    clock += dt.timedelta(seconds=1)
    verb = Verb.PASSED if attempt.passed else Verb.FAILED
    about = {"object_type": ObjectType.QUIZ, "object_id": module.slug, "edition": 1, "score": attempt.score}
    made.append(
        _record(learner, module, verb, clock, dice, attempt=attempt.uuid, success=attempt.passed, **about)
    )
    return clock, bool(attempt.passed)


def _response(attempt: Attempt, item: Item, clock: dt.datetime, dice: random.Random) -> dict[str, Any]:
    """The columns of one answer, right in 85 of 100."""
    right = dice.random() < 0.85
    given = read_answer(wording := editions.now(item), wording.kind.example(wording.options, right=right))
    return {
        "uuid": scoring.response_id(attempt.uuid, item.code),
        "item": item,
        "right": given.mark.right,
        "score": given.mark.score,
        "answer": given.answer,
        "answered_at": clock,
    }
