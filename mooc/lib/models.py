"""Base classes for models. This room has no tables of its own."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class TimeStamped(models.Model):
    """When a row was made and last changed."""

    created_at = models.DateTimeField(auto_now_add=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True, editable=False)

    class Meta:
        abstract = True


class InCode:
    """Of a column: its choices, its default and its checks are code that lives on; no database holds them, and no
    migration names them. One that imported them would break on the day they move. A column that is added later
    needs a default of its own in its migration, for the rows that are there."""

    plain: ClassVar[str]

    def deconstruct(self) -> Any:
        """For a migration it is a plain column."""
        name, _path, args, kwargs = super().deconstruct()  # type: ignore[misc]  # a mixin of fields
        left = {
            key: value for key, value in kwargs.items() if key not in ("choices", "default", "validators")
        }
        return name, f"django.db.models.{self.plain}", args, left


class CharInCode(InCode, models.CharField):  # type: ignore[type-arg]  # takes its types in the stubs only
    """A short text of which code knows more than the database."""

    plain = "CharField"


class TextInCode(InCode, models.TextField):  # type: ignore[type-arg]  # takes its types in the stubs only
    """A text of which code knows more than the database."""

    plain = "TextField"


class MomentInCode(InCode, models.DateTimeField):  # type: ignore[type-arg]  # takes its types in the stubs only
    """A moment of which code knows more than the database."""

    plain = "DateTimeField"
