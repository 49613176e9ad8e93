"""Demonstration questions: asked, answered, told; two theme pages published; faces after modules."""

from __future__ import annotations

import csv
import datetime as dt
import random
import uuid
from pathlib import Path

from django.contrib.auth import get_user_model
from django.utils import timezone

from courses.models import Lesson
from feedback import answering, classing, publishing, reactions
from feedback.data import ANSWER_WITHIN
from feedback.models import AnswerModule, Question, Theme
from feedback.services import ask_question
from learners.models import Enrolment, Learner
from mooc.accounts.models import User

TABLE = Path(__file__).with_suffix(".tsv")
NAMESPACE = uuid.UUID("0d0a4f6c-7c55-4d53-9b9f-6a1f1d7a2c33")
INTROS = {
    "logistics_packaging": (
        "怎么包、怎么寄、坏了找谁。",
        "How to pack, how to send, whom to ask when it breaks.",
    ),
    "product_photo": ("一部手机，一扇窗，够了。", "One phone and one window are enough."),
}


def make_questions() -> None:
    """Ask and answer what is in the table, once, over the last three weeks."""
    trainer = get_user_model().objects.get(username="trainer")
    learners = list(Learner.objects.filter(user__username__startswith="learner").order_by("pk"))
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    for number, row in enumerate(rows):
        _question(number, row, learners[number * 7 % len(learners)], trainer)
    for theme, (zh, en) in INTROS.items():
        module = AnswerModule.objects.filter(theme__code=theme, published=None).first()
        if module is not None:
            module.intro_zh, module.intro_en = zh, en
            module.save()
            publishing.publish_answers(module=module, by=trainer)


def _question(number: int, row: dict[str, str], learner: Learner, trainer: User) -> None:
    identifier = uuid.uuid5(NAMESPACE, str(number))
    if Question.objects.filter(uuid=identifier).exists():
        return
    question = ask_question(
        learner=learner, text=row["question_zh"], lesson=Lesson.objects.filter(slug=row["lesson"]).first(),
        block=None, question_id=identifier, signed_in=True,
    )  # fmt: skip
    classing.classify_question(question_id=question.pk)
    asked = timezone.now() - dt.timedelta(days=2 + number % 19, hours=number % 5)
    times = {"created_at": asked, "due_at": asked + ANSWER_WITHIN}
    if row["hours"]:
        answering.answer_question(question=question, by=trainer, text=row["answer_zh"], share=True)
        times["answered_at"] = asked + dt.timedelta(hours=int(row["hours"]))
    Question.objects.filter(pk=question.pk).update(**times)
    if row["question_en"]:
        _on_theme_page(question, row, trainer)


def _on_theme_page(question: Question, row: dict[str, str], trainer: User) -> None:
    """The trainer says the theme, takes the answer to its page and writes the English beside it."""
    theme = Theme.objects.get(code=row["theme"])
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
