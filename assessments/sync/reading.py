"""Reading an item of a batch: every value is what it must be, or the item is refused by name."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from learners.models import Learner
from learners.record import clocks
from learners.record.clocks import Clock, When
from mooc.lib.errors import DomainError
from mooc.lib.pages.http import parse_uuid

from ..bank import posted


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a phone made: readers of its values, each refusing what cannot be used."""

    values: Mapping[str, Any]
    clock: Clock

    @property
    def id(self) -> uuid.UUID:
        """:raises DomainError: when it has none."""
        identifier = self.values.get("id")
        found = parse_uuid(identifier) if isinstance(identifier, str) else None
        if found is None:
            raise DomainError(_("The item has no usable id."), code="bad_id")
        return found

    def text(self, name: str, most: int) -> str:
        """Text of at most ``most`` letters; empty when not given."""
        value = self.values.get(name, "")
        usable = isinstance(value, str) and len(value) <= most and "\x00" not in value
        if not usable or any("\ud800" <= ch <= "\udfff" for ch in value):
            raise DomainError(_("“%(name)s” is not usable.") % {"name": name}, code="bad_value")
        return str(value)

    def number(self, name: str, most: int) -> int:
        """A whole number from 0 to ``most``; 0 when not given."""
        value = self.values.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            raise DomainError(_("“%(name)s” is not usable.") % {"name": name}, code="bad_value")
        return value

    def choice(self) -> list[str | int]:
        """What the form of the question sends as ``choice``: ids of answers, for most kinds."""
        value = self.values.get("chosen")
        if not isinstance(value, list) or len(value) > posted.MOST or not all(map(_fits_a_form, value)):
            raise DomainError(_("“chosen” is a list of answer ids."), code="bad_value")
        return value

    def edition(self) -> int | None:
        """The edition of the question that the phone showed; nothing from one that does not say."""
        return self.number("edition", 999_999) if "edition" in self.values else None

    def uuid(self, name: str) -> uuid.UUID | None:
        """A UUID, or nothing."""
        return parse_uuid(self.text(name, 36))

    def when(self, learner: Learner, *, needed: bool = True) -> When:
        """When it happened."""
        if not needed and "at" not in self.values:
            return When(self.clock.received, None)
        claimed = clocks.moment(self.values.get("at"))
        if claimed is None:
            raise DomainError(_("“at” is a time like 2026-11-23T08:30:00+08:00."), code="bad_time")
        return self.clock.when(claimed, learner)


def _fits_a_form(value: object) -> bool:
    return type(value) is int or (isinstance(value, str) and len(value) <= posted.LONGEST)
