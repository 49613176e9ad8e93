"""What other packages keep of how people sign in: on the desk it opens nobody's account."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.authtoken.admin import TokenAdmin
from rest_framework.authtoken.models import TokenProxy

from ..sign_in.who import signed_in
from . import roles

admin.site.unregister(
    [EmailAddress, Authenticator, TokenProxy]
)  # the first opens nothing here: nobody needs it


@admin.register(Authenticator)
class SecondStepAdmin(admin.ModelAdmin):
    """A lost phone's second step is taken away here; its secret is shown to nobody, and none is given."""

    names_people = True
    list_display = ["user", "type", "created_at", "last_used_at"]
    fields = readonly_fields = ("user", "type", "created_at", "last_used_at")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Everybody sets up the own one."""
        return False


@admin.register(TokenProxy)
class KeyAdmin(TokenAdmin):
    """Keys to the API, for programs of who works here: a key acts as its account."""

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """None for an account the operator could not open otherwise."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        check = form.clean

        def clean(self: ModelForm) -> Any:
            data = check(self) or {}
            if data.get("user") and not roles.opens(signed_in(request), data["user"]):
                raise ValidationError(_("Keys are for who has worked here for some days, not for learners."))
            return data

        form.clean = clean  # the class was made for this request
        return form
