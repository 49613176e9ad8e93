"""Forms of feedback."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class NoticeChoiceForm(forms.Form):
    """By which ways to hear of answers, besides the inbox. What this site cannot send is not offered."""

    by_sms = forms.BooleanField(required=False)
    by_mail = forms.BooleanField(required=False)
    email = forms.EmailField(required=False, max_length=200)

    def __init__(self, *args: Any, phone: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.phone = phone or ""
        if not settings.SMS_READY:
            del self.fields["by_sms"]
        if not settings.MAIL_READY:
            del self.fields["by_mail"], self.fields["email"]

    def clean(self) -> dict[str, Any]:
        """An e-mail needs an address, a text message a number."""
        data = super().clean() or {}
        if data.get("by_mail") and not data.get("email") and "email" not in self.errors:
            self.add_error("email", _("Write your e-mail address."))
        if data.get("by_sms") and not self.phone:
            self.add_error("by_sms", _("Your account has no number yet. The station adds it."))
        return data
