"""Who is signed in, where nobody else gets."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeGuard, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from mooc.lib.pages.request import Request

from ..models import User
from ..rights import Right

P = ParamSpec("P")
Answer = TypeVar("Answer", bound=HttpResponseBase)


class SignedIn(Request):
    """The request of a view behind :func:`with_right`: its user is an account."""

    user: User


def _may(request: HttpRequest, right: Right | None) -> TypeGuard[SignedIn]:
    return isinstance(request.user, User) and (right is None or request.user.may(right))


def signed_in(request: HttpRequest, right: Right | None = None) -> User:
    """The account.

    :param right: which it must have.
    :raises PermissionDenied: when nobody is signed in (a page leads to the sign-in page then), or without it.
    """
    if not _may(request, right):
        raise PermissionDenied
    return request.user


def with_right(
    right: Right,
) -> Callable[[Callable[Concatenate[SignedIn, P], Answer]], Callable[Concatenate[HttpRequest, P], Answer]]:
    """A view for whoever has the right: signed out goes to sign-in, anybody else finds nothing here."""

    def decorate(
        view: Callable[Concatenate[SignedIn, P], Answer],
    ) -> Callable[Concatenate[HttpRequest, P], Answer]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
            if not _may(request, right):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate
