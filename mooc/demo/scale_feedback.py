"""What learners of a synthetic history say: questions with answers, faces after modules. Bulk-written."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from dataclasses import dataclass, field

from courses.models import LessonEdition, Module
from feedback.data import ANSWER_WITHIN, ThemeSource
from feedback.models import Question, Reaction, Theme
from learners.models import Learner
from mooc.lib.privacy import evidence

TEXTS = (
    "怎么包才不碎",
    "运费咋算",
    "照片发黄咋办",
    "差评怎么回",
    "要不要执照",
    "直播没人看",
    "退货谁出运费",
    "货款几天到",
)


@dataclass(slots=True)
class FeedbackRows:
    """Rows waiting to be written, with the times their tables would set to now."""

    themes: list[Theme]
    questions: list[tuple[Question, dt.datetime]] = field(default_factory=list)
    reactions: list[tuple[Reaction, dt.datetime]] = field(default_factory=list)

    def ask(self, learner: Learner, lesson: LessonEdition, at: dt.datetime, dice: random.Random) -> None:
        """One of three asks; nine of ten get an answer within some hours to two days."""
        if dice.random() > 0.33:
            return
        answered = at + dt.timedelta(minutes=dice.randint(10, 2600)) if dice.random() < 0.9 else None
        question = Question(
            uuid=uuid.UUID(int=dice.getrandbits(128), version=4),
            learner=learner,
            lesson_id=lesson.lesson_id,
            text=f"{dice.choice(TEXTS)} {dice.randint(0, 10**6)}",
            theme=dice.choice(self.themes),
            theme_source=ThemeSource.ENGINE,
            held=False,
            answer="看这一课" if answered else "",
            answered_at=answered,
            due_at=at + ANSWER_WITHIN,
        )
        self.questions.append((question, at))

    def react(self, learner: Learner, module: Module, at: dt.datetime, dice: random.Random) -> None:
        """Seven of ten tap a face."""
        if dice.random() < 0.7:
            face = dice.choices([3, 2, 1], [85, 10, 5])[0]
            self.reactions.append((Reaction(learner=learner, module=module, face=face), at))

    @evidence.writing("scale_data")
    def write(self) -> None:
        """Write everything, with the times it happened."""
        made = [row for row, _at in self.questions]
        Question.objects.bulk_create(made, batch_size=500)
        for row, at in self.questions:
            row.created_at = at
        Question.objects.bulk_update(made, ["created_at"], batch_size=200)
        faces = [row for row, _at in self.reactions]
        Reaction.objects.bulk_create(faces, batch_size=1000)
        for face, at in self.reactions:
            face.created_at = at
        Reaction.objects.bulk_update(faces, ["created_at"], batch_size=200)
