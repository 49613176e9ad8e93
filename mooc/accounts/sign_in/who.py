"""Who is signed in, where nobody else gets."""

from __future__ import annotations

from typing import ParamSpec, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from mooc.lib.pages.request import Request

from ..models import User

P = ParamSpec("P")
Answer = TypeVar("Answer", bound=HttpResponseBase)


class SignedIn(Request):
    """The request of a view behind :func:`with_right` or :func:`members_only`: its user is an account."""

    user: User


def signed_in(request: HttpRequest) -> User:
    """The account.

    :raises PermissionDenied: when nobody is signed in: a page leads to the sign-in page then.
    """
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
