"""Rows that prove something: written by named services only.

A row of an :class:`Evidence` model is not saved, updated or deleted unless the code that does it stands inside
``with evidence.writing("name of the service")`` and the model lists that name in ``written_by``. So neither the
desk nor a line in a shell can change by the way what somebody did. Foreign keys to such rows, and from them
to what they are about, say ``PROTECT``: a cascade asks no model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, TypeVar

from django.db import models

from ..marks import marked

Row = TypeVar("Row", bound=models.Model)
_writing: ContextVar[tuple[str, ...]] = ContextVar("evidence_writing", default=())


class EvidenceRefused(TypeError):
    """Somebody who is not one of the model's named services tried to write."""


@contextmanager
def writing(*services: str) -> Iterator[None]:
    """Say which service writes. Inside another ``with`` both names count."""
    token = _writing.set((*_writing.get(), *services))
    try:
        yield
    finally:
        _writing.reset(token)


def refuse_strangers(model: type[Any]) -> None:
    """Stop unless a service that ``model`` names is at work.

    :raises EvidenceRefused: when none is.
    """
    if not any(name in model.written_by for name in _writing.get()):
        raise EvidenceRefused(
            f"{model.__name__} is evidence: written by {', '.join(model.written_by)} only, "
            f"not by {', '.join(_writing.get()) or 'this'}"
        )


class EvidenceQuerySet(models.QuerySet[Any]):
    """What writes many rows at once asks first; what saves one goes through :meth:`Evidence.save`."""

    @marked(alters_data=True)  # as Django marks its own
    def update(self, **columns: Any) -> int:
        """Only for a named service."""
        refuse_strangers(self.model)
        return super().update(**columns)

    @marked(alters_data=True, queryset_only=True)  # a manager has no delete
    def delete(self) -> tuple[int, dict[str, int]]:
        """Only for a named service."""
        refuse_strangers(self.model)
        return super().delete()

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[Any]:
        """Only for a named service."""
        refuse_strangers(self.model)
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_update(self, objs: Any, fields: Iterable[str], *args: Any, **kwargs: Any) -> int:
        """Only for a named service."""
        refuse_strangers(self.model)
        return super().bulk_update(objs, fields, *args, **kwargs)


def _sealed(model: Any) -> set[str]:
    return {*model.sealed}


class SealedQuerySet(models.QuerySet[Row]):
    """Every column may be written but those a model seals; rows go by a named service only."""

    @marked(alters_data=True)  # as Django marks its own
    def update(self, **columns: Any) -> int:
        """Sealed columns only for a named service."""
        if columns.keys() & _sealed(self.model):
            refuse_strangers(self.model)
        return super().update(**columns)

    @marked(alters_data=True, queryset_only=True)  # a manager has no delete
    def delete(self) -> tuple[int, dict[str, int]]:
        """Only for a named service."""
        refuse_strangers(self.model)
        return super().delete()

    def bulk_update(self, objs: Any, fields: Iterable[str], *args: Any, **kwargs: Any) -> int:
        """Sealed columns only for a named service."""
        if set(fields := list(fields)) & _sealed(self.model):
            refuse_strangers(self.model)
        return super().bulk_update(objs, fields, *args, **kwargs)


class Sealed(models.Model):
    """Base of rows that others work on, but whose first words stand: ``sealed`` names these columns.

    A question is answered, hidden and sorted by many; what was asked, by whom and where is changed by the
    services of ``written_by`` only.
    """

    written_by: ClassVar[tuple[str, ...]] = ()
    sealed: ClassVar[tuple[str, ...]] = ()

    objects = SealedQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Any:
        """Remember what stood in the sealed columns."""
        row: Any = super().from_db(*args, **kwargs)
        row._stood = {name: row.__dict__[name] for name in cls._sealed_columns() if name in row.__dict__}
        return row

    @classmethod
    def _sealed_columns(cls) -> list[str]:
        columns = {field.name: field.attname for field in cls._meta.concrete_fields}
        return [columns[name] for name in cls.sealed]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A sealed column that was changed only for a named service."""
        stood = getattr(self, "_stood", {})
        if any(self.__dict__.get(name, value) != value for name, value in stood.items()):
            refuse_strangers(type(self))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Only for a named service."""
        refuse_strangers(type(self))
        return super().delete(*args, **kwargs)


class Evidence(models.Model):
    """Base of rows that prove something. ``written_by`` names the services that may write them."""

    written_by: ClassVar[tuple[str, ...]] = ()

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Only for a named service."""
        refuse_strangers(type(self))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Only for a named service."""
        refuse_strangers(type(self))
        return super().delete(*args, **kwargs)
