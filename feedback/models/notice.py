"""The inbox: what a learner is told, and by which ways."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from learners.models import Learner
from mooc.lib.jobrow import JobRow, state_field
from mooc.lib.models import TimeStamped

from ..data import NoticeKind, PostReason
from .post import Reply
from .question import Question


class Notice(JobRow):
    """One thing a learner is told. The row is also the job of its e-mail; ``state`` is empty where none goes.
    A worker killed between the mail server's yes and our row sends it once more."""

    lost_after = dt.timedelta(minutes=1)
    most_tries = 5
    tried_again = True

    state = state_field(none=_("no e-mail"), done=_("sent"))
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=8, choices=NoticeKind.choices)
    question = models.ForeignKey(Question, models.CASCADE, related_name="+")
    reply = models.ForeignKey(Reply, models.CASCADE, null=True, related_name="+")
    reason = models.CharField(max_length=8, choices=PostReason.choices, blank=True)
    read_at = models.DateTimeField(null=True)

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
            models.Index(
                fields=["created_at"], condition=Q(state__in=["queued", "running"]), name="notice_mail_open"
            ),
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
