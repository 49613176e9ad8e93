"""The admin site: one way in, in the site's look."""

from __future__ import annotations

import functools
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from mooc.lib import registry

from . import deeds
from .deeds import Did
from .forms import typed


class WrittenDown(admin.ModelAdmin):
    """What is done on the desk stands in the register of who did what, by ids and names of fields."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """A list of names was looked at: how many. Lists that show people by name say so: ``names_people``."""
        response = super().changelist_view(request, extra_context)
        shown = (getattr(response, "context_data", None) or {}).get("cl")
        if getattr(self, "names_people", False) and shown is not None:
            where = f"desk/{self.model._meta.label_lower}"
            deeds.note_names(by=request.user, where=where, count=len(shown.result_list))
        return response

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Added."""
        deeds.note(by=request.user, did=Did.ADDED, about=obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Changed."""
        deeds.note(by=request.user, did=Did.CHANGED, about=obj, detail=deeds.fields_of(message))
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Deleted."""
        for obj in queryset:
            deeds.note(by=request.user, did=Did.DELETED, about=obj)
        return super().log_deletions(request, queryset)


class AdminSite(admin.AdminSite):
    """Trainers' and operators' desk. Signing in goes through the one sign-in page."""

    site_header = _("Trainers' desk")
    site_title = _("Trainers' desk")
    index_title = _("Your work today")
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Whatever can be changed here is written down, other people's packages too."""
        given = admin_class or admin.ModelAdmin
        super().register(model_or_iterable, type(given.__name__, (WrittenDown, given), {}), **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Signed in without the right is 404 here as everywhere, not a second sign-in page."""
        guarded = super().admin_view(view, cacheable)

        @functools.wraps(guarded)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            if request.method == "POST" and not request.user.is_authenticated:
                return typed.refused(request) or guarded(request, *args, **kwargs)
            return guarded(request, *args, **kwargs)

        return inner

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """A list of work before the list of tables: the panels apps have for this person."""
        found = (provider(request.user) for _name, provider in registry.desk_panel)
        panels = sorted((panel for panel in found if panel), key=lambda panel: panel.place)
        return super().index(request, {"panels": panels} | (extra_context or {}))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send to the sign-in page and back."""
        if request.user.is_authenticated:
            raise PermissionDenied  # signed in without the right: not here
        target = request.GET.get("next", reverse("admin:index"))
        return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")
