"""Operators: there is always one, two who leave in one moment cannot both be the last but one, and none gets
into somebody's account alone."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mooc.lib.errors import DomainError

from ..models import User

WAIT = dt.timedelta(days=3)  # a role given a moment ago makes no learner's account a helper's


def keep_an_operator(*, without: User) -> None:
    """Stop when nobody could run the site without this account. Call inside the transaction that changes it.

    All operators' rows are locked: whoever comes second waits, and counts anew.

    :raises DomainError: for the last active operator.
    """
    operators = User.objects.select_for_update().filter(is_superuser=True, is_active=True).order_by("pk")
    if {user.pk for user in operators} == {without.pk}:
        raise DomainError(
            _("This is the only operator. Make somebody else an operator first."), code="last_operator"
        )


def opens(operator: User, account: User) -> bool:
    """Whether an operator alone may change what somebody signs in with: password, number, key to the API.

    The own, and those of who has worked here for some days. Of a learner, never: a role that was given just
    now would be the way round it. Of another operator neither.
    """
    if operator.pk == account.pk:
        return True
    long_ago = timezone.now() - WAIT
    return not account.is_superuser and account.role_grants.filter(created_at__lt=long_ago).exists()
