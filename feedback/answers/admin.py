"""The page of a theme on the trainers' desk: merge answered questions, publish, and see whether fewer ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import CharField, TextField
from django.forms import Textarea
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, ngettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from mooc.accounts.sign_in.who import signed_in
from mooc.accounts.staff.admin_access import OwnInline, OwnRows
from mooc.lib.errors import DomainError
from mooc.lib.pages.look import day
from mooc.lib.text.digits import whole_number, whole_numbers
from mooc.lib.text.localized import current

from ..models import AnswerEntry, AnswerModule
from ..selectors import lesson_titles
from . import entries, publishing

OFFERED = 50


class ForTrainers(OwnRows):
    """Rows every trainer may work on: no region or course stands in them."""

    def get_queryset(self, request: HttpRequest) -> Any:
        """All of them."""
        return super(OwnRows, self).get_queryset(request)


LOW_BOXES: dict[Any, dict[str, Any]] = {TextField: {"widget": Textarea(attrs={"rows": 4, "cols": 44})}}


class EntryForm(forms.ModelForm):
    """A merged answer. To be published it needs its question and its answer, in one language at least.
    A long question is seen whole in its box; it is one line all the same."""

    def clean_question_zh(self) -> str:
        """In one line."""
        return " ".join(self.cleaned_data["question_zh"].split())

    def clean_question_en(self) -> str:
        """In one line."""
        return " ".join(self.cleaned_data["question_en"].split())

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
    fields = [("question_zh", "question_en"), ("answer_zh", "answer_en"), ("asked_by", "lessons")]
    readonly_fields = ["asked_by", "lessons"]
    formfield_overrides = LOW_BOXES | {CharField: {"widget": Textarea(attrs={"rows": 2, "cols": 44})}}

    def get_queryset(self, request: HttpRequest) -> Any:
        """With what stands below the boxes."""
        return super().get_queryset(request).prefetch_related(*publishing.WITH_SOURCES)

    @admin.display(description=_("asked by"))
    def asked_by(self, entry: AnswerEntry) -> str:
        """How many people, counted as on the page readers see."""
        n = entries.asked_by(entry) if entry.pk else 0
        return ngettext("%(n)s person", "%(n)s people", n) % {"n": n} if n else "–"

    @admin.display(description=_("lessons"))
    def lessons(self, entry: AnswerEntry) -> str:
        """The lessons readers are sent to: those its questions were asked in."""
        asked_in = (
            {row.lesson.pk: row.lesson for row in entry.sources.all() if row.lesson} if entry.pk else {}
        )
        if not asked_in:
            return gettext("none: a lesson comes with a question that was asked in it")
        titles = lesson_titles(set(asked_in))
        links = (
            (row.get_absolute_url(), titles.get(pk) or row.slug) for pk, row in list(asked_in.items())[:5]
        )
        return format_html_join(gettext(", "), '<a href="{}">{}</a>', links)


@admin.register(AnswerModule)
class AnswerModuleAdmin(ForTrainers, SimpleHistoryAdmin):
    """The page of a theme: merge, publish, and see whether fewer ask."""

    list_display = ["theme", "version", "on_site"]
    fields = ["theme", "version", "on_site", "effect", "intro_zh", "intro_en", "checks_zh", "checks_en"]
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
        if "_take" in request.POST:
            self._take(request, form.instance)
        if "_publish" not in request.POST:
            return
        try:
            version = publishing.publish_answers(module=form.instance, by=signed_in(request))
            self.message_user(request, _("Published: version %(n)s.") % {"n": version.number})
            for words in _lacks(form.instance):
                self.message_user(request, words, messages.WARNING)
        except DomainError as error:
            self.message_user(request, str(error), messages.ERROR)

    def _take(self, request: HttpRequest, module: AnswerModule) -> None:
        """Put the ticked questions into a new merged answer, or into the one that was chosen."""
        ticked = whole_numbers(request.POST.getlist("take"))
        into = whole_number(request.POST.get("into"))
        entry = module.entries.filter(pk=into).first() if into is not None else None
        offered = entries.not_placed(module=module, user=signed_in(request)).filter(pk__in=ticked)
        try:
            rows = list(offered)
            entries.put_together(module=module, questions=rows, entry=entry)
            words = ngettext(
                "%(n)s question is in the draft now.", "%(n)s questions are in the draft now.", len(rows)
            )
            self.message_user(request, words % {"n": len(rows)}, messages.SUCCESS)
        except DomainError as error:
            self.message_user(request, str(error), messages.ERROR)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """With the answered questions of the theme that are not on it, and what lacks a language."""
        module = kwargs.get("obj")
        if module is not None:
            context |= {
                "offered": entries.not_placed(module=module, user=signed_in(request))[:OFFERED],
                "written": module.entries.all(), "lacks": _lacks(module),
            }  # fmt: skip
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(self, request: HttpRequest, obj: AnswerModule, post_url_continue: Any = None) -> Any:
        """The form again: it offers the answered questions of the theme now."""
        return self._form_again(obj)

    def response_change(self, request: HttpRequest, obj: AnswerModule) -> Any:
        """The form again after publishing, with one message: what became of it."""
        again = {"_publish", "_take"} & set(request.POST)
        return self._form_again(obj) if again else super().response_change(request, obj)

    def _form_again(self, obj: AnswerModule) -> HttpResponse:
        return redirect("admin:feedback_answermodule_change", obj.pk)

    @admin.display(description=_("version readers see"))
    def version(self, module: AnswerModule) -> str:
        """Number and day of what is published."""
        published = module.published
        if published is None:
            return gettext("not published yet")
        parts = {"n": published.number, "date": day(published.published_at)}
        return gettext("Version %(n)s, %(date)s") % parts

    @admin.display(description=_("on the site"))
    def on_site(self, module: AnswerModule) -> str:
        """A link to the page."""
        return format_html('<a href="{}">{}</a>', module.get_absolute_url(), module.get_absolute_url())

    @admin.display(description=_("questions of this theme per 100 active learners"))
    def effect(self, module: AnswerModule) -> str:
        """Before and after each version, in as many days, with the likely range."""
        lines = [_effect_text(effect) for effect in publishing.effects(module)] if module.pk else []
        return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines)) or "–"  # a constant


def _lacks(module: AnswerModule) -> list[str]:
    """What readers of a language will miss, a sentence each."""
    words = {
        "zh": ngettext_lazy("%(n)s answer has no Chinese.", "%(n)s answers have no Chinese.", "n"),
        "en": ngettext_lazy("%(n)s answer has no English.", "%(n)s answers have no English.", "n"),
    }
    return [words[lang] % {"n": n} for lang, n in entries.lacking(module).items()]


def _effect_text(effect: publishing.Effect) -> str:
    before, after = effect.before, effect.after
    if before.value is None or after.value is None:
        return _("Version %(n)s: too few active learners to say") % {"n": effect.version.number}
    return _("Version %(n)s: %(before)s before, %(after)s after (%(days)s days each)") % {
        "n": effect.version.number, "days": after.days,
        "before": f"{before.value:.1f} ({before.low:.1f}–{before.high:.1f})",
        "after": f"{after.value:.1f} ({after.low:.1f}–{after.high:.1f})",
    }  # fmt: skip
