"""The trainers' form of a lesson: its text and its blocks, as it stands in the draft."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from mooc.accounts.staff.admin_access import OwnRows
from mooc.lib import registry
from mooc.lib.fields import field
from mooc.lib.pages import links
from mooc.lib.text.digits import whole_number

from ..models import LessonEdition, Module
from ..publishing import addresses
from .blocks import BlockInline, files_of
from .sentence import SENTENCES


def _stops(lessons: list[int]) -> dict[int, str]:
    """Where lessons are left, from whoever knows what learners do."""
    found: dict[int, str] = {}
    for _name, provider in registry.lesson_stops:
        found |= provider(lessons)
    return found


class OwnModuleFilter(admin.SimpleListFilter):
    """By module, among one's own."""

    title = _("module")
    parameter_name = "module"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Own modules."""
        rows = Module.objects.visible_to(request.user).select_related("draft")
        return [(str(row.pk), f"{row.code} {row.draft.title if row.draft else row.slug}") for row in rows]

    def queryset(self, request: HttpRequest, queryset: QuerySet[LessonEdition]) -> QuerySet[LessonEdition]:
        """Lessons of the module."""
        chosen = whole_number(self.value())
        return queryset if chosen is None else queryset.filter(edition__module_id=chosen)


class LessonForm(forms.ModelForm):
    """The text of a lesson in the draft."""

    position = forms.IntegerField(
        label=_("order"), required=False, min_value=0, max_value=32767, help_text=_("left empty: the last")
    )
    slug = forms.SlugField(
        label=_("address, in Latin letters"),
        max_length=80,
        required=False,
        help_text=_("left empty: made of the English title, else of the module's address and a number"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["slug"] = addresses.of(self.instance.lesson)
            self.fields["slug"].help_text = _("when you change it, the old one leads here for good")

    def clean_slug(self) -> str:
        """Another's old address is not free."""
        slug: str = self.cleaned_data["slug"]
        if slug and self.instance.pk and (words := addresses.refusal(row=self.instance.lesson, text=slug)):
            raise forms.ValidationError(words)
        return slug


class AddLessonForm(LessonForm):
    """A new lesson: its module and its address besides the text."""

    own_modules: QuerySet[Module]
    module = forms.ModelChoiceField(label=_("module"), queryset=Module.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field(self, "module", forms.ModelChoiceField).queryset = self.own_modules
        self.initial["position"] = None  # the last, unless said otherwise

    def clean(self) -> dict[str, Any]:
        """Whether the address can be had; nothing is stored yet."""
        data = super().clean() or {}
        module, slug = data.get("module"), data.get("slug")
        if module and slug:
            refusal = addresses.lesson_refusal(module=module, slug=slug)
            if refusal:
                self.add_error("slug", refusal)
        elif module:
            data["slug"] = addresses.lesson_address(module=module, title=data.get("title_en", ""))
        return data


@admin.register(LessonEdition)
class LessonAdmin(OwnRows, SimpleHistoryAdmin):
    """A lesson of a draft, with its blocks. Published lessons are shown to learners only."""

    list_display = ["__str__", "module_code", "position", "minutes", "left_at"]
    list_filter = [OwnModuleFilter]
    search_fields = ["title_zh", "title_en"]
    form = LessonForm
    inlines = [BlockInline]
    readonly_fields = ["preview", "left_at"]
    change_form_template = "admin/courses/lessonedition/change_form.html"
    save_on_top = True
    formfield_overrides = SENTENCES
    own_path = "edition__module__in"
    own_model = Module

    def get_queryset(self, request: HttpRequest) -> QuerySet[LessonEdition]:
        """Lessons of drafts of own modules."""
        return (
            super()
            .get_queryset(request)
            .filter(edition__number=0)
            .select_related("lesson", "edition__module")
        )

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The page of the list, with where its lessons are left: 1 query more."""
        page = super().get_changelist_instance(request)
        told = _stops([row.lesson_id for row in page.result_list])
        for row in page.result_list:
            row.stops = told.get(row.lesson_id, "")
        return page

    @admin.display(description=_("left unfinished"))
    def left_at(self, lesson: LessonEdition) -> str:
        """How many opened it and did not finish, and where most of them were last."""
        told = getattr(lesson, "stops", None)
        if told is None and lesson.pk:
            told = _stops([lesson.lesson_id]).get(lesson.lesson_id, "")
        return told or "–"

    def get_fields(self, request: HttpRequest, obj: LessonEdition | None = None) -> list[Any]:
        """Adding asks for the address first; the rest follows."""
        texts = [
            ("title_zh", "title_en"),
            ("objective_zh", "objective_en"),
            ("source_zh", "source_en"),
            ("position", "minutes"),
        ]
        return ["preview", "left_at", *texts, "slug"] if obj else ["slug", "module", *texts]

    def get_form(
        self,
        request: HttpRequest,
        obj: LessonEdition | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> Any:
        """The form for adding asks for the module and the address as well."""
        if obj is None:
            own = Module.objects.visible_to(request.user)
            kwargs["form"] = type("AddLessonForm", (AddLessonForm,), {"own_modules": own})
        return super().get_form(request, obj, change, **kwargs)

    def save_model(self, request: HttpRequest, obj: LessonEdition, form: Any, change: bool) -> None:
        """Only now, when every field and block was found good, a new lesson takes its address."""
        if not change:
            module, slug = form.cleaned_data["module"], form.cleaned_data["slug"]
            addresses.place_lesson(lesson=obj, module=module, slug=slug)
        if obj.position is None:
            obj.position = addresses.last_place(obj.edition) + 1
        super().save_model(request, obj, form, change)
        wanted = form.cleaned_data["slug"]
        if change and wanted and wanted != addresses.of(obj.lesson):
            addresses.rename(row=obj.lesson, text=wanted)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """A lesson that comes back without new blocks has the ones it had."""
        super().save_related(request, form, formsets, change)
        if not change:
            addresses.bring_back_blocks(lesson=form.instance)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """With all pictures there are, to be looked at while choosing."""
        context["pictures"] = files_of(request).pictures
        return super().render_change_form(request, context, *args, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The module the trainer came from, and the address of a lesson that is put back."""
        return {name: request.GET.get(name, "") for name in ("module", "slug")}

    @admin.display(description=_("module"))
    def module_code(self, lesson: LessonEdition) -> str:
        """The code of its module."""
        return lesson.edition.module.code

    @admin.display(description=_("see it as a learner"))
    def preview(self, lesson: LessonEdition) -> str:
        """Links to the draft as learners would see it."""
        if not lesson.pk:
            return "–"
        return format_html(
            '<a href="{0}?lang=zh-hans">中文</a> · <a href="{0}?lang=en">English</a>',
            links.address("lesson_preview", lesson.pk),
        )
