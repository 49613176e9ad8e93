"""What the trainers' lists can be narrowed to."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.filters import RelatedFieldListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from ..models import Question, Theme


class StateFilter(admin.SimpleListFilter):
    """What to look at: without a choice, what waits."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The choices."""
        return [
            ("waiting", _("waiting")),
            ("overdue", _("late")),
            ("unsure", _("theme not sure")),
            ("mine", _("I am writing")),
            ("reported", _("reported")),
            ("answered", _("answered")),
            ("all", _("all")),
        ]

    def choices(self, changelist: Any) -> Any:
        """Without Django's "All" on top: here it is the last."""
        for value, title in self.lookup_choices:
            chosen = (self.value() or "waiting") == value
            link = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": chosen, "query_string": link, "display": title}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Question]) -> QuerySet[Question]:
        """The rows of the choice."""
        now, value = timezone.now(), self.value() or "waiting"
        waiting = Q(answered_at=None, merged_into=None, hidden_at=None)
        wanted = {
            "waiting": waiting,
            "overdue": waiting & Q(due_at__lt=now),
            "unsure": Q(pk__in=Question.objects.without_theme().order_by()),
            "mine": waiting & Q(claimed_by=request.user),
            "reported": Q(reports__handled_at=None, reports__isnull=False),
            "answered": Q(answered_at__isnull=False),
        }
        return queryset.filter(wanted[value]).distinct() if value in wanted else queryset


class ThemeFilter(RelatedFieldListFilter):
    """Only the themes somebody has asked about; folded until one is chosen."""

    template = "admin/feedback/theme_filter.html"

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        """Themes of the questions this trainer may read."""
        asked = Question.objects.visible_to(request.user).exclude(theme=None).order_by().values("theme")
        self.empty_value_display = format_html("{}", _("no theme yet"))
        return [(theme.pk, str(theme)) for theme in Theme.objects.filter(pk__in=asked)]
