"""Demonstration questions: asked, answered, told; every theme's page published; faces after modules."""

from __future__ import annotations

import csv
import datetime as dt
import random
import uuid
from pathlib import Path

from django.contrib.auth import get_user_model
from django.utils import timezone

from courses.models import Block, Lesson
from feedback.answers import publishing, theme_files
from feedback.data import ANSWER_WITHIN
from feedback.models import AnswerModule, Question, Theme
from feedback.questions import answering, classify, reactions
from feedback.questions.services import ask_question
from learners.models import Enrolment, Learner
from mooc.accounts.models import User

TABLE = Path(__file__).with_suffix(".tsv")
NAMESPACE = uuid.UUID("0d0a4f6c-7c55-4d53-9b9f-6a1f1d7a2c33")


def make_questions(content: Path) -> None:
    """Ask and answer what is in the table and in the themes' files, once, over the last three weeks."""
    trainer = get_user_model().objects.get(username="trainer")
    learners = list(Learner.objects.filter(user__username__startswith="learner").order_by("pk"))
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    for number, row in enumerate(rows):
        _question(str(number), number, row, learners[number * 7 % len(learners)], trainer)
    for place, source in enumerate(theme_files.read_themes(content)):
        _theme(place, source, learners[1:], trainer)


def _theme(place: int, source: theme_files.ThemeSource, learners: list[Learner], trainer: User) -> None:
    """Ask and answer what stands in a theme's file, and publish its page, once."""
    for number, answer in enumerate(source.answers):
        row = {
            "theme": source.code,
            "lesson": answer.lesson,
            "heading": answer.heading,
            "hours": str(2 + 3 * number),
            "question_zh": answer.question["zh"],
            "answer_zh": answer.answer["zh"],
            "question_en": answer.question["en"],
            "answer_en": answer.answer["en"],
        }
        at = 5 * place + number
        _question(f"theme {source.code} {number}", at, row, learners[at * 7 % len(learners)], trainer)
    module = AnswerModule.objects.filter(theme__code=source.code, published=None).first()
    if module is not None:
        module.intro_zh, module.intro_en = source.intro["zh"], source.intro["en"]
        module.checks_zh, module.checks_en = source.checks["zh"], source.checks["en"]
        module.save()
        publishing.publish_answers(module=module, by=trainer)


def _question(key: str, number: int, row: dict[str, str], learner: Learner, trainer: User) -> None:
    identifier = uuid.uuid5(NAMESPACE, key)
    if Question.objects.filter(uuid=identifier).exists():
        return
    question = ask_question(
        learner=learner,
        text=row["question_zh"],
        lesson=Lesson.objects.filter(slug=row["lesson"]).first(),
        block=_place(row),
        question_id=identifier,
        signed_in=True,
    )
    classify.classify_question(question_id=question.pk)
    asked = timezone.now() - dt.timedelta(days=2 + number % 19, hours=number % 5)
    times = {"created_at": asked, "due_at": asked + ANSWER_WITHIN}
    if row["hours"]:
        answering.answer_question(question=question, by=trainer, text=row["answer_zh"], share=True)
        times["answered_at"] = asked + dt.timedelta(hours=int(row["hours"]))
    Question.objects.filter(pk=question.pk).update(**times)
    if row["question_en"]:
        _on_theme_page(question, row, trainer)


def _place(row: dict[str, str]) -> int | None:
    """Which block of its lesson a question is about, where the row names a heading."""
    blocks = Block.objects.filter(
        lesson__lesson__slug=row["lesson"],
        lesson__edition__published_of__isnull=False,
        heading_zh=row.get("heading") or None,
    )
    return blocks.values_list("position", flat=True).first()


def _on_theme_page(question: Question, row: dict[str, str], trainer: User) -> None:
    """The trainer mends the theme where the engine was wrong, takes the answer to its page and writes the
    English beside it."""
    theme = Theme.objects.get(code=row["theme"])
    if Question.objects.get(pk=question.pk).theme != theme:
        answering.set_theme(question=question, theme=theme, by=trainer)
    entry = answering.put_on_theme_page(question=Question.objects.get(pk=question.pk))
    entry.question_en, entry.answer_en = row["question_en"], row["answer_en"]
    entry.save()


def make_faces() -> None:
    """Four of five tap a face after a module they completed; most are glad."""
    dice = random.Random(5)  # noqa: S311  # believable, not secret
    done = Enrolment.objects.filter(completed_at__isnull=False, learner__user__username__startswith="learner")
    for row in done.select_related("learner", "module__published").order_by("pk"):
        if dice.random() < 0.2:
            continue
        face = dice.choices([3, 2, 1], [88, 8, 4])[0]
        tap = uuid.uuid5(NAMESPACE, f"face {row.learner.uuid} {row.module.slug}")
        reactions.react(
            learner=row.learner, module=row.module, face=face, tap=tap, signed_in=True, at=row.completed_at
        )
