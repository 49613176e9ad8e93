"""Marks on functions, for who finds the function later: Django's templates and managers, our middleware."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


def marked(**marks: object) -> Callable[[Function], Function]:
    """Decorator: the function itself, with these attributes. Wrappers made by ``functools.wraps`` have them too."""

    def put(function: Function) -> Function:
        function.__dict__.update(marks)
        return function

    return put
