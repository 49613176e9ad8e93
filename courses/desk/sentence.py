"""A box for one sentence."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import CharField


class Sentence(forms.Textarea):
    """A box in which a whole sentence can be seen; what is sent is still one line."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 2, "cols": 40} | (attrs or {}))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Without the line breaks."""
        value = super().value_from_datadict(data, files, name)
        return " ".join(value.split()) if isinstance(value, str) else value


SENTENCES: dict[Any, dict[str, Any]] = {CharField: {"widget": Sentence}}
