"""Content of trainers may be in one language: whoever reads the other one gets what there is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class OneLanguage(forms.ModelForm):
    """A form whose ``pairs`` of boxes (``title`` for ``title_zh`` and ``title_en``) want one of the two."""

    pairs: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for pair in self.pairs:
            for name in (f"{pair}_zh", f"{pair}_en"):
                if name in self.fields:
                    self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """One of the two at least."""
        data = super().clean() or {}
        for pair in self.pairs:
            names = [name for name in (f"{pair}_zh", f"{pair}_en") if name in self.fields]
            if names and not any(data.get(name) for name in names) and not set(names) & set(self.errors):
                self.add_error(names[0], _("Write it in one language at least."))
        return data
