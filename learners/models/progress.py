"""Summaries of the records: written in the same transaction, and can be rebuilt from them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models import Lesson, Module

from .learner import Learner


class LessonProgress(models.Model):
    """Where a learner stands in a lesson. ``seconds`` is honest visible time."""

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="lesson_progress")
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="+")
    module = models.ForeignKey(Module, models.PROTECT, related_name="+")
    block = models.PositiveSmallIntegerField(default=0)
    seconds = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["learner", "lesson"], name="lessonprogress_once")]
        indexes = [
            models.Index(fields=["learner", "module"]),
            models.Index(fields=["learner", "last_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} {self.lesson_id}"


class Enrolment(models.Model):
    """A learner in a module: how far, the best quiz score, and whether it is complete.

    ``enrolled_at`` is empty for guests and for reading without signing in: such rows hold progress
    but are not counted as enrolled.
    """

    class How(models.TextChoices):
        NONE = "", _("not enrolled")
        START = "start", _("pressed Start")
        COHORT = "cohort", _("put in by a class")
        ACT = "act", _("first act while signed in")

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="enrolments")
    module = models.ForeignKey(Module, models.PROTECT, related_name="enrolments")
    how = models.CharField(max_length=6, choices=How.choices, blank=True)
    enrolled_at = models.DateTimeField(null=True)
    lessons_done = models.PositiveSmallIntegerField(default=0)
    seconds = models.PositiveIntegerField(default=0)
    best_score = models.FloatField(null=True)
    first_score = models.FloatField(null=True)
    quiz_tries = models.PositiveIntegerField(default=0)
    quiz_passed_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "module"], name="enrolment_once"),
            models.CheckConstraint(
                condition=Q(best_score=None) | Q(best_score__range=(0, 1)),
                name="enrolment_score_0_to_1",
            ),
        ]
        indexes = [
            models.Index(fields=["module", "completed_at"]),
            models.Index(fields=["learner", "last_at"]),
        ]
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")

    def __str__(self) -> str:
        return f"{self.learner_id} {self.module_id}"
