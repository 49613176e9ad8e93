"""What may be deleted by an ordinary click: only rows nothing else hangs on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import DO_NOTHING, Model, Q, QuerySet

GOES_WITH = "goes_with"  # of a model: names of its foreign keys whose target it is a part of


def goes_along(relation: Any) -> bool:
    """Whether rows of this relation are parts of their target, and go when it goes.

    A model says so itself, in ``goes_with``: the target need not know what stands above it. The lines of a
    many-to-many field are parts of the model that has the field, not of the one it names.
    """
    model, field = relation.related_model, relation.field
    if owner := model._meta.auto_created:
        return bool(issubclass(relation.model, owner) and field.name == owner._meta.model_name)
    return field.name in getattr(model, GOES_WITH, ())


def relations_to(model: type[Model]) -> Iterator[Any]:
    """Everything that points at rows of a model, but the tables of its own past versions."""
    for relation in model._meta.get_fields(include_hidden=True):
        points_here = relation.auto_created and not relation.concrete and not relation.many_to_many
        if points_here and getattr(relation, "on_delete", None) is not DO_NOTHING:
            yield relation


def ties(rows: QuerySet[Any]) -> dict[str, int]:
    """What hangs on these rows and would be lost, or lose its tie: name for people → how many.

    Empty when they may be deleted. Counts only, however much hangs on them.
    """
    found: dict[type[Model], list[QuerySet[Any]]] = {}
    _collect(rows, rows, found)
    counts = {}
    for model, several in found.items():
        wanted = Q()
        for hanging in several:  # one row may hang on two parts: an answer on its item and on its try
            wanted |= Q(pk__in=hanging.values("pk"))
        if count := model._base_manager.filter(wanted).count():
            named: Any = (
                model._meta.auto_created or model
            )  # the lines of a many-to-many field are its owner's
            counts[str(named._meta.verbose_name_plural)] = count
    return counts


def _collect(rows: QuerySet[Any], root: QuerySet[Any], found: dict[type[Model], list[QuerySet[Any]]]) -> None:
    for relation in relations_to(rows.model):
        hanging = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": rows})
        if relation.related_model is root.model:  # a module and its draft point at each other
            hanging = hanging.exclude(pk__in=root)
        if not hanging.exists():
            continue
        if goes_along(relation):
            _collect(hanging, root, found)
        else:
            found.setdefault(relation.related_model, []).append(hanging)
