"""The trainers' desk of feedback. The queue stands in :mod:`.admin_queue`, the engine in
:mod:`.admin_engine`, possible new themes in :mod:`.admin_proposals`, doubtful ones in :mod:`.admin_doubts`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, TextField
from django.forms import Textarea
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from mooc.accounts.admin_access import OwnInline, OwnRows
from mooc.accounts.models import User
from mooc.lib.errors import DomainError
from mooc.lib.localized import current

from . import admin_doubts, admin_engine, admin_proposals, admin_queue, posts, publishing
from .models import AnswerEntry, AnswerModule, ContentReport, Question, Reply, SavedReply

__all__ = ["admin_doubts", "admin_engine", "admin_proposals", "admin_queue"]


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


class ForTrainers(OwnRows):
    """Rows every trainer may work on: no region or course stands in them."""

    def get_queryset(self, request: HttpRequest) -> Any:
        """All of them."""
        return super(OwnRows, self).get_queryset(request)  # type: ignore[misc]  # a mixin of ModelAdmin


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
    """Neighbours' answers: those that wait to be let through first."""

    own_path, own_model = "question__in", Question
    list_display = ["text", "question", "created_at", "held", "shown"]
    list_filter = ["held"]
    ordering = ["-held", "created_at"]
    fields = ["question", "text", "held", "shown"]
    readonly_fields = ["question", "text", "held", "shown"]
    actions = ["let_through", "hide_wrong", "hide_rude", "hide_advert", "hide_private"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Neighbours write them."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They are hidden, not deleted: the file of the writer keeps them."""
        return False

    @admin.display(description=_("shown to others"), boolean=True)
    def shown(self, reply: Reply) -> bool:
        """Whether other readers see it."""
        return not reply.held and reply.hidden_at is None

    @admin.action(description=_("Let through: everybody may read it"))
    def let_through(self, request: HttpRequest, rows: Any) -> None:
        """Show held or hidden answers."""
        for reply in rows.select_related("question__learner", "learner"):
            posts.let_through(by=request.user, reply=reply)  # type: ignore[arg-type]  # signed in: the admin

    def _hide(self, request: HttpRequest, rows: Any, reason: str) -> None:
        for reply in rows.select_related("question", "learner"):
            posts.hide(by=request.user, reply=reply, reason=reason)  # type: ignore[arg-type]  # as above

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


LOW_BOXES: dict[Any, dict[str, Any]] = {TextField: {"widget": Textarea(attrs={"rows": 4, "cols": 70})}}


class EntryForm(forms.ModelForm):
    """A merged answer. To be published it needs its question and its answer, in one language at least."""

    def clean(self) -> dict[str, Any]:
        """Say at the field what is missing, before anything is stored."""
        data = super().clean() or {}
        texts = {name: data.get(name, "") for name in publishing.TEXTS}
        lacks = publishing.missing(texts) if "_publish" in self.data and not self.errors else ""
        if lacks:
            self.add_error(f"{lacks}_{current()}", publishing.REFUSALS[lacks])
        return data


class EntryFormSet(forms.BaseInlineFormSet):
    """The merged answers of a page: without one there is nothing to publish."""

    def clean(self) -> None:
        """Of those that are kept."""
        super().clean()
        kept = [form for form in self.forms if form.instance.pk or form.has_changed()]
        if "_publish" in self.data and all(form in self.deleted_forms for form in kept):
            raise forms.ValidationError(publishing.EMPTY, code="empty")


class EntryInline(OwnInline, admin.StackedInline):
    """Merged answers of the draft."""

    model = AnswerEntry
    form, formset = EntryForm, EntryFormSet
    extra = 0
    fields = [("question_zh", "question_en"), ("answer_zh", "answer_en"), "asked_by"]
    readonly_fields = ["asked_by"]
    formfield_overrides = LOW_BOXES

    def get_queryset(self, request: HttpRequest) -> Any:
        """With what the list shows."""
        return super().get_queryset(request).annotate(questions=Count("sources"))

    @admin.display(description=_("from the questions"))
    def asked_by(self, entry: AnswerEntry) -> str:
        """How many learners' questions it came from."""
        return str(getattr(entry, "questions", "–"))


@admin.register(AnswerModule)
class AnswerModuleAdmin(ForTrainers, SimpleHistoryAdmin):
    """The page of a theme: merge, publish, and see whether fewer ask."""

    list_display = ["theme", "version", "on_site"]
    fields = ["theme", "version", "on_site", "effect", "intro_zh", "intro_en"]
    readonly_fields = ["version", "on_site", "effect"]
    inlines = [EntryInline]
    change_form_template = add_form_template = "admin/feedback/answermodule/change_form.html"
    formfield_overrides = LOW_BOXES

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Pages stay."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: AnswerModule | None = None) -> list[str]:
        """The theme is chosen once."""
        return [*self.readonly_fields, "theme"] if obj else self.readonly_fields

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The button "save and publish" publishes after saving."""
        super().save_related(request, form, formsets, change)
        if "_publish" not in request.POST:
            return
        try:
            version = publishing.publish_answers(module=form.instance, by=request.user)  # type: ignore[arg-type]  # signed in
            self.message_user(request, _("Published: version %(n)s.") % {"n": version.number})
        except DomainError as error:
            self.message_user(request, str(error), messages.ERROR)

    def response_add(self, request: HttpRequest, obj: AnswerModule, post_url_continue: Any = None) -> Any:
        """As after a change."""
        return self._after_publishing(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: AnswerModule) -> Any:
        """The form again after publishing, with one message: what became of it."""
        return self._after_publishing(request, obj) or super().response_change(request, obj)

    def _after_publishing(self, request: HttpRequest, obj: AnswerModule) -> HttpResponse | None:
        if "_publish" not in request.POST:
            return None
        return redirect("admin:feedback_answermodule_change", obj.pk)

    @admin.display(description=_("version readers see"))
    def version(self, module: AnswerModule) -> str:
        """Number and day of what is published."""
        shown = module.published
        return f"{shown.number}, {shown.published_at:%Y-%m-%d}" if shown else str(_("not published yet"))

    @admin.display(description=_("on the site"))
    def on_site(self, module: AnswerModule) -> str:
        """A link to the page."""
        return format_html('<a href="{}">{}</a>', module.get_absolute_url(), module.get_absolute_url())

    @admin.display(description=_("questions of this theme per 100 active learners"))
    def effect(self, module: AnswerModule) -> str:
        """Before and after each version, in as many days, with the likely range."""
        lines = [_said(effect) for effect in publishing.effects(module)] if module.pk else []
        return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines)) or "–"  # a constant


def _said(effect: publishing.Effect) -> str:
    before, after = effect.before, effect.after
    if before.value is None or after.value is None:
        return _("Version %(n)s: too few active learners to say") % {"n": effect.version.number}
    return _("Version %(n)s: %(before)s before, %(after)s after (%(days)s days each)") % {
        "n": effect.version.number, "days": after.days,
        "before": f"{before.value:.1f} ({before.low:.1f}–{before.high:.1f})",
        "after": f"{after.value:.1f} ({after.low:.1f}–{after.high:.1f})",
    }  # fmt: skip
