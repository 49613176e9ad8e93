"""The operator's forms of accounts."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .admin_access import KeepsHistory
from .models import Region, RoleGrant, TextMessage, User


class RoleInline(admin.TabularInline):
    """Roles of a person."""

    model = RoleGrant
    extra = 0
    autocomplete_fields = ["region"]


@admin.register(User)
class UserAdmin(KeepsHistory, DjangoUserAdmin):
    """People who can sign in."""

    instead = _(
        "Untick “active” instead: nobody can sign in then. People delete their own data under “My data is mine”."
    )

    list_display = ["username", "display_name", "phone", "is_staff", "is_active"]
    list_filter = ["is_staff", "is_superuser", "is_active", "role_grants__role"]
    search_fields = ["username", "display_name", "phone"]
    ordering = ["username"]
    inlines = [RoleInline]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (
            _("Person"),
            {
                "fields": [
                    "display_name",
                    "phone",
                    "phone_verified",
                    "email",
                    "language",
                    "elder_mode",
                ]
            },
        ),
        (_("Rights"), {"fields": ["is_active", "is_staff", "is_superuser"]}),
    ]


@admin.register(Region)
class RegionAdmin(KeepsHistory, admin.ModelAdmin):
    """The region tree."""

    list_display = ["code", "name_zh", "name_en", "level"]
    list_filter = ["level"]
    search_fields = ["code", "name_zh", "name_en"]
    autocomplete_fields = ["parent"]


@admin.register(TextMessage)
class TextMessageAdmin(admin.ModelAdmin):
    """Messages that wait or failed. The text is never shown: it holds a code."""

    list_display = ["id", "state", "tries", "created_at"]
    list_filter = ["state"]
    fields = ("state", "tries", "created_at", "expires_at")
    readonly_fields = ("state", "tries", "created_at", "expires_at")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Messages are made by signing in."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One that waits would never arrive; old ones go by themselves."""
        return False
