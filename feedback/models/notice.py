"""The inbox: what a learner is told, and by which ways."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from learners.models import Learner
from mooc.lib.models import TimeStamped

from ..data import NoticeKind, PostReason
from .post import Reply
from .question import Question


class Notice(TimeStamped):
    """One thing a learner is told. The row is also the job of its e-mail: a sweeper finds what waits."""

    class Mail(models.TextChoices):
        NONE = "", _("no e-mail")
        WAITING = "waiting", pgettext_lazy("of a message", "waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=8, choices=NoticeKind.choices)
    question = models.ForeignKey(Question, models.CASCADE, related_name="+")
    reply = models.ForeignKey(Reply, models.CASCADE, null=True, related_name="+")
    reason = models.CharField(max_length=8, choices=PostReason.choices, blank=True)
    read_at = models.DateTimeField(null=True)
    mail = models.CharField(max_length=7, choices=Mail.choices, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "kind", "question"], condition=Q(reply=None), name="notice_once_question"
            ),
            models.UniqueConstraint(fields=["learner", "kind", "reply"], name="notice_once_reply"),
        ]
        indexes = [
            models.Index(fields=["learner", "read_at"]),
            models.Index(fields=["created_at"], condition=Q(mail="waiting"), name="notice_mail_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} {self.kind} {self.question_id}"


class NoticeChoice(TimeStamped):
    """By which ways a learner wants to hear, besides the inbox."""

    learner = models.OneToOneField(Learner, models.CASCADE, related_name="notice_choice")
    by_mail = models.BooleanField(_("by e-mail"), default=False)
    by_sms = models.BooleanField(_("by text message"), default=False)

    def __str__(self) -> str:
        return f"{self.learner_id}"
