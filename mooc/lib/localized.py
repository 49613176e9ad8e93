"""Two languages in paired columns, read through one name.

``title = Localized("title")`` beside the columns ``title_zh`` and ``title_en`` gives
``obj.title`` in the reader's language. Publishing a module refuses a blank language, so course content has
no fallback; a draft, or an answer written in one language, shows the other language rather than nothing.
"""

from __future__ import annotations

from typing import Any, overload

from django.utils.translation import get_language

LANGS = ("zh", "en")


def current() -> str:
    """``zh`` or ``en``, the reader's language."""
    return "en" if (get_language() or "").startswith("en") else "zh"


class Localized:
    """Descriptor that reads ``<name>_zh`` or ``<name>_en`` by the active language."""

    def __init__(self, name: str) -> None:
        self.zh, self.en = f"{name}_zh", f"{name}_en"

    @overload
    def __get__(self, obj: None, owner: type) -> Localized: ...
    @overload
    def __get__(self, obj: Any, owner: type) -> str: ...
    def __get__(self, obj: Any, owner: type) -> str | Localized:
        if obj is None:
            return self
        first, second = (self.en, self.zh) if current() == "en" else (self.zh, self.en)
        return str(getattr(obj, first) or getattr(obj, second))
