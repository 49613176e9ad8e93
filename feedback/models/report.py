"""A word from a reader that something is wrong, old or missing."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from courses.models import Lesson, Module
from learners.models import Learner
from mooc.accounts.rights import Right
from mooc.lib.models import TimeStamped
from mooc.lib.privacy.evidence import Evidence, EvidenceQuerySet

from ..data import ReportKind


class ReportQuerySet(EvidenceQuerySet):
    """Filters of reports."""

    def visible_to(self, user: Any) -> ReportQuerySet:
        """Reports a trainer deals with: on own lessons and those of no trainer, and wishes; complaints go to the
        operator."""
        if user.everywhere(Right.ANSWER_QUESTIONS):
            return self
        if not user.may(Right.ANSWER_QUESTIONS):
            return self.none()
        own = models.Q(lesson__module__in=Module.objects.answered_by(user))
        return self.filter(own | models.Q(lesson=None, kind=ReportKind.WISH))


class ContentReport(Evidence, TimeStamped):
    """A word from a reader that something is wrong, old or unclear."""

    written_by = ("report_content", "handle_report", "merge_person", "erase_person")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lesson = models.ForeignKey(Lesson, models.PROTECT, null=True, blank=True, related_name="reports")
    learner = models.ForeignKey(Learner, models.SET_NULL, null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=9, choices=ReportKind.choices)
    text = models.TextField(_("what is wrong"), max_length=1000, blank=True)
    edition = models.PositiveIntegerField(default=0)
    done = models.BooleanField(_("dealt with"), default=False)
    note = models.CharField(_("what was done"), max_length=300, blank=True)
    objects: ClassVar = ReportQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["done", "-created_at"]
        verbose_name = _("report on content")
        verbose_name_plural = _("reports on content")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.text[:40]}".strip()
