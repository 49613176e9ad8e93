"""The trainers' forms of assessments: the item bank."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from courses.desk.languages import OneLanguage
from courses.desk.sentence import Sentence
from courses.models import Module
from courses.services import tell_asks_changed
from mooc.accounts.staff.admin_access import OwnInline, OwnRows
from mooc.lib.text.digits import whole_number

from ..bank.ids import in_any_order
from ..kinds import KINDS
from ..kinds.base import FileOption
from ..models import Item, Option, Quiz
from . import abandoned
from .admin_judging import JudgesAgain


class OptionSet(BaseInlineFormSet):
    """The answers of an item, checked together."""

    def clean(self) -> None:
        """What the kind of the item wants of them."""
        super().clean()
        kind = KINDS.get(self.instance.kind)
        if any(self.errors) or kind is None:
            return
        rows = [
            form.cleaned_data
            for form in self.forms
            if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        rows.sort(key=lambda row: row.get("position") or 0)
        written = [FileOption(row["text_zh"], row["text_en"], bool(row.get("right"))) for row in rows]
        if faults := kind.faults(written):
            raise forms.ValidationError(faults)

    def save_new_objects(self, commit: bool = True) -> list[Option]:
        """What is new gets its ids by lot."""
        first = self.initial_form_count()
        self.forms[first:] = in_any_order(self.forms[first:])
        saved: list[Option] = super().save_new_objects(commit)
        return saved


class OptionForm(OneLanguage):
    """An answer to choose."""

    pairs = ("text",)


class OptionInline(OwnInline, admin.TabularInline):
    """The answers of an item."""

    model = Option
    verbose_name = _("possible answer")  # "answer" is what a trainer writes to a question
    form, formset = OptionForm, OptionSet
    extra = 0
    min_num = 2
    max_num = 8
    fields = ["position", "text_zh", "text_en", "right"]


class AskedAnew(admin.ModelAdmin):
    """Mixin of admins: what is asked and how it is judged is read anew after every change, and whoever has nothing
    left to do is settled."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The last step of saving."""
        super().save_related(request, form, formsets, change)
        for module_id in {form.instance.module_id, form.initial.get("module", form.instance.module_id)}:
            tell_asks_changed(module_id=module_id)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """One row."""
        super().delete_model(request, obj)
        tell_asks_changed(module_id=obj.module_id)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Several at once."""
        module_ids = set(queryset.values_list("module", flat=True))
        super().delete_queryset(request, queryset)
        for module_id in module_ids:
            tell_asks_changed(module_id=module_id)


class ItemForm(OneLanguage):
    """Sentences are seen whole."""

    pairs = ("stem", "why")

    class Meta:
        widgets = {f"{part}_{lang}": Sentence for part in ("stem", "why") for lang in ("zh", "en")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:
            self.fields["kind"].help_text = " ".join(
                str(kind.advice) for kind in KINDS.values() if kind.advice
            )


@admin.register(Item)
class ItemAdmin(JudgesAgain, AskedAnew, OwnRows, SimpleHistoryAdmin):
    """Quiz items of own modules."""

    form = ItemForm
    list_display = ["code", "stem_zh", "kind", "module", "live"]
    list_filter = ["live", "kind", "module"]
    search_fields = ["code", "stem_zh", "stem_en"]
    inlines = [OptionInline]
    instead = _("Take it out of use instead: it is not asked any more, and answers stay.")
    own_fields = {"module": Module}
    fields = [
        ("code", "module", "lesson"),
        ("kind", "skill", "live"),
        ("stem_zh", "stem_en"),
        ("why_zh", "why_en"),
        "position",
    ]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The module whose list the trainer came from."""
        narrowed = QueryDict(request.GET.get("_changelist_filters", ""))
        module = request.GET.get("module") or narrowed.get("module__id__exact", "")
        given: dict[str, Any] = super().get_changeform_initial_data(request)
        return given | ({"module": module} if whole_number(module) is not None else {})

    def get_queryset(self, request: HttpRequest) -> Any:
        """Own items with what the list shows."""
        return super().get_queryset(request).select_related("module__draft")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The code is for good; an item that was answered stays in its module, where its answers count."""
        if obj is None:
            return []
        return ["code", "module"] if obj.responses.exists() else ["code"]

    def ties(self, rows: Any) -> dict[str, int]:
        """Answers and cards, and the tries that have drawn it: they know it by its code."""
        found = super().ties(rows)
        if tries := sum(item.tries_that_drew_it() for item in rows):
            found[str(_("tries that ask it"))] = tries
        return found


@admin.register(Quiz)
class QuizAdmin(AskedAnew, OwnRows, SimpleHistoryAdmin):
    """Length and pass mark of a module's quiz. A quiz is there when its module is, and as long."""

    list_display = ["module", "length", "pass_percent", "left_at"]
    readonly_fields = ["module", "left_at"]
    instead = _("Untick “the quiz must be passed” in its course, or take its questions out of use.")
    own_path = "module__in"
    own_model = Module

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The page of the list, with where its quizzes are left: 2 queries more."""
        page = super().get_changelist_instance(request)
        told = abandoned.stops([row.pk for row in page.result_list])
        for row in page.result_list:
            row.stops = told.get(row.pk, "")
        return page

    @admin.display(description=_("begun and left"))
    def left_at(self, quiz: Quiz) -> str:
        """How many began it and did not finish, and after how many answers most of them left."""
        told = getattr(quiz, "stops", None)
        return (abandoned.stops([quiz.pk]).get(quiz.pk, "") if told is None else told) or "–"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Made with its module."""
        return False

    def ties(self, rows: Any) -> dict[str, int]:
        """It goes with its course and never alone."""
        return super().ties(rows) or {str(_("its course")): rows.count()}

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> Any:
        """There is nothing to add: whoever comes by an old link changes the quiz that is there."""
        module = whole_number(request.POST.get("module") or request.GET.get("module"))
        quiz = Quiz.objects.filter(module=module or 0).first()
        if quiz is None:
            messages.info(request, _("Every course has its quiz from the start. Choose it here."))
            return redirect("admin:assessments_quiz_changelist")
        return self.change_view(request, str(quiz.pk), form_url, extra_context)
