"""Erasing a person, and what is handed out to them: computed from the register (``mooc.lib.privacy.personal``)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models

from . import evidence, personal
from .personal import Owner, Person, Table, Then

Found = list[tuple[Table, Owner, list[Any]]]


def forget(person: Person, found: Found) -> int:
    """Empty or delete the rows :func:`rows` found; those of the person itself stay, for the caller.

    Called inside a transaction. What depends on others goes first; past versions go last, because deleting
    leaves one. Returns how many rows were touched.
    """
    count = 0
    with evidence.writing("erase_person"):
        for table, owner, keys in found:
            if owner.then == Then.MASK:
                count += _mask(table, keys, person.names)
            elif owner.then == Then.BLANK:
                count += _blank(table, owner, keys)
        going = [row for row in found if row[1].then == Then.DELETE and not row[0].root]
        for table, _owner, keys in _in_order(going):
            if table.past_of:  # deleting has just left one more
                keys = sorted({*keys, *_past_rows(table, found)})
            count += _chunked(table, keys, lambda rows: rows.delete()[0])
    return count


def rows(person: Person) -> Found:
    """Every row of a person, by table: keys, found before anything goes."""
    found: Found = []
    tables = personal.declared()
    for table in tables.values():
        for owner in table.owners:
            keys = set(personal.rows_of(table, owner, person).values_list("pk", flat=True))
            if table.past_of:
                keys |= _past_rows(table, found)
            if keys or any(other.model == table.past_of for other, _owner, _keys in found):
                found.append((table, owner, sorted(keys)))
    return found


def _past_rows(table: Table, found: Found) -> set[Any]:
    """Past versions of rows that are the person's today: they were somebody else's on paper, a guest's."""
    now = [key for other, _owner, keys in found if other.model == table.past_of for key in keys]
    history: models.QuerySet[Any] = models.QuerySet(table.model_class)
    return set(history.filter(id__in=now).values_list("pk", flat=True)) if now else set()


def export(person: Person) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Everything kept about a person: app → table → rows, without what is secret or somebody else's."""
    data: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for table, owner, keys in rows(person):
        if owner.then != Then.MASK and table.called:
            data.setdefault(table.model.split(".")[0], {}).setdefault(table.called, []).extend(
                _exported(table, keys)
            )
    return data


def _exported(table: Table, keys: list[Any]) -> Iterator[dict[str, Any]]:
    names = table.exported
    model = table.model_class
    found = list(models.QuerySet(model).filter(pk__in=keys).order_by("pk").values(*names))
    for name in names:
        column = model._meta.get_field(name)
        if isinstance(column, models.ForeignKey) and column.related_model is not None:
            words = _words(column.related_model, {row[name] for row in found})
            for row in found:
                row[name] = words.get(row[name])
    yield from found


def _words(model: type[models.Model], keys: set[Any]) -> dict[Any, str]:
    """What rows are called. Of other people only those who work here are named."""
    rows: models.QuerySet[Any] = models.QuerySet(model).filter(pk__in=keys - {None})
    if model is get_user_model():
        rows = rows.filter(models.Q(is_staff=True) | models.Q(left_at__isnull=False))
    elif model in personal.roots():
        return {}
    return {row.pk: str(row) for row in rows}


def _mask(table: Table, keys: list[Any], names: tuple[str, ...]) -> int:
    """Take a person's names out of words others wrote."""
    count = 0
    columns = table.personal.split()
    for row in models.QuerySet(table.model_class).filter(pk__in=keys).values("pk", *columns):
        clean = {name: _without(row[name], names) for name in columns}
        if any(clean[name] != row[name] for name in columns):
            count += models.QuerySet(table.model_class).filter(pk=row["pk"]).update(**clean)
    return count


def _without(value: Any, names: tuple[str, ...]) -> Any:
    if isinstance(value, str):
        return personal.masked(value, names)
    return json.loads(personal.masked(json.dumps(value, ensure_ascii=False), names))


def _blank(table: Table, owner: Owner, keys: list[Any]) -> int:
    """Empty the personal columns and the tie to the person."""
    model = table.model_class
    tie = owner.path.split("__")[0]
    empty: dict[str, Any] = {name: _empty(model._meta.get_field(name)) for name in table.personal.split()}
    if tie:
        empty[tie] = None
    return _chunked(table, keys, lambda rows: rows.update(**empty))


def _empty(column: Any) -> Any:
    if column.null:
        return None
    if column.has_default() and not isinstance(column, models.UUIDField):
        return column.get_default()
    return "" if column.empty_strings_allowed else column.get_default()


def _chunked(table: Table, keys: list[Any], act: Any) -> int:
    """In portions: one database takes no more than so many parameters."""
    portions = (keys[at : at + 500] for at in range(0, len(keys), 500))
    return sum(act(models.QuerySet(table.model_class).filter(pk__in=portion)) for portion in portions)


def _in_order(found: Found) -> Iterator[tuple[Table, Owner, list[Any]]]:
    """What points at others before what it points at; past versions last."""
    left = [row for row in found if not row[0].past_of]
    while left:
        pointed = {
            column.related_model
            for table, _owner, _keys in left
            for column in table.model_class._meta.local_concrete_fields
            if column.related_model is not None and column.related_model is not table.model_class
        }
        free = [row for row in left if row[0].model_class not in pointed] or left[:1]
        yield from free
        left = [row for row in left if not any(row is gone for gone in free)]
    yield from (row for row in found if row[0].past_of)
