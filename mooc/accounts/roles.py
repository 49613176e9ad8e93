"""Operators: there is always one, and two who leave in one moment cannot both be the last but one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mooc.lib.errors import DomainError

from .models import User


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
