"""The trainers' forms of feedback: questions to answer, reports to deal with."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from mooc.accounts.admin_access import OwnRows

from .models import ContentReport, Question


@admin.register(Question)
class QuestionAdmin(OwnRows, SimpleHistoryAdmin):
    """Questions, the unanswered first."""

    list_display = ["text", "lesson", "created_at", "is_answered"]
    list_filter = ["created_at"]
    search_fields = ["text", "answer"]
    ordering = ["answered_at", "created_at"]
    fields = ["text", "lesson", "block", "answer"]
    readonly_fields = ["text", "lesson", "block"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Questions come from learners."""
        return False

    def save_model(self, request: HttpRequest, obj: Question, form: Any, change: bool) -> None:
        """Note who answered and when the first answer came."""
        if obj.answer and "answer" in form.changed_data:
            obj.answered_by = request.user  # type: ignore[assignment]  # signed in: it is the admin
            obj.answered_at = obj.answered_at or timezone.now()
        super().save_model(request, obj, form, change)

    @admin.display(description=_("answered"), boolean=True)
    def is_answered(self, question: Question) -> bool:
        """Whether there is an answer."""
        return bool(question.answer)


@admin.register(ContentReport)
class ReportAdmin(OwnRows, SimpleHistoryAdmin):
    """What readers say is wrong, old or missing."""

    list_display = ["kind", "text", "lesson", "created_at", "done"]
    list_filter = ["done", "kind"]
    fields = ["kind", "text", "lesson", "edition", "done", "note"]
    readonly_fields = ["kind", "text", "lesson", "edition"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Reports come from readers."""
        return False
