"""Neighbours' answers, and words from readers about what others wrote."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from learners.models import Learner
from mooc.lib.models import TimeStamped
from mooc.lib.privacy.evidence import Evidence, EvidenceQuerySet

from ..data import PostReason
from .question import Question


class ReplyQuerySet(EvidenceQuerySet):
    """Filters of neighbours' answers."""

    def open_to_all(self) -> ReplyQuerySet:
        """What other readers may see."""
        return self.filter(held=False, hidden_at=None)


class Reply(Evidence, TimeStamped):
    """An answer by another learner. A first post is ``held`` until a trainer has seen it."""

    written_by = ("reply_to", "solved", "tend_posts", "merge_person", "erase_person")

    uuid = models.UUIDField(unique=True, editable=False)
    question = models.ForeignKey(Question, models.CASCADE, related_name="replies")
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="replies")
    text = models.TextField(_("answer"), max_length=1000)
    held = models.BooleanField(_("not shown yet"), default=True)
    hidden_at = models.DateTimeField(null=True, blank=True, editable=False)
    hidden_for = models.CharField(max_length=8, choices=PostReason.choices, blank=True, editable=False)
    let_through_at = models.DateTimeField(null=True, blank=True, editable=False)  # a trainer has looked at it
    accepted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar = ReplyQuerySet.as_manager()

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["question"], condition=Q(accepted_at__isnull=False), name="one_accepted_reply"
            ),
        ]
        verbose_name = _("neighbour's answer")
        verbose_name_plural = _("neighbours' answers")

    def __str__(self) -> str:
        return self.text[:60]


class PostReport(Evidence, TimeStamped):
    """A reader says that a question or a neighbour's answer should not stand there."""

    written_by = ("report_post", "tend_posts", "merge_person", "erase_person")

    question = models.ForeignKey(Question, models.CASCADE, null=True, blank=True, related_name="reports")
    reply = models.ForeignKey(Reply, models.CASCADE, null=True, blank=True, related_name="reports")
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="+")
    reason = models.CharField(_("reason"), max_length=8, choices=PostReason.choices)
    handled_at = models.DateTimeField(_("dealt with"), null=True, blank=True)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["handled_at", "created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(question__isnull=True) ^ Q(reply__isnull=True), name="postreport_on_one_post"
            ),
            models.UniqueConstraint(fields=["question", "learner"], name="postreport_once_question"),
            models.UniqueConstraint(fields=["reply", "learner"], name="postreport_once_reply"),
        ]
        verbose_name = _("report on a post")
        verbose_name_plural = _("reports on posts")

    def __str__(self) -> str:
        return f"{self.reason} {self.question_id or ''} {self.reply_id or ''}"
