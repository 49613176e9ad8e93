"""A learner's question: where it came from, its theme, who answers it, what became of it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from courses.models import Lesson, Module
from learners.models import Learner
from mooc.accounts.rights import Right
from mooc.lib.models import MomentInCode, TimeStamped
from mooc.lib.privacy.evidence import Evidence, Sealed, SealedQuerySet

from ..data import ANSWER_WITHIN, CLAIM_LASTS, PostReason, ThemeSource
from .theme import Theme


def due_in_a_day() -> dt.datetime:
    """When a question asked now is due."""
    return timezone.now() + ANSWER_WITHIN


class QuestionQuerySet(SealedQuerySet["Question"]):
    """Filters of questions."""

    def visible_to(self, user: Any) -> QuestionQuerySet:
        """Questions a trainer may answer: of the own courses, of courses that no trainer has, and of no lesson."""
        if user.everywhere(Right.ANSWER_QUESTIONS):
            return self
        if not user.may(Right.ANSWER_QUESTIONS):
            return self.none()
        return self.filter(Q(lesson__module__in=Module.objects.answered_by(user)) | Q(lesson=None))

    def waiting(self) -> QuestionQuerySet:
        """Questions somebody must answer."""
        return self.filter(answered_at=None, merged_into=None, hidden_at=None)

    def overdue(self, now: dt.datetime) -> QuestionQuerySet:
        """Waiting longer than promised."""
        return self.waiting().filter(due_at__lt=now)

    def without_theme(self) -> QuestionQuerySet:
        """Questions a person must say the theme of. A merged one gets it from where it was merged into."""
        found = self.filter(theme=None, merged_into=None, hidden_at=None)
        return found.exclude(theme_source=ThemeSource.NONE)

    def open_to_all(self) -> QuestionQuerySet:
        """What other readers may see."""
        return self.filter(held=False, hidden_at=None, merged_into=None)

    def answered(self) -> QuestionQuerySet:
        """Questions with a trainer's answer."""
        return self.exclude(answer="")

    def to_offer(self) -> QuestionQuerySet:
        """Answered questions that may be shown to somebody who asks the like."""
        return self.open_to_all().answered()

    def with_others(self) -> Any:
        """With ``same``: how many other people asked it too, each counted once."""
        others = ~Q(merged__learner=F("learner"))
        return self.annotate(same=models.Count("merged__learner", filter=others, distinct=True))


class Question(Sealed, TimeStamped):
    """Something a learner asked, with the lesson and block it came from, and its answer.

    ``vector`` is the meaning of the text, 512 × ``float16``, made by ``encoder``. ``held`` keeps a
    first post from other readers until a trainer has seen it. A question with ``merged_into`` has
    the answer of that one.
    """

    written_by = ("merge_person", "erase_person")
    sealed = ("uuid", "learner", "lesson", "block", "text")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="questions")
    lesson = models.ForeignKey(
        Lesson, models.PROTECT, null=True, blank=True, related_name="questions", verbose_name=_("lesson")
    )
    block = models.PositiveSmallIntegerField(null=True, blank=True)
    text = models.TextField(_("question"), max_length=1000)
    answer = models.TextField(_("answer"), max_length=4000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)
    due_at = MomentInCode(_("due"), default=due_in_a_day, editable=False)

    theme = models.ForeignKey(
        Theme, models.PROTECT, null=True, blank=True, related_name="questions", verbose_name=_("theme")
    )
    theme_source = models.CharField(
        _("theme said by"), max_length=6, choices=ThemeSource.choices, blank=True, editable=False
    )
    confidence = models.FloatField(null=True, editable=False)
    top = models.CharField(max_length=130, blank=True, editable=False, help_text=_("the three best themes"))
    vector = models.BinaryField(null=True, editable=False)
    encoder = models.CharField(max_length=60, blank=True, editable=False)

    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, editable=False, related_name="merged"
    )
    held = models.BooleanField(_("only for the asker"), default=True)
    hidden_at = models.DateTimeField(null=True, blank=True, editable=False)
    hidden_for = models.CharField(max_length=8, choices=PostReason.choices, blank=True, editable=False)
    let_through_at = models.DateTimeField(null=True, blank=True, editable=False)  # a trainer has looked at it
    solved_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar = QuestionQuerySet.as_manager()
    history = HistoricalRecords(
        excluded_fields=["vector", "encoder", "claimed_by", "claimed_at", "let_through_at"]
    )

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["theme", "created_at"]),
            models.Index(fields=["due_at"], condition=Q(answered_at=None), name="question_waiting"),
            models.Index(fields=["created_at"]),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(merged_into=F("pk")), name="question_not_into_itself"),
            models.CheckConstraint(
                condition=Q(confidence=None) | Q(confidence__range=(0, 1)), name="question_confidence_0_to_1"
            ),
        ]
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self) -> str:
        return self.text[:60]

    def get_absolute_url(self) -> str:
        return reverse("feedback:question", args=[self.pk])

    def claimant(self, now: dt.datetime) -> Any:
        """Who is writing an answer now, if anybody is."""
        fresh = self.claimed_at is not None and now - self.claimed_at < CLAIM_LASTS
        return self.claimed_by if fresh else None

    @property
    def top_codes(self) -> list[str]:
        """The engine's three best themes, best first."""
        return [code for code in self.top.split(",") if code]


class Deflection(Evidence, TimeStamped):
    """Somebody was about to ask, and an answered question solved it."""

    written_by = ("solved_by_known", "merge_person", "erase_person")

    question = models.ForeignKey(Question, models.CASCADE, related_name="deflections")
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="+")
    lesson = models.ForeignKey(Lesson, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "learner"], name="deflection_once")]
        verbose_name = _("solved by a known answer")
        verbose_name_plural = _("solved by known answers")

    def __str__(self) -> str:
        return f"{self.question_id} {self.learner_id}"
