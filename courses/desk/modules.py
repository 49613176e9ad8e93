"""The trainers' form of a module: its facts, the text of its draft, its lessons, publishing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from mooc.accounts.staff.admin_access import OwnInline, OwnRows
from mooc.lib import registry
from mooc.lib.desk import form_of

from .. import services
from ..models import Course, Module, ModuleEdition
from ..publishing import addresses, changes, drafts
from ..publishing.services import ensure_draft, withdraw_module
from . import publishing
from .sentence import SENTENCES


class ModuleTextInline(OwnInline, admin.StackedInline):
    """The text of the draft; published texts are not shown here and never change."""

    model = ModuleEdition
    verbose_name_plural = _("Text of the module, as it is being worked on")
    verbose_name = verbose_name_plural
    can_delete = False
    max_num = 1
    extra = 0
    formfield_overrides = SENTENCES
    fields = [
        ("title_zh", "title_en"),
        ("task_zh", "task_en"),
        ("objective_zh", "objective_en"),
        ("need_zh", "need_en"),
        ("source_zh", "source_en"),
        ("licence", "checked_on", "changes_on"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModuleEdition]:
        """The draft only."""
        return super().get_queryset(request).filter(number=0)


class ModuleForm(forms.ModelForm):
    """The facts of a module. Without an address it gets one of its English title, else of its code."""

    slug = forms.SlugField(
        label=_("address on the site"),
        max_length=60,
        required=False,
        help_text=_("left empty: made of the English title, else of the code"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["slug"] = addresses.of(self.instance)

    def clean(self) -> dict[str, Any]:
        """An address is never missing, and never somebody else's old one."""
        data = super().clean() or {}
        if data.get("slug") and (words := addresses.refusal(row=self.instance, text=data["slug"])):
            self.add_error("slug", words)
        if self.instance.pk:  # the slug, under which acts are recorded, stays
            self.new_address = data.get("slug") or addresses.of(self.instance)
            data["slug"] = self.instance.slug
        elif not data.get("slug") and "slug" not in self.errors:
            title = self.data.get("editions-0-title_en", "")
            data["slug"] = addresses.module_address(title=title, code=data.get("code", ""))
        return data


@admin.register(Module)
class ModuleAdmin(OwnRows, SimpleHistoryAdmin):
    """A module: facts, draft text, links to its lessons and quiz items, publish."""

    list_display = ["number", "title", "level", "category", "state"]
    list_filter = ["level", "category"]
    search_fields = ["code", "slug", "draft__title_zh", "draft__title_en"]
    form = ModuleForm
    inlines = [ModuleTextInline]
    ticks = ("skills", "prerequisites")
    labels = {"code": _("code"), "slug": _("address on the site")}
    readonly_fields = ["state", "lesson_links", "item_link"]
    fields = [
        "state",
        "lesson_links",
        "item_link",
        "code",
        "slug",
        "course",
        "category",
        "level",
        "icon",
        "quiz_required",
        "skills",
        "prerequisites",
    ]
    actions = ["publish", "withdraw"]
    own_fields = {"course": Course}
    change_form_template = "admin/courses/module/change_form.html"
    save_on_top = True
    instead = _("Withdraw it instead: learners no longer see it, and what they did stays in their files.")

    def ties(self, rows: QuerySet[Module]) -> dict[str, int]:
        """Also what was once published: records name the edition."""
        found = super().ties(rows)
        if count := ModuleEdition.objects.filter(module__in=rows, number__gt=0).count():
            found[str(_("published editions"))] = count
        return found

    def get_queryset(self, request: HttpRequest) -> QuerySet[Module]:
        """Own modules with what the list shows."""
        rows = super().get_queryset(request).select_related("draft", "published", "category")
        annotated: QuerySet[Module] = rows.annotate(changed=drafts.changed())
        return annotated

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """A new module gets its draft; the button "save and publish" publishes after saving."""
        super().save_related(request, form, formsets, change)
        module = Module.objects.get(pk=form.instance.pk)
        draft = module.editions.filter(number=0).first()
        if module.draft_id is None and draft:
            Module.objects.filter(pk=module.pk).update(draft=draft)
        ensure_draft(module=Module.objects.get(pk=module.pk))
        if "quiz_required" in form.changed_data:
            services.tell_asks_changed(module_id=module.pk)
        if "_publish" in request.POST:
            self.publish(request, Module.objects.filter(pk=module.pk))

    def save_model(self, request: HttpRequest, obj: Module, form: Any, change: bool) -> None:
        """With its address: the old one leads on to it."""
        super().save_model(request, obj, form, change)
        if change and form.new_address != addresses.of(obj):
            addresses.rename(row=obj, text=form.new_address)

    def get_urls(self) -> list[Any]:
        """And the page that shows what publishing would change."""
        view = self.admin_site.admin_view(self.look)
        return [path("<int:pk>/publish/", view, name="courses_module_publish"), *super().get_urls()]

    def response_change(self, request: HttpRequest, obj: Module) -> HttpResponse:
        """Where somebody else's work would go live, it is shown first."""
        if "_publish" in request.POST and publishing.must_look(module=obj, user=request.user):
            return redirect("admin:courses_module_publish", obj.pk)
        page: HttpResponse = super().response_change(request, obj)
        return page

    def look(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What learners will see otherwise, block by block and by whom; publish it from here."""
        module = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, module):
            raise PermissionDenied
        found = changes.of(module)
        if request.method == "POST" and request.POST.get("mark") == changes.mark(found):
            publishing.publish(request, module, found)
            return redirect("admin:courses_module_change", pk)
        return publishing.page(self.admin_site.each_context(request), request, module, found)

    @admin.display(description=_("code"), ordering="code")
    def number(self, module: Module) -> str:
        """Its code."""
        return module.code

    @admin.display(description=_("title"))
    def title(self, module: Module) -> str:
        """The draft's title."""
        return module.draft.title if module.draft else "–"

    @admin.display(description=_("state"))
    def state(self, module: Any) -> str:
        """Published or draft, in words."""
        if not module.published:
            return str(_("draft, learners do not see it"))
        if not module.changed:
            return str(_("published"))
        look = format_html('<a href="{}">{}</a>', publishing.address(module), _("see what"))
        return format_html("{} · {}", _("changed since publishing"), look)

    @admin.display(description=_("lessons"))
    def lesson_links(self, module: Module) -> str:
        """Links to the draft's lessons, and one to add another."""
        if not module.pk or module.draft is None:
            return "–"
        rows = ((form_of(le), le.position, le) for le in module.draft.lessons.select_related("lesson"))
        links = format_html_join("", '<div><a href="{}">{}. {}</a></div>', rows)
        address = f"{reverse('admin:courses_lessonedition_add')}?module={module.pk}"
        add = format_html('<div><a href="{}">+ {}</a></div>', address, _("add a lesson"))
        back = format_html_join(
            "",
            '<div><a href="{}&amp;slug={}">↩ {}</a></div>',
            (
                (address, row.lesson.slug, _("put “%(lesson)s” back, with its readers") % {"lesson": row})
                for row in addresses.left_out(module)
            ),
        )
        return format_html("{}{}{}", links, add, back)

    @admin.display(description=_("quiz"))
    def item_link(self, module: Module) -> str:
        """Ways to the module's quiz and its items, as their room tells."""
        links = [link(module) for _name, link in registry.module_link] if module.pk else []
        rows = [(link.href, link.text) for link in links]
        return format_html_join("", '<div><a href="{}">{}</a></div>', rows) or "–"

    @admin.action(description=_("Publish: learners see it from now on"))
    def publish(self, request: HttpRequest, queryset: QuerySet[Module]) -> None:
        """Publish each module that is whole; say for the others what is missing, or who else has written."""
        for module in queryset:
            found = changes.of(module)
            if changes.by_others(found, request.user):
                publishing.ask_to_look(request, module)
            else:
                publishing.publish(request, module, found)

    @admin.action(description=_("Withdraw: learners no longer see it"))
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Module]) -> None:
        """Take modules from learners' sight."""
        for module in queryset:
            withdraw_module(module=module)
