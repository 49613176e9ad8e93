"""The trainers' form of a course: its name, who teaches it, its modules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from mooc.accounts.rights import Right
from mooc.accounts.sign_in.who import signed_in
from mooc.accounts.staff.admin_access import OwnRows
from mooc.lib.desk import form_of

from ..models import Course
from ..publishing import addresses
from .catalogue import TITLES
from .languages import OneLanguage

if TYPE_CHECKING:
    from django.contrib.admin.options import _FieldGroups


class CourseForm(OneLanguage):
    """A course; its name may be in one language."""

    pairs = ("title",)


@admin.register(Course)
class CourseAdmin(OwnRows, SimpleHistoryAdmin):
    """A course and the modules in it."""

    list_display = ["title_zh", "title_en", "module_links"]
    fields = ["title_zh", "title_en", "trainers", "module_links"]
    readonly_fields = ["module_links"]
    form = CourseForm
    labels = TITLES | {"trainers": _("trainers"), "category": _("category")}
    autocomplete_fields = ["trainers"]

    def get_readonly_fields(self, request: HttpRequest, obj: Course | None = None) -> list[str]:
        """Who may teach a course is the operator's to say."""
        return (
            self.readonly_fields
            if signed_in(request).may(Right.RUN_SITE)
            else [*self.readonly_fields, "trainer_names"]
        )

    def get_fields(self, request: HttpRequest, obj: Course | None = None) -> _FieldGroups:
        """For others than the operator, their names."""
        titles = ["title_zh", "title_en", *([] if obj else ["category"])]
        who = "trainers" if signed_in(request).may(Right.RUN_SITE) else "trainer_names"
        return [
            *titles,
            *([who] if obj or signed_in(request).may(Right.RUN_SITE) else []),
            *(["module_links"] if obj else []),
        ]

    @admin.display(description=_("trainers"))
    def trainer_names(self, course: Course) -> str:
        """Who teaches it."""
        return ", ".join(str(user) for user in course.trainers.all()) or "–"

    def save_model(self, request: HttpRequest, obj: Course, form: Any, change: bool) -> None:
        """A new course has an address of its own."""
        if not change:
            obj.slug = addresses.course_address(title=obj.title_en, subject=obj.category.code)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Whoever makes a course teaches it."""
        super().save_related(request, form, formsets, change)
        if not change and not signed_in(request).may(Right.RUN_SITE):
            form.instance.trainers.add(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Courses stay."""
        return False

    @admin.display(description=_("modules"))
    def module_links(self, course: Course) -> str:
        """Links to the modules of the course."""
        rows = (
            (form_of(m), m.code, m.draft.title if m.draft else m.slug)
            for m in course.modules.select_related("draft")
        )
        return format_html_join("", '<div><a href="{}">{} {}</a></div>', rows)
