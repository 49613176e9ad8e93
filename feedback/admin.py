"""The trainers' desk of feedback. The queue stands in :mod:`.admin_queue`, the engine in
:mod:`.admin_engine`, possible new themes in :mod:`.admin_proposals`, doubtful ones in :mod:`.admin_doubts`."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from mooc.accounts.models import User
from mooc.accounts.sign_in.who import signed_in
from mooc.accounts.staff.admin_access import OwnRows
from mooc.lib.pages.look import moment
from mooc.lib.privacy import evidence

from .answers import admin as admin_answers
from .learning import admin as admin_engine
from .learning import admin_doubts, admin_proposals
from .models import ContentReport, PostReport, Question, Reply, SavedReply
from .questions import admin as admin_queue
from .questions import posts
from .selectors import lesson_titles

__all__ = ["admin_answers", "admin_doubts", "admin_engine", "admin_proposals", "admin_queue"]

IS_REPORTED = Exists(PostReport.objects.filter(reply=OuterRef("pk"), handled_at=None))


class ReportList(ChangeList):
    """A page of reports with the titles of their lessons: 1 query."""

    def get_results(self, request: HttpRequest) -> None:
        """Rows, each with ``lesson_title``."""
        super().get_results(request)
        titles = lesson_titles({row.lesson_id for row in self.result_list if row.lesson_id})
        for row in self.result_list:
            row.lesson_title = titles.get(row.lesson_id) or str(row.lesson or "")


@admin.register(ContentReport)
class ReportAdmin(OwnRows, SimpleHistoryAdmin):
    """What readers say is wrong, old or missing."""

    list_display = ["kind", "text", "lesson_of", "when", "done"]
    list_select_related = ["lesson"]
    list_filter = ["done", "kind"]
    nothing = _("No reader has said that something in your lessons is wrong, old or missing.")
    fields = ["kind", "text", "lesson", "edition", "done", "note"]
    readonly_fields = ["kind", "text", "lesson", "edition"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Reports come from readers."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They are ticked off, not deleted: somebody took the trouble to write."""
        return False

    def save_model(self, request: HttpRequest, obj: ContentReport, form: Any, change: bool) -> None:
        """What was done about it is written down; what was reported is not touched."""
        with evidence.writing("handle_report"):
            super().save_model(request, obj, form, change)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """With titles."""
        return ReportList

    @admin.display(description=_("lesson"), ordering="lesson")
    def lesson_of(self, report: Any) -> str:
        """Its title."""
        return str(report.lesson_title)

    @admin.display(description=_("written on"), ordering="created_at")
    def when(self, report: ContentReport) -> str:
        """As people say it."""
        return moment(report.created_at)


@admin.register(SavedReply)
class SavedReplyAdmin(OwnRows, admin.ModelAdmin):
    """Texts that are put into answers with one tap."""

    list_display = ["title", "owner"]
    fields = ["title", "text", "owner"]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only for oneself, or for all."""
        kwargs["queryset"] = User.objects.filter(username=request.user.get_username())
        kwargs["empty_label"] = _("for all trainers")
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        field.help_text = _("Your name here makes it yours alone.")
        return field

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Without the pencil that would lead to accounts."""
        form = super().get_form(request, obj, change, **kwargs)
        widget = form.base_fields["owner"].widget
        widget.can_add_related = widget.can_change_related = widget.can_view_related = False
        return form


@admin.register(Reply)
class ReplyAdmin(OwnRows, admin.ModelAdmin):
    """Neighbours' answers: the reported first, then those that wait to be let through."""

    own_path, own_model = "question__in", Question
    list_display = ["text", "asked", "when", "read_by"]
    list_filter = ["held"]
    nothing = _("No neighbour has answered a question of your courses yet.")
    ordering = [IS_REPORTED.desc(), "-held", "created_at"]
    fields = ["asked", "text", "when", "read_by"]
    readonly_fields = ["asked", "text", "when", "read_by"]
    actions = ["let_through", "hide_wrong", "hide_rude", "hide_advert", "hide_private"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Neighbours write them."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They are hidden, not deleted: the file of the writer keeps them."""
        return False

    def get_queryset(self, request: HttpRequest) -> Any:
        """With how many readers reported each."""
        open_reports = Count("reports", filter=Q(reports__handled_at=None))
        return super().get_queryset(request).select_related("question").annotate(reported=open_reports)

    @admin.display(description=_("question"))
    def asked(self, reply: Reply) -> str:
        """What it answers."""
        return reply.question.text[:80]

    @admin.display(description=_("written on"), ordering="created_at")
    def when(self, reply: Reply) -> str:
        """As people say it."""
        return moment(reply.created_at)

    @admin.display(description=_("who reads it"))
    def read_by(self, reply: Any) -> str:
        """In words: ticks and crosses would be read the wrong way round."""
        if reply.hidden_at is not None:
            return gettext("hidden")
        if reply.reported:
            words = ngettext("%(n)s reader reported this", "%(n)s readers reported this", reply.reported)
            return words % {"n": reply.reported}
        return gettext("waits for your look") if reply.held else gettext("everybody")

    @admin.action(description=_("Let through: everybody may read it"))
    def let_through(self, request: HttpRequest, rows: Any) -> None:
        """Show held or hidden answers."""
        for reply in rows.select_related("question__learner", "learner"):
            posts.let_through(by=signed_in(request), reply=reply)

    def _hide(self, request: HttpRequest, rows: Any, reason: str) -> None:
        for reply in rows.select_related("question", "learner"):
            posts.hide(by=signed_in(request), reply=reply, reason=reason)

    @admin.action(description=_("Hide: it is wrong or risky"))
    def hide_wrong(self, request: HttpRequest, rows: Any) -> None:
        """Hide with that reason."""
        self._hide(request, rows, "wrong")

    @admin.action(description=_("Hide: it is rude"))
    def hide_rude(self, request: HttpRequest, rows: Any) -> None:
        """Hide with that reason."""
        self._hide(request, rows, "rude")

    @admin.action(description=_("Hide: it is an advert or a trick"))
    def hide_advert(self, request: HttpRequest, rows: Any) -> None:
        """Hide with that reason."""
        self._hide(request, rows, "advert")

    @admin.action(description=_("Hide: it shows private things"))
    def hide_private(self, request: HttpRequest, rows: Any) -> None:
        """Hide with that reason."""
        self._hide(request, rows, "private")
