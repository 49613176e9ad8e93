"""Labels worth a second look: what people said, and a model that never saw it would say otherwise."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from mooc.accounts.sign_in.who import signed_in
from mooc.accounts.staff.admin_access import OwnRows

from ..models import Question, TrainingExample
from . import training


@admin.register(TrainingExample)
class TrainingExampleAdmin(OwnRows, admin.ModelAdmin):
    """Only the doubtful ones: tick, and say which theme is right."""

    list_display = ["asked", "theme", "other", "chance"]
    list_display_links = None
    list_per_page = 50
    nothing = _("No theme is in doubt.")
    actions = ["change_theme", "keep_theme"]

    own_path, own_model = "question__in", Question

    def get_queryset(self, request: HttpRequest) -> Any:
        """Of questions this trainer may read."""
        return training.doubted(super().get_queryset(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """By the two actions only."""
        return False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They come from the queue."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing to delete: the theme is changed or stays."""
        return False

    @admin.display(description=_("question"))
    def asked(self, row: TrainingExample) -> str:
        """With the way to it."""
        address = reverse("admin:feedback_question_change", args=[row.question_id])
        return format_html('<a href="{}">{}</a>', address, row.question.text[:120])

    @admin.display(description=_("the question engine thinks of"), ordering="doubted_as")
    def other(self, row: TrainingExample) -> str:
        """What a model without this label says."""
        return str(row.doubted_as or "")

    @admin.display(description=_("how sure"), ordering="doubt")
    def chance(self, row: TrainingExample) -> str:
        """In percent."""
        return f"{row.doubt:.0%}"

    @admin.action(description=_("The question engine is right: change the theme"))
    def change_theme(self, request: HttpRequest, rows: Any) -> None:
        """To what the engine thinks of."""
        self._settle(request, rows, change=True)

    @admin.action(description=_("The theme is right: keep it"))
    def keep_theme(self, request: HttpRequest, rows: Any) -> None:
        """And never ask again."""
        self._settle(request, rows, change=False)

    def _settle(self, request: HttpRequest, rows: Any, *, change: bool) -> None:
        chosen = list(rows)
        for row in chosen:
            training.settle(example=row, change=change, by=signed_in(request))
        message = ngettext("%(n)s theme looked at again.", "%(n)s themes looked at again.", len(chosen))
        self.message_user(request, message % {"n": len(chosen)})
