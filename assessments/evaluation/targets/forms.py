"""The form of a target."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.data import Level
from mooc.lib.fields import field

from ..measure.catalogue import BY_CODE, SHIPPED
from ..models.target import LEAST, MOST
from .services import LONGEST

_WHOLE = gettext_lazy("Write a whole number of per cent.")
_DAY = gettext_lazy("Choose a day.")
_CHOOSE = gettext_lazy("Choose one of the list.")


class TargetForm(forms.Form):
    """What is to be reached, from when, and why. Whether it may be set is asked by the service."""

    code = forms.ChoiceField(
        label=gettext_lazy("Figure"), error_messages={"invalid_choice": _CHOOSE, "required": _CHOOSE}
    )
    tier = forms.ChoiceField(
        label=gettext_lazy("Of which modules"), required=False, error_messages={"invalid_choice": _CHOOSE}
    )  # fmt: skip
    percent = forms.IntegerField(
        label=gettext_lazy("Target in per cent"), min_value=LEAST, max_value=MOST,
        error_messages={"required": _WHOLE, "invalid": _WHOLE, "min_value": _WHOLE, "max_value": _WHOLE},
    )  # fmt: skip
    valid_from = forms.DateField(
        label=gettext_lazy("Holds from"), error_messages={"required": _DAY, "invalid": _DAY}
    )
    why = forms.CharField(
        label=gettext_lazy("Why"), max_length=LONGEST,
        error_messages={
            "required": gettext_lazy("Say why: it stands on the public page."),
            "max_length": gettext_lazy("That is too long: 200 signs at most."),
        },
    )  # fmt: skip
    seen = forms.IntegerField(min_value=0, required=False)
    id = forms.UUIDField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field(self, "code", forms.ChoiceField).choices = [(code, BY_CODE[code].title) for code in SHIPPED]
        levels = [(level.value, level.label) for level in Level]
        field(self, "tier", forms.ChoiceField).choices = [("", _("All, and every place and class")), *levels]

    def asked(self) -> dict[str, Any]:
        """What the service takes."""
        told = self.cleaned_data
        return {
            "code": told["code"], "tier": told["tier"], "percent": told["percent"], "valid_from": told["valid_from"],
            "why": told["why"], "seen": told["seen"] or 0, "act_id": told["id"] or uuid.uuid4(),
        }  # fmt: skip


def first(code: str) -> dict[str, Any]:
    """What the form starts with."""
    day: dt.date = timezone.localdate()
    return {"code": code if code in SHIPPED else next(iter(SHIPPED)), "valid_from": day.isoformat()}
