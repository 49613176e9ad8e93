"""Kinds of questions: one file a kind, one template beside it. Pure: no database, no clock.

A new kind is a file here, its line in ``KINDS``, ``templates/assessments/kinds/<code>.html`` and a test;
``docs/add-a-feature.md`` shows it done.
"""

from __future__ import annotations

from django.utils.functional import Promise

from .base import ItemKind
from .multiple import Multiple
from .ordering import Ordering
from .single import Single
from .truefalse import TrueFalse

KINDS: dict[str, ItemKind] = {kind.code: kind for kind in (Single(), Multiple(), TrueFalse(), Ordering())}


def choices() -> list[tuple[str, str | Promise]]:
    """For fields of models: a new kind needs no migration."""
    return [(kind.code, kind.name) for kind in KINDS.values()]
