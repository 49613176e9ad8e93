"""Fields of a form by their name, as what they are."""

from __future__ import annotations

from typing import TypeVar

from django.forms import BaseForm, Field

AField = TypeVar("AField", bound=Field)


def field(form: BaseForm, name: str, kind: type[AField]) -> AField:
    """The field of this form.

    :raises TypeError: when it is of another kind.
    """
    found = form.fields[name]
    if not isinstance(found, kind):
        raise TypeError(f"{name} is a {type(found).__name__}, not a {kind.__name__}")
    return found
