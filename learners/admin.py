"""The trainers' forms of learners: classes."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from mooc.accounts.admin_access import OwnRows
from mooc.accounts.data import Role

from .models import Cohort


@admin.register(Cohort)
class CohortAdmin(OwnRows, SimpleHistoryAdmin):
    """Classes one leads."""

    own_roles = (Role.TRAINER, Role.HELPER)
    list_display = ["title", "region", "starts_on", "ends_on", "list_link"]
    autocomplete_fields = ["region"]
    ticks = ("modules",)
    fields = ["list_link", "title", "trainer", "region", "starts_on", "ends_on", "modules", "open_to_join"]

    def get_readonly_fields(self, request: HttpRequest, obj: Cohort | None = None) -> list[str]:
        """Who leads a class is the operator's to change."""
        return ["list_link"] if request.user.is_superuser else ["list_link", "trainer"]

    def get_fields(self, request: HttpRequest, obj: Cohort | None = None) -> list[str]:
        """A class that is not there yet has no list."""
        return self.fields if obj else self.fields[1:]

    def save_model(self, request: HttpRequest, obj: Cohort, form: Any, change: bool) -> None:
        """Whoever makes a class leads it."""
        if obj.trainer_id is None:
            obj.trainer = request.user
        super().save_model(request, obj, form, change)

    @admin.display(description=_("class list"))
    def list_link(self, cohort: Cohort) -> str:
        """Link to the list with progress and QR code."""
        return format_html('<a href="/classes/{}/">{}</a>', cohort.pk, _("who is in it, QR code"))
