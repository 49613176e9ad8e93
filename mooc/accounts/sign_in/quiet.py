"""A number whose account has been silent for long: it may be a recycled number, in the hands of a stranger.

Operators give numbers out again after some months. So after a long silence the code alone opens nothing: its
owner tells the name the account was opened with, and the year of birth where one was stated. Whoever is new
begins an account of their own; the old one then has no number, and the station can give it one again.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mooc.lib import registry
from mooc.lib.errors import DomainError, TooMany
from mooc.lib.privacy import evidence
from mooc.lib.text import names
from mooc.lib.text.cleaning import mask_phone

from ..models import PhoneChange, User
from . import limits

LONG = dt.timedelta(days=180)  # counted from the last sign-in; a session lasts sixty days at most
TRIES_A_DAY = 5


def is_silent(user: User) -> bool:
    """Whether nobody has signed in to this account for so long that its number may be somebody else's now."""
    return (user.last_login or user.date_joined) < timezone.now() - LONG


def asks_year(user: User) -> bool:
    """Whether the owner stated a year of birth, and so can say it."""
    return any(year(user) for _name, year in registry.year_of_birth)


def recognise(*, user: User, name: str, year: int | None) -> None:
    """Stop unless somebody knows what the owner of ``user`` knows.

    :raises DomainError: when they do not; the try is counted.
    :raises TooMany: after five tries a day.
    """
    if limits.counted(f"quiet:{user.pk}", 86400) >= TRIES_A_DAY:
        raise TooMany(_("Too many tries today. Call the station, they help."))
    known = {names.key(user.display_name), names.key(user.username)} - {""}
    years = {found for _name, provider in registry.year_of_birth if (found := provider(user))}
    if names.key(name) in known and (not years or year in years):
        return
    limits.count(f"quiet:{user.pk}", 86400)
    raise DomainError(
        _("That is not what was written down then. Look again, or call the station."), code="unknown"
    )


@evidence.writing("give_up_number")
def give_up_number(*, phone: str) -> None:
    """Take a number from the silent account that has it: its holder begins a new one.

    The old account keeps everything, ends its sessions, and is on record as having had the number.
    """
    with transaction.atomic():
        for user in User.objects.select_for_update().filter(phone=phone):
            if not is_silent(user):
                raise DomainError(_("This number belongs to another account."), code="taken", field="phone")
            User.objects.filter(pk=user.pk).update(phone=None, phone_verified=False)
            PhoneChange.objects.create(user=user, changed_by=None, before=mask_phone(phone), after="")
