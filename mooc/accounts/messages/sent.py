"""What goes to a mobile number: text messages, codes, and who gave an account another number."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mooc.lib.jobrow import JobRow, state_field
from mooc.lib.privacy.evidence import Evidence

MOBILE = RegexValidator(r"^1[3-9]\d{9}$", _("A mobile number has 11 digits and starts with 1."))


class TextMessage(JobRow):
    """An SMS that is to be sent. A worker killed between the gateway's yes and our row sends it once more, since
    no gateway can be asked whether it took one: a code twice is better than none."""

    lost_after = dt.timedelta(seconds=45)  # a gateway answers within eight
    most_tries = 5
    tried_again = True
    forgets: ClassVar[dict[str, Any]] = {"text": ""}  # it may hold a code

    state = state_field(done=_("sent"))
    phone = models.CharField(max_length=11, validators=[MOBILE])
    text = models.CharField(max_length=200)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["state", "created_at"])]
        verbose_name = _("text message")
        verbose_name_plural = _("text messages")

    @classmethod
    def too_late(cls, now: dt.datetime) -> Q:
        """Its code is old."""
        return Q(expires_at__lt=now)

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class LoginCode(models.Model):
    """A code sent to a number. Five wrong tries end it; only its keyed hash is kept."""

    phone = models.CharField(max_length=11, validators=[MOBILE])
    code_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["phone", "made_at"])]

    def __str__(self) -> str:
        return f"{self.pk}"


class PhoneChange(Evidence):
    """Who gave an account another number, and when. Numbers are kept masked."""

    written_by = ("change_phone", "give_up_number", "merge_person", "erase_person")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="phone_changes")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    before = models.CharField(max_length=11, blank=True)
    after = models.CharField(max_length=11)
    changed_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.changed_at:%Y-%m-%d}"
