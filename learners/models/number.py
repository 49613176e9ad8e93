"""A new number or password that a helper wrote down for somebody, until the account has it or it is stopped."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mooc.accounts.models import MOBILE
from mooc.lib.privacy.evidence import Evidence


class NumberWish(Evidence):
    """It changes nothing by itself: the account's owner says yes, or a second person does and three days go by.

    Without a number it is the wish for a new password, of somebody who has no number to send a code to.
    """

    written_by = ("ask_number", "agree_number", "end_number", "merge_person", "erase_person")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="number_wishes")
    phone = models.CharField(_("mobile number"), max_length=11, validators=[MOBILE], blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    done = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(ended_at=None), name="numberwish_one_open"),
        ]
        verbose_name = _("wish for another number")
        verbose_name_plural = _("wishes for another number")

    @property
    def of_password(self) -> bool:
        """Whether a new password is wanted, not another number."""
        return not self.phone

    def __str__(self) -> str:
        return f"{self.user_id} {self.asked_at:%Y-%m-%d}"
