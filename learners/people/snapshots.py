"""Everything that hangs on some learners, row by row: what a change of it did, and how to take that back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.core import serializers
from django.db import IntegrityError, models, transaction
from django.db.models.deletion import CASCADE

from mooc.lib.privacy.keeping import relations_to

from ..models import Enrolment, Learner, LessonProgress

Key = tuple[str, Any]
Rows = dict[Key, dict[str, Any]]
REBUILT = (Enrolment, LessonProgress)  # follow from the records


def take(learners: Iterable[int]) -> Rows:
    """Rows of these learners, of what points at them, and of what would go with that."""
    found: Rows = {}
    _walk(Learner, Learner._base_manager.filter(pk__in=list(learners)), found)
    return found


def _walk(model: type[models.Model], rows: Any, found: Rows) -> None:
    fresh = [row for row in rows if (model._meta.label, row.pk) not in found]
    for row in fresh:
        fields = serializers.serialize("python", [row])[0]["fields"]
        found[(model._meta.label, row.pk)] = {name: _exact(value) for name, value in fields.items()}
    if not fresh:
        return
    for relation in relations_to(model):
        whole = model is Learner
        if relation.related_model in REBUILT or not (whole or relation.on_delete is CASCADE):
            continue
        wanted = {f"{relation.field.name}__in": [row.pk for row in fresh]}
        _walk(relation.related_model, relation.related_model._base_manager.filter(**wanted), found)


def _exact(value: Any) -> Any:
    """Moments to the microsecond: JSON as Django writes it has thousandths only."""
    return value.isoformat() if isinstance(value, dt.datetime) else value


def difference(before: Rows, after: Rows) -> Iterator[dict[str, Any]]:
    """What happened between two pictures: rows that went (whole), changed (their old columns), or came."""
    for (model, pk), fields in before.items():
        now = after.get((model, pk))
        if now is None:
            yield {"model": model, "pk": pk, "gone": fields}
        elif old := {name: value for name, value in fields.items() if now.get(name) != value}:
            yield {"model": model, "pk": pk, "was": old}
    for model, pk in after.keys() - before.keys():
        yield {"model": model, "pk": pk, "came": True}


def take_back(rows: Iterable[dict[str, Any]]) -> int:
    """Undo a :func:`difference`. A row that meanwhile got in the way of another one stays; returns how many did."""
    left = 0
    for row in sorted(rows, key=_turn):
        try:
            with transaction.atomic():
                _take_back(row)
        except IntegrityError:
            left += 1
    return left


def _turn(row: dict[str, Any]) -> tuple[int, bool]:
    """What came goes first, then what went comes back, people before what they have, then columns."""
    return (0 if "came" in row else 1 if "gone" in row else 2), row["model"] != Learner._meta.label


def _take_back(row: dict[str, Any]) -> None:
    model = apps.get_model(row["model"])
    if "gone" in row:
        data = {"model": row["model"], "pk": row["pk"], "fields": row["gone"]}
        for found in serializers.deserialize("python", [data]):
            found.save()  # as it was, without asking the model: the caller says who writes
        return
    here = model._base_manager.filter(pk=row["pk"])
    if "came" in row:
        here.delete()
        return
    columns = {name: model._meta.get_field(name) for name in row["was"]}
    here.update(**{field.attname: field.to_python(row["was"][name]) for name, field in columns.items()})
