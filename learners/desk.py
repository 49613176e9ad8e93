"""The panel of classes on the staff's front page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mooc.accounts.rights import Right
from mooc.lib.desk import DeskLink, DeskPanel, DeskRow

from .models import Cohort

ROWS = 8


def classes(user: Any) -> DeskPanel | None:
    """Classes that run or are to come, for village helpers: 1 query."""
    if not user.may(Right.HELP_PEOPLE):
        return None
    running = Cohort.objects.visible_to(user).filter(ends_on__gte=timezone.localdate())
    inside = Count("members", filter=Q(members__left_at=None))
    rows = running.select_related("region").annotate(inside=inside).order_by("starts_on", "pk")[:ROWS]
    return DeskPanel(
        place=50,
        title=_("My classes"),
        rows=tuple(_row(cohort) for cohort in rows),
        empty=_("No class runs now. Make one, and people join by its code."),
        more=DeskLink(_("All classes, and a new one"), reverse("learners:classes")),
    )


def _row(cohort: Any) -> DeskRow:
    people = ngettext("%(n)s person", "%(n)s people", cohort.inside) % {"n": cohort.inside}
    until = _("until %(day)s") % {"day": date_format(cohort.ends_on, "DATE_FORMAT")}
    return DeskRow(
        cohort.title, reverse("learners:class", args=[cohort.pk]), (str(cohort.region), people, until)
    )


def held(user: Any) -> list[str]:
    """Classes an account leads, those that are over too: their lists are evidence."""
    count = user.cohorts.count()
    return [_("You still lead a class. Hand it to somebody else first.")] if count else []


def work_place(user: Any) -> tuple[str, str] | None:
    """The classes, for village helpers."""
    return (
        (_("My classes"), reverse("learners:classes"))
        if user.may(Right.HELP_PEOPLE) and not user.everywhere(Right.HELP_PEOPLE)
        else None
    )


@admin.action(description=gettext_lazy("Merge two accounts of one person"))
def merge_accounts(model_admin: Any, request: HttpRequest, users: Any) -> HttpResponse | None:
    """From the list of accounts: two that are ticked."""
    chosen = list(users.order_by("pk").values_list("pk", flat=True)[:3])
    if len(chosen) != 2:
        messages.error(request, _("Tick two accounts."))
        return None
    return redirect(f"{reverse('admin:learners_accountmerge_merge')}?a={chosen[0]}&b={chosen[1]}")
