"""The trainers' forms of learners: classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from mooc.accounts.models import Region
from mooc.accounts.rights import Right
from mooc.accounts.sign_in.who import signed_in
from mooc.accounts.staff.admin_access import OwnRows

from .classes import cohorts  # the first registers itself
from .models import Cohort
from .people import admin as admin_uniting  # noqa: F401  # the first registers itself

if TYPE_CHECKING:
    from django.contrib.admin.options import _FieldGroups


@admin.register(Cohort)
class CohortAdmin(OwnRows, SimpleHistoryAdmin):
    """Classes one leads."""

    needs = Right.LEAD_CLASSES
    instead = _("Close it instead: untick “people may join”, and set its last day.")
    list_display = ["title", "region", "starts_on", "ends_on", "list_link"]
    ticks = ("modules",)
    fields = ["list_link", "title", "trainer", "region", "starts_on", "ends_on", "modules", "open_to_join"]

    def get_readonly_fields(self, request: HttpRequest, obj: Cohort | None = None) -> list[str]:
        """Who leads a class is the operator's to change."""
        return (
            ["list_link"] if signed_in(request).everywhere(Right.LEAD_CLASSES) else ["list_link", "trainer"]
        )

    def get_fields(self, request: HttpRequest, obj: Cohort | None = None) -> _FieldGroups:
        """A class that is not there yet has no list."""
        return self.fields if obj else self.fields[1:]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """A class is made where its code and list are shown."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return redirect(reverse("learners:classes") + "#new")

    def has_change_permission(self, request: HttpRequest, obj: Cohort | None = None) -> bool:
        """Who looks after the place sees a class; only who leads it changes it."""
        return super().has_change_permission(request, obj) and (
            obj is None or cohorts.may_change(obj, request.user)
        )

    def has_delete_permission(self, request: HttpRequest, obj: Cohort | None = None) -> bool:
        """As above. The list deletes nothing: it may show classes of others."""
        return obj is not None and self.has_change_permission(request, obj)

    def get_form(
        self, request: HttpRequest, obj: Cohort | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Places are one's own, and the one the class has."""
        form = super().get_form(request, obj, change, **kwargs)
        if "region" in form.base_fields:
            places = cohorts.places_for(request.user)
            kept = Region.objects.filter(pk=obj.region_id) if obj else Region.objects.none()
            form.base_fields["region"].queryset = places | kept
        return form

    def save_model(self, request: HttpRequest, obj: Cohort, form: Any, change: bool) -> None:
        """Whoever makes a class leads it."""
        if obj.trainer_id is None:
            obj.trainer = request.user
        super().save_model(request, obj, form, change)

    @admin.display(description=_("class list"))
    def list_link(self, cohort: Cohort) -> str:
        """Link to the list with progress and QR code."""
        return format_html(
            '<a href="{}">{}</a>', reverse("learners:class", args=[cohort.pk]), _("who is in it, QR code")
        )
