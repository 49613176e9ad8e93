"""The trainers' queue: questions that wait, the overdue first; one form to answer, class, merge, hide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from mooc.accounts.sign_in.who import signed_in
from mooc.accounts.staff.admin_access import OwnRows
from mooc.lib.desk import form_of, list_of
from mooc.lib.pages.look import span
from mooc.lib.pages.request import on
from mooc.lib.queue import later
from mooc.lib.text.digits import whole_number

from .. import tasks
from ..data import PostReason, ThemeSource
from ..engine import similar
from ..models import Question, SavedReply, Theme
from ..selectors import lesson_titles
from . import answering
from .admin_buttons import press
from .admin_filters import StateFilter, ThemeFilter

if TYPE_CHECKING:
    from django.contrib.admin.options import _FieldGroups, _ListDisplayT


@dataclass(slots=True)
class _Saved:
    """What the button did, until the page after it is chosen."""

    answered: bool = False
    first_time: bool = False


class AnswerForm(forms.ModelForm):
    """The answer, and who may read it. Buttons other than "answer" need none."""

    share = forms.BooleanField(label=_("others may read question and answer"), required=False, initial=True)
    to_theme_page = forms.BooleanField(label=_("also for the theme's page"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    request: HttpRequest

    class Meta:
        model = Question
        fields = ["theme", "answer"]
        widgets = {"answer": forms.Textarea(attrs={"rows": 6, "cols": 70})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "theme" in self.fields:
            self.fields["theme"].show_hidden_initial = True  # only a theme changed here counts as said
        self.initial["seen"] = answering.mark_of(self.instance.answer)
        self.initial["answer"] = self.request.session.get(draft_key(self.instance), self.instance.answer)
        if self.instance.answered_at is not None:
            self.initial["share"] = not self.instance.held

    def clean(self) -> dict[str, Any]:
        """Say what is missing before anything is done."""
        data = super().clean() or {}
        writer = self.instance.claimant(timezone.now())
        if "_answer" in self.data:
            if writer is not None and writer != self.request.user:
                self.add_error(
                    None, gettext("%(name)s is writing an answer. Take it over first.") % {"name": writer}
                )
            if not data.get("answer", "").strip():
                self.add_error("answer", _("Write the answer first."))
            if data.get("to_theme_page") and not data.get("theme"):
                self.add_error("theme", _("Choose the theme first."))
        return data


def draft_key(question: Question) -> str:
    """Where an answer that is not sent yet is kept: what was typed outlives every other button."""
    return f"answer-{question.pk}"


class QueueList(ChangeList):
    """A page of the queue with the titles of its lessons and the names of its themes: 2 queries."""

    def get_results(self, request: HttpRequest) -> None:
        """Rows, each with ``lesson_title`` and its three best themes in ``best``."""
        super().get_results(request)
        titles = lesson_titles({row.lesson_id for row in self.result_list if row.lesson_id})
        names = {theme.code: theme for theme in Theme.objects.all()}
        for row in self.result_list:
            row.lesson_title = titles.get(row.lesson_id) or str(row.lesson or "")
            row.best = [names[code] for code in row.top_codes if code in names]
            row.narrowed = request.GET.urlencode()  # the list comes back as it was


@admin.register(Question)
class QuestionAdmin(OwnRows, SimpleHistoryAdmin):
    """Questions that wait, the overdue first."""

    form = AnswerForm
    two_hands = False  # an answer that came meanwhile is refused by the service, with both in view
    list_display = ["asked", "due", "theme_label", "writing", "lesson_of", "read_by"]
    list_filter = [StateFilter, ("theme", ThemeFilter)]
    search_fields = ["text", "answer"]
    ordering = [F("answered_at").asc(nulls_first=True), "due_at"]
    list_per_page = 50
    fields = ["answer", "share", "to_theme_page", "theme", "seen"]  # the box first; the button right below
    change_form_template = "admin/feedback/question/change_form.html"
    view_on_site = False  # a held question is not on the site for its trainer

    def get_queryset(self, request: HttpRequest) -> QuerySet[Question]:
        """Own rows with what the list shows."""
        rows = (
            super().get_queryset(request).select_related("lesson__module__published", "theme", "claimed_by")
        )
        return rows.defer("vector")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """With titles and names."""
        return QueueList

    def get_list_display(self, request: HttpRequest) -> _ListDisplayT:
        """Among the unsure, each row has the buttons to say its theme."""
        unsure = request.GET.get(StateFilter.parameter_name) == "unsure"
        return ["asked", "best_themes", "lesson_of"] if unsure else self.list_display

    def get_urls(self) -> list[Any]:
        """The theme said from the list."""
        view = self.admin_site.admin_view(self.say_theme)
        return [path("<int:pk>/theme/", view, name="feedback_question_theme"), *super().get_urls()]

    def say_theme(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One tap in a row of the unsure: as in the form, and the list again."""
        if request.method != "POST" or not self.has_change_permission(request):
            raise PermissionDenied
        row = get_object_or_404(self.get_queryset(request), pk=pk, merged_into=None)
        theme = get_object_or_404(Theme, code=request.POST.get(f"theme-{pk}", ""))
        answering.set_theme(question=row, theme=theme, by=signed_in(request))
        later(tasks.retrain_if_due)
        names = {"theme": theme, "question": row.text[:40]}
        self.message_user(request, _("“%(question)s” is under “%(theme)s” now.") % names, messages.SUCCESS)
        return redirect(f"../../?{request.GET.urlencode() or 'state=unsure'}")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Questions come from learners."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They are hidden, not deleted: the file of the asker keeps them."""
        return False

    def get_fields(self, request: HttpRequest, obj: Question | None = None) -> _FieldGroups:
        """What is answered together with another has no boxes of its own."""
        return ["seen"] if obj and obj.merged_into_id else self.fields

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form knows who writes."""
        kwargs["fields"] = ["theme", "answer"]
        form = super().get_form(request, obj, change, **kwargs)
        form.request = request
        if "theme" in form.base_fields:
            form.base_fields["theme"].widget.can_view_related = False
        return form

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The queue under its own name; when nobody waits, with the way to what is left to do."""
        waits = not set(request.GET) - {StateFilter.parameter_name}
        waits = waits and request.GET.get(StateFilter.parameter_name, "waiting") == "waiting"
        context = {
            "title": _("Learners' questions"),
            "nobody_waits": waits,
            "unsure": Question.objects.visible_to(request.user).without_theme().count() if waits else 0,
        }
        page: HttpResponse = super().changelist_view(request, (extra_context or {}) | context)
        return page

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """With the three best themes, saved replies, and questions like this one."""
        question = kwargs.get("obj")
        if question is not None:
            context |= _around(question, request) | {"title": _("Answer a question"), "subtitle": None}
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Question, form: Any, change: bool) -> None:
        """Every button is one service; the form itself stores nothing."""
        row = Question.objects.get(pk=obj.pk)
        data = form.cleaned_data if "theme" in form.changed_data else form.cleaned_data | {"theme": row.theme}
        saved = on(request, _Saved)
        saved.first_time = row.answered_at is None
        saved.answered = press(request, row, data) and "_answer" in request.POST
        if saved.answered:
            request.session.pop(draft_key(obj), None)
        else:
            _keep_draft(request, row, form.cleaned_data["answer"])

    def response_change(self, request: HttpRequest, obj: Question) -> HttpResponse:
        """After an answer the next that waits, else the list; after the rest the same form again."""
        saved = on(request, _Saved)
        if not saved.answered:
            return redirect(".")
        if not saved.first_time:
            self.message_user(request, _("The changed answer is kept."), messages.SUCCESS)
            return redirect("../../")
        following = _next_for(request.user)
        self.message_user(
            request,
            _("Answered. All who asked are told. Here is the next question.")
            if following
            else _("Answered. All who asked are told. Nobody waits any more."),
            messages.SUCCESS,
        )
        return redirect(form_of(following) if following else list_of(Question))

    @admin.display(description=_("question"))
    def asked(self, question: Question) -> str:
        """Its first words."""
        return question.text[:80]

    @admin.display(description=_("due"), ordering="due_at")
    def due(self, question: Question) -> str:
        """In words: overdue since, or still to go."""
        now = timezone.now()
        if question.answered_at is not None:
            return gettext("answered")
        if question.due_at < now:
            return gettext("%(time)s late") % {"time": span(question.due_at, now)}
        return gettext("%(time)s left") % {"time": span(now, question.due_at)}

    @admin.display(description=_("theme"), ordering="theme")
    def theme_label(self, question: Question) -> str:
        """The theme, or that a person must say it."""
        if question.theme:
            return str(question.theme)
        return gettext("say the theme") if question.theme_source == ThemeSource.UNSURE else "…"

    @admin.display(description=_("Which theme is it?"))
    def best_themes(self, question: Any) -> str:
        """The engine's three best as buttons of the list's own form: no script is needed."""
        return format_html_join(
            " ",
            '<button class="button" formaction="{}/theme/?{}" name="theme-{}" value="{}">{}</button>',
            ((question.pk, question.narrowed, question.pk, theme.code, theme) for theme in question.best),
        )

    @admin.display(description=_("lesson"), ordering="lesson")
    def lesson_of(self, question: Any) -> str:
        """Its title."""
        return str(question.lesson_title)

    @admin.display(description=_("writing"))
    def writing(self, question: Question) -> str:
        """Who is writing an answer now."""
        return str(question.claimant(timezone.now()) or "")

    @admin.display(description=_("who reads it"))
    def read_by(self, question: Question) -> str:
        """In words: a red cross would look like a mistake."""
        if question.hidden_at is not None:
            return gettext("hidden")
        return gettext("only the asker") if question.held else gettext("everybody")


def _next_for(user: Any) -> Question | None:
    """The first that waits and that nobody else is writing: 1 query."""
    now = timezone.now()
    waiting = Question.objects.visible_to(user).waiting().select_related("claimed_by").defer("vector")
    return next((row for row in waiting.order_by("due_at", "pk") if row.claimant(now) in (None, user)), None)


def _keep_draft(request: HttpRequest, row: Question, typed: str) -> None:
    """Keep what was typed, with the saved reply below it when that button was pressed."""
    if "_insert" in request.POST:
        chosen = whole_number(request.POST.get("saved_reply")) or 0
        saved = SavedReply.objects.visible_to(request.user).filter(pk=chosen).first()
        typed = f"{typed.rstrip()}\n{saved.text}".strip() if saved else typed
    if typed == row.answer:
        request.session.pop(draft_key(row), None)
    else:
        request.session[draft_key(row)] = typed


def _around(question: Question, request: HttpRequest) -> dict[str, Any]:
    """What stands around the form."""
    now = timezone.now()
    names = {theme.code: theme for theme in Theme.objects.filter(code__in=question.top_codes)}
    waiting = Question.objects.visible_to(request.user).waiting()
    reports = list(question.reports.filter(handled_at=None)[:50])
    alike = [row for row in similar.find_similar(question.text) if row.pk != question.pk]
    root = question.merged_into or question
    return {
        "question": question,
        "writer": question.claimant(now),
        "top": [names[c] for c in question.top_codes if c in names],
        "saved_replies": SavedReply.objects.visible_to(request.user)[:100],
        "drafted": draft_key(question) in request.session,
        "alike_waiting": similar.like_waiting(question, waiting),
        "alike_answered": alike if question.answered_at is None else [],
        "reasons": PostReason.choices,
        "root": root,
        "merged": list(question.merged.all()[:50]),
        "reported": len(reports),
        "asked_at": question.created_at,
        "reported_for": sorted({row.get_reason_display() for row in reports}),
        "lesson_title": question.lesson.title if question.lesson else "",
        "place": question.learner.region,
        "labelled_by_person": question.theme_source == ThemeSource.PERSON,
    }
