"""The form that opens a class."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import Module
from mooc.accounts.models import Region
from mooc.lib.fields import field
from mooc.lib.text import names

from .cohorts import places_for


class CohortForm(forms.Form):
    """A new class."""

    title = forms.CharField(label=_("Name of the class"), max_length=60)
    region = forms.ModelChoiceField(label=_("Place"), queryset=Region.objects.none())
    starts_on = forms.DateField(label=_("First day"))
    ends_on = forms.DateField(label=_("Last day"))
    modules = forms.ModelMultipleChoiceField(
        label=_("What this class learns"), queryset=Module.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        today = timezone.localdate()
        kwargs.setdefault("initial", {"starts_on": today, "ends_on": today + dt.timedelta(days=60)})
        super().__init__(*args, **kwargs)
        field(self, "region", forms.ModelChoiceField).queryset = places_for(user)
        courses = Module.objects.published().select_related("draft")
        field(self, "modules", forms.ModelChoiceField).queryset = courses

    def clean_title(self) -> str:
        title = names.plain(self.cleaned_data["title"])
        if not names.can_be_seen(title):
            raise forms.ValidationError(_("Give the class a name."))
        return title

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The class cannot end before it starts."))
        return data
