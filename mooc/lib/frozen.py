"""Values that threads may share, because nobody can change them.

A tuple, a frozen dataclass or a ``MappingProxyType`` is one by itself. A row of a model is made one: it keeps
its class for everything that asks, but setting an attribute, reloading or saving it is an error. A copy
(``copy.copy``) is an ordinary row again.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import functools
import uuid
from collections.abc import Collection, Iterable
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.functional import Promise

V = TypeVar("V")
PLAIN = (
    str,
    bytes,
    int,
    float,
    Decimal,
    dt.date,
    dt.time,
    dt.timedelta,
    uuid.UUID,
    enum.Enum,
    Promise,
    type(None),
)


def frozen(value: V) -> V:
    """``value`` itself, once all that hangs on it is seen to be unchangeable; rows are made so.

    :raises TypeError: for a list, a dict, a set or anything else that somebody could change.
    """
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, Model):
        _freeze(value)
    else:
        for part in _parts(value):
            frozen(part)
    return value


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, tuple | frozenset):
        return value
    if isinstance(value, MappingProxyType):
        return [*value.keys(), *value.values()]
    params: Any = getattr(type(value), "__dataclass_params__", None)
    if dataclasses.is_dataclass(value) and params.frozen:
        return [getattr(value, field.name) for field in dataclasses.fields(value)]
    if getattr(value, "__dict__", None) == {} and not isinstance(value, Collection):
        return ()  # an object without state, as a kind of question is
    raise TypeError(
        f"{type(value).__name__} can be changed: keep a tuple, a frozen dataclass or a MappingProxyType"
    )


def _freeze(row: Model) -> None:
    """The row, and the rows that were read with it."""
    if isinstance(row, _Frozen):
        return
    row.__class__ = _frozen_class(type(row))
    for related in row._state.fields_cache.values():
        frozen(related)
    for read in getattr(row, "_prefetched_objects_cache", {}).values():
        rows = (read._result_cache or ()) if isinstance(read, QuerySet) else read
        for related in rows:
            frozen(related)


class _Frozen:
    """Refuses every change but those by which Django remembers what it has read (their names begin with ``_``)."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_"):
            raise dataclasses.FrozenInstanceError(f"{self!r} is shared: copy it before you set {name}")
        super().__setattr__(name, value)

    def _refuse(self, *_args: Any, **_kwargs: Any) -> None:
        raise dataclasses.FrozenInstanceError(f"{self!r} is shared: copy it before you change it")

    __delattr__ = save = delete = refresh_from_db = _refuse


@functools.cache
def _frozen_class(model: type[Model]) -> type[Model]:
    """The model itself as far as anybody can see. Made without Django's metaclass at work: it is no other model."""
    body = {"__module__": model.__module__, "__qualname__": model.__qualname__, "__doc__": model.__doc__}
    return type.__new__(type(model), model.__name__, (_Frozen, model), body)
