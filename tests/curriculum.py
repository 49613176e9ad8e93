"""The small curriculum of ``tests/content``, loaded once a process and put back row by row.

Loading it as an operator does takes half a second, a thousand times in a run; putting the same rows back takes
a twentieth of that. ``test_content.py`` shows that loading finds nothing to change in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction

from tests.conftest import ROOT

Rows = dict[Any, tuple[Any, ...]]


def load() -> None:
    """As an operator does."""
    call_command("load_content", str(ROOT / "tests" / "content"), verbosity=0)


@dataclass(frozen=True)
class Table:
    """The rows of one table that loading makes."""

    name: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def put_back(self) -> None:
        """Write them again, with the same keys."""
        quote = connection.ops.quote_name
        marks = ", ".join(["%s"] * len(self.columns))
        names = ", ".join(map(quote, self.columns))
        into = f"INSERT INTO {quote(self.name)} ({names}) VALUES ({marks})"  # noqa: S608  # our own names
        with connection.cursor() as cursor:
            cursor.executemany(into, self.rows)


def everything() -> dict[str, tuple[tuple[str, ...], Rows]]:
    """Of each model's table the columns, and the rows by key."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            name = model._meta.db_table
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")  # noqa: S608  # our own names
            columns = tuple(column[0] for column in cursor.description)
            at = columns.index(model._meta.pk.column)
            found[name] = (columns, {row[at]: tuple(row) for row in cursor.fetchall()})
    return found


def kept() -> list[Table]:
    """What loading writes, found out by loading and taking it back."""
    tables = []
    with transaction.atomic():
        before = everything()
        load()
        for name, (columns, after) in everything().items():
            _columns, old = before[name]
            assert old.items() <= after.items(), f"loading changed rows of {name}: it only adds here"
            made = [row for key, row in after.items() if key not in old]
            if made:
                tables.append(Table(name, columns, made))
        transaction.set_rollback(True)
    return tables
