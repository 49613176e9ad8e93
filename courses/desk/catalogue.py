"""The operator's lists around courses: subjects, skills, tracks, and what people looked for."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from mooc.accounts.staff.admin_access import KeepsHistory
from mooc.accounts.staff.forms.forms import DeskForm

from ..models import Category, SearchQuery, Skill, Track

TITLES = {"title_zh": _("title, Chinese"), "title_en": _("title, English")}


@admin.register(SearchQuery)
class SearchQueryAdmin(admin.ModelAdmin):
    """What people looked for; searches without a hit are demand."""

    list_display = ["text", "hits", "asked_at", "opened", "seconds_to_lesson"]
    list_filter = ["hits", "language"]
    search_fields = ["text"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Searches are made by searching."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Searches are facts."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What nobody found is demand."""
        return False


@admin.register(Category, Skill, Track)
class CatalogueAdmin(KeepsHistory, DeskForm, admin.ModelAdmin):
    """What the operator names: subjects, skills, tracks."""

    labels = TITLES | {
        "code": _("code"),
        "slug": _("address on the site"),
        "family": _("family"),
        "icon": _("icon"),
        "position": _("order"),
        "category": _("category"),
        "level": _("level"),
        "links": _("links"),
        "text_zh": _("text, Chinese"),
        "text_en": _("text, English"),
    }

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """With names for people."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name in self.labels:
            field.label = self.labels[db_field.name]
        return field
