"""Forms of supervision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from courses.models import Course, Module
from learners.models import Cohort
from mooc.accounts.rights import Right
from mooc.lib.fields import field
from mooc.lib.text.cleaning import clean

from .access import EVERYBODY, regions_of
from .data import ScopeKind
from .reports.making import first_day, months_over
from .reports.reporting import month_end

MOST_PLACES, MOST_CLASSES = 300, 60
Group = tuple[str, list[tuple[str, str]]]


class ReportForm(forms.Form):
    """What a report is to be about. ``what`` is ``kind:key``; whether it is this person's is asked by
    :func:`assessments.evaluation.access.scope_for`."""

    what = forms.CharField(
        label=gettext_lazy("What the report is about"),
        max_length=80,
        strip=True,
        error_messages={"required": gettext_lazy("Choose what the report is to be about.")},
    )
    place = forms.CharField(required=False, max_length=12)  # whose people a course or module counts
    month = forms.ChoiceField(
        label=gettext_lazy("Count up to"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose a month of the list, or up to now.")},
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the report"),
        choices=[("zh-hans", "中文"), ("en", "English")],
        error_messages={
            "required": gettext_lazy("Choose a language."),
            "invalid_choice": gettext_lazy("Choose a language."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = [(month, month_end(month)) for month in months_over(timezone.localdate(), since=first_day())]
        field(self, "month", forms.ChoiceField).choices = [("", _("Everything up to now")), *months]

    def clean_what(self) -> tuple[str, str]:
        """Kind and key."""
        kind, sign, key = self.cleaned_data["what"].partition(":")
        if kind not in ScopeKind.values or not sign:
            raise forms.ValidationError(_("Choose what the report is to be about."))
        return kind, key


def subjects_for(user: Any, chosen: str = "") -> list[Group]:
    """What a person may have a report about, in groups: their places two steps down, classes, courses and
    modules: 5 queries.

    :param chosen: ``kind:key`` that must be among them, if it is this person's: a village, say.
    """
    regions = regions_of(user)
    top = regions.order_by("level").values_list("level", flat=True).first() or 1
    wanted = Q(level__lte=top + 2) | Q(code=clean(chosen).removeprefix("region:"))
    places = regions.filter(wanted).order_by("path")[:MOST_PLACES]
    everybody = [(f"region:{EVERYBODY}", _("All places"))] if user.everywhere(Right.SEE_FIGURES) else []
    classes = Cohort.objects.filter(region__in=regions).order_by("-ends_on", "pk")[:MOST_CLASSES]
    courses = Course.objects.order_by("pk")
    modules = Module.objects.published().select_related("published").order_by("pk")
    groups: list[Group] = [
        (_("Places"), [*everybody, *((f"region:{row.code}", _indented(row, top)) for row in places)]),
        (_("Classes"), [(f"cohort:{row.code}", row.title) for row in classes]),
        (_("Courses"), [(f"course:{row.slug}", str(row)) for row in courses]),
        (
            pgettext("of a report", "Modules"),
            [(f"module:{row.slug}", row.published.title) for row in modules if row.published],
        ),
    ]
    return [(name, rows) for name, rows in groups if rows]


def _indented(row: Any, top: int) -> str:
    return "　" * int(row.level - top) + str(row)
