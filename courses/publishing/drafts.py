"""Whether a module's draft says something else than what learners read."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, Value
from django.db.models.functions import Coalesce

from ..models import Block, LessonEdition, ModuleEdition
from .services import BLOCK_FIELDS, EDITION_TEXTS, LESSON_TEXTS

MODULE = [*EDITION_TEXTS, "licence", "checked_on", "changing"]
LESSON = ["lesson_id", "minutes", *LESSON_TEXTS]
FILES = {"media_id": "file", "media_en_id": "file_en"}
BLOCK = [FILES.get(name, name) for name in (*BLOCK_FIELDS, "lesson__lesson_id")]


def changed() -> Q:
    """A condition on modules: published, and the draft differs in a text, a lesson or a block.

    What publishing copies is compared, not dates: saving a form without a change is none. The order of
    lessons alone is not seen, because publishing numbers them anew.
    """
    one_way = [
        _lacks_twin(model, path, fields, mine, theirs)
        for mine, theirs in (("draft_id", "published_id"), ("published_id", "draft_id"))
        for model, path, fields in ((LessonEdition, "edition", LESSON), (Block, "lesson__edition", BLOCK))
    ]
    differs = Q(_lacks_twin(ModuleEdition, "pk", MODULE, "draft_id", "published_id"))
    for condition in one_way:
        differs |= Q(condition)
    return Q(published__isnull=False) & differs


def _lacks_twin(model: type[Model], path: str, fields: list[str], mine: str, theirs: str) -> Exists:
    """Whether a row of one edition has no equal in the other."""
    rows: Any = model._default_manager.order_by()
    if model is Block:
        files = {alias: Coalesce(name, Value(0)) for name, alias in FILES.items()}
        rows = rows.alias(**files)  # nothing equals nothing, which SQL denies
    if model is ModuleEdition:
        rows = rows.alias(changing=Coalesce("changes_on", Value(dt.date.min)))
    same: dict[str, Any] = {name: OuterRef(name) for name in fields}
    twin = rows.filter(**{path: OuterRef(OuterRef(theirs))}, **same)
    return Exists(rows.filter(~Exists(twin), **{path: OuterRef(mine)}))
