"""The operator's forms of accounts."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from mooc.lib import registry
from mooc.lib.errors import DomainError
from mooc.lib.pages import links

from .models import RoleGrant, TextMessage, User, settle_desk
from .places import admin as admin_places  # noqa: F401  # the first two register themselves
from .sign_in.who import signed_in
from .staff import admin_doors, deeds, roles  # noqa: F401  # the first two register themselves
from .staff.admin_access import KeepsHistory
from .staff.deeds import Deed, Did
from .staff.forms.forms import DeskForm

OWN_DOOR = _(
    "Nobody sets another's password alone. With a number: a code opens the account. Without: write it down here."
)


class RoleInline(admin.TabularInline):
    """Roles of a person."""

    model = RoleGrant
    extra = 0
    autocomplete_fields = ["region"]


class AccountForm(UserChangeForm):
    """The last operator stays one, and stays active."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        stays = data.get("is_superuser", True) and data.get("is_active", True)
        if self.instance.pk and not stays:
            try:
                with transaction.atomic():  # inside the admin's own: the lock stays till it has saved
                    roles.keep_an_operator(without=self.instance)
            except DomainError as error:
                raise ValidationError(error.message) from error
        return data


@admin.register(User)
class UserAdmin(KeepsHistory, DeskForm, DjangoUserAdmin):
    """People who can sign in."""

    instead = _(
        "Untick “active” instead: nobody can sign in then. People delete their own data under “My data is mine”."
    )

    names_people = True
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
    readonly_fields = ["is_staff"]  # follows the roles
    form = AccountForm

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Of who has left only the name is here: nothing is given back to it."""
        return super().has_change_permission(request, obj) and (obj is None or obj.left_at is None)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Roles given and taken are written down."""
        before = _grants(formset.instance)
        super().save_formset(request, form, formset, change)
        after = _grants(formset.instance)
        for did, grants in ((Did.ROLE_GIVEN, after - before), (Did.ROLE_TAKEN, before - after)):
            for grant in sorted(grants):
                deeds.note(by=request.user, did=did, about=formset.instance, detail=grant)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A learner's number is changed where a second person agrees; only who works here has it changed here."""
        fields = super().get_readonly_fields(request, obj)
        shut = obj is not None and not roles.opens(signed_in(request), obj)
        return [*fields, "phone", "phone_verified", "email", "other_number"] if shut else fields

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """With the way to another number."""
        sets = super().get_fieldsets(request, obj)
        if obj is None or roles.opens(signed_in(request), obj):
            return sets
        return [*sets, (_("Another number or password"), {"fields": ["other_number"]})]

    @admin.display(description=_("Another number or password"))
    def other_number(self, user: User) -> str:
        """Where it is written down."""
        return format_html(
            '<a href="{}?q={}">{}</a>',
            links.address("numbers"),
            str(user),
            _("Write it down: a second person agrees"),
        )

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        """Nobody gets into a learner's account alone: a code to the number opens it, or a second person agrees."""
        user = self.get_object(request, unquote(id))
        if user is None or roles.opens(signed_in(request), user):
            return super().user_change_password(request, id, form_url)
        messages.error(request, OWN_DOOR)
        return redirect(f"{links.address('numbers')}?{urlencode({'q': str(user)})}")

    def get_actions(self, request: HttpRequest) -> Any:
        """What other rooms do with accounts, too."""
        more = {
            name: (act, name, getattr(act, "short_description", name))
            for name, act in registry.account_action
        }
        return super().get_actions(request) | more

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The desk follows the roles."""
        super().save_related(request, form, formsets, change)
        settle_desk([form.instance.pk])

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """An operator stops being one first."""
        if any(row.is_superuser for row in objs):
            return (
                [],
                {},
                set(),
                [str(_("An operator’s account is not deleted. Untick “superuser status” first."))],
            )
        return super().get_deleted_objects(objs, request)


@admin.register(TextMessage)
class TextMessageAdmin(admin.ModelAdmin):
    """Messages that wait or failed. The text is never shown: it holds a code."""

    list_display = ["id", "state", "tries", "error", "created_at"]
    list_filter = ["state"]
    fields = readonly_fields = ("state", "tries", "error", "created_at", "ended_at", "expires_at")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Messages are made by signing in."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One that waits would never arrive; old ones go by themselves."""
        return False


def _grants(user: User) -> set[str]:
    """Roles with the codes of their places, as the register keeps them."""
    rows = user.role_grants.values_list("role", "region__code")
    return {" ".join(part for part in row if part) for row in rows}


@admin.register(Deed)
class DeedAdmin(admin.ModelAdmin):
    """The register of who did what: to be read, by operators."""

    list_display = ["at", "did", "who_name", "role", "table", "row", "detail"]
    list_filter = ["did", "role"]
    search_fields = ["who_name", "row", "detail"]

    def _no(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_add_permission = has_change_permission = has_delete_permission = _no
