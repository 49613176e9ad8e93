"""Forms of accounts: forgiving in what they take, one clear sentence each."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mooc.lib.text import names
from mooc.lib.text.cleaning import clean

from ..models import User
from . import phones


class PhoneForm(forms.Form):
    """A mobile number."""

    phone = forms.CharField(
        label=_("Mobile number"),
        max_length=40,
        error_messages={"required": _("A mobile number has 11 digits and starts with 1. Look again.")},
    )

    def clean_phone(self) -> str:
        number = phones.normalise(self.cleaned_data["phone"])
        if number is None:
            raise forms.ValidationError(_("A mobile number has 11 digits and starts with 1. Look again."))
        return number


class CodeForm(forms.Form):
    """The six digits of the message."""

    code = forms.CharField(
        label=_("The 6 digits of the message"),
        max_length=60,
        error_messages={"required": _("The message has 6 digits. Look again.")},
    )

    def clean_code(self) -> str:
        digits = phones.digits_only(self.cleaned_data["code"], 6)
        if len(digits) != 6:
            raise forms.ValidationError(_("The message has 6 digits. Look again."))
        return digits


class PersonForm(forms.Form):
    """Who this is, and their consent."""

    name = forms.CharField(
        label=_("What are you called?"),
        max_length=40,
        error_messages={"required": _("Write the name people call you.")},
    )
    birth_year = forms.IntegerField(label=_("Year of birth (if you like)"), required=False)
    guardian = forms.BooleanField(
        label=_("I am the parent or guardian and I agree (under 14)"), required=False
    )
    consent = forms.BooleanField(
        label=_("I agree that my learning is kept here"),
        error_messages={"required": _("Tick this if it is all right. Without it we may keep nothing.")},
    )

    def clean_name(self) -> str:
        name = names.plain(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("Write the name people call you."))
        names.validate(name)
        return name

    def clean_birth_year(self) -> int | None:
        year: int | None = self.cleaned_data["birth_year"]
        if year is not None and not 1920 <= year <= timezone.localdate().year:
            raise forms.ValidationError(_("A year like 1975. Leave it empty if you like."))
        return year


class OwnerForm(forms.Form):
    """What the owner of a silent account knows."""

    name = forms.CharField(
        label=_("The name you wrote down then"),
        max_length=40,
        error_messages={"required": _("Write the name people call you.")},
    )
    year = forms.CharField(label=_("Your year of birth"), max_length=10, required=False)

    def clean_year(self) -> int | None:
        digits = phones.digits_only(self.cleaned_data["year"], 4)
        return int(digits) if len(digits) == 4 else None


class PasswordPersonForm(PersonForm):
    """The same for people without a phone: a name and a password."""

    password = forms.CharField(
        label=_("A password, 8 characters or more"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput,
        error_messages={"required": _("Make up a password of 8 characters or more.")},
    )
    field_order = ["name", "password", "birth_year", "guardian", "consent"]

    def clean_name(self) -> str:
        name = super().clean_name()
        if phones.normalise(name):
            raise forms.ValidationError(_("That is a phone number. Write the name people call you."))
        if User.objects.filter(name_key=names.key(name)).exists():
            raise forms.ValidationError(_("This name is taken. Add a number or your village."))
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password"):
            try:
                validate_password(data["password"], User(username=data.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data


class PasswordForm(forms.Form):
    """Name or number, and password."""

    login = forms.CharField(label=_("Name or mobile number"), max_length=150)
    password = forms.CharField(label=_("Password"), max_length=128, strip=False, widget=forms.PasswordInput)

    def clean_login(self) -> str:
        return clean(self.cleaned_data["login"])
