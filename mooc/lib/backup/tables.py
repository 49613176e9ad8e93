"""Rows as JSON and back, the same for every database. Knows models only by Django's registry."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import decimal
import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils.duration import duration_string

from ..serving.sqlite.base import DatabaseWrapper

LEFT_OUT = frozenset({"sessions.session"})  # people sign in again
READ, WRITE = 500, 500  # rows held at once


def all_models() -> dict[str, type[models.Model]]:
    """Every table Django knows, many-to-many and history tables among them, by label."""
    found = apps.get_models(include_auto_created=True)
    return {m._meta.label_lower: m for m in found if m._meta.managed and not m._meta.proxy}


def kept_models() -> dict[str, type[models.Model]]:
    """The tables an archive holds."""
    return {label: model for label, model in all_models().items() if label not in LEFT_OUT}


def applied_migrations() -> dict[str, list[str]]:
    """Names of the applied migrations of every app that has some."""
    found: dict[str, list[str]] = {}
    for app, name in MigrationRecorder(connection).applied_migrations():
        found.setdefault(app, []).append(name)
    return {app: sorted(names) for app, names in sorted(found.items())}


def columns(model: type[models.Model]) -> list[str]:
    """Attribute names of a table's columns."""
    return [field.attname for field in model._meta.concrete_fields]


@contextlib.contextmanager
def one_moment() -> Iterator[None]:
    """Read everything as it was at one moment, without holding up anybody who writes."""
    database = connections[DEFAULT_DB_ALIAS]
    if isinstance(database, DatabaseWrapper):
        with database.only_reading(), transaction.atomic(durable=True):
            yield
        return
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def lines(model: type[models.Model]) -> Iterator[bytes]:
    """Every row of a table as one line, in the order of the key; some hundred rows in memory at once."""
    rows = model._base_manager.order_by("pk").values_list(*columns(model)).iterator(chunk_size=READ)
    for row in rows:
        values = [_plain(value) for value in row]
        yield json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _plain(value: Any) -> Any:
    """A value as JSON holds it."""
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat() if value.tzinfo else value.isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return duration_string(value)
    if isinstance(value, uuid.UUID | decimal.Decimal):
        return str(value)
    return value


def is_empty() -> bool:
    """Whether nobody is here yet: no account, and no row in a table that may belong to one.

    Tables that migrations fill belong to nobody.
    """
    user = get_user_model()
    theirs = [
        model
        for model in all_models().values()
        if any(field.related_model is user for field in model._meta.concrete_fields)
    ]
    return not any(model._base_manager.exists() for model in (user, *theirs))


def empty_all() -> None:
    """Delete every row. Triggers keep a full-text index in step. Call inside a transaction."""
    tables = [model._meta.db_table for model in all_models().values()]
    connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), tables))


def insert(model: type[models.Model], names: Sequence[str], rows: Iterable[list[Any]]) -> int:
    """Write rows as they are: no ``save()``, no new time stamps. Returns how many."""
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    fields = [by_name[name] for name in names]
    batch = max(1, min(WRITE, connection.ops.bulk_batch_size(fields, range(WRITE))))
    quote = connection.ops.quote_name
    named = ", ".join(quote(str(field.column)) for field in fields)
    start = f"INSERT INTO {quote(model._meta.db_table)} ({named}) VALUES "  # noqa: S608  # our models' names
    one = f"({', '.join(['%s'] * len(fields))})"
    rows, total = iter(rows), 0
    with connection.cursor() as cursor:
        while some := list(islice(rows, batch)):
            values = [_stored(f, value) for row in some for f, value in zip(fields, row, strict=True)]
            cursor.execute(start + ", ".join([one] * len(some)), values)
            total += len(some)
    return total


def _stored(field: Any, value: Any) -> Any:
    """A value from JSON as this database takes it."""
    if value is not None and not isinstance(field, models.JSONField):
        value = field.to_python(value)
    return field.get_db_prep_save(value, connection)


def finish() -> None:
    """After writing: check every reference, and let the next rows get new numbers."""
    connection.check_constraints()
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(kept_models().values())):
            cursor.execute(statement)
