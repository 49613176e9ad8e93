"""Two languages in paired columns, read through one name.

``title = Localized("title")`` beside the columns ``title_zh`` and ``title_en`` gives
``obj.title`` in the reader's language. Publishing wants one language of trainers' content; a text that is in
one only shows that to readers of the other, and says so: see :class:`Foreign`.
"""

from __future__ import annotations

from typing import Any, overload

from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

LANGS = ("zh", "en")


class Foreign(str):
    """Text in the other language than the reader's. Wherever a template prints it, it stands in an element that
    names its language, for screen readers, the voice and the fonts. In an attribute or a title it is printed
    through ``plain``; what is made of it (``str``, slices) is plain, unless :func:`as_foreign` makes it so."""

    lang = ""

    def __html__(self) -> SafeString:
        return mark_safe(f'<span lang="{self.lang}">{escape(str(self))}</span>')  # noqa: S308  # escaped, a constant


class InChinese(Foreign):
    """Chinese, for a reader of English."""

    lang = "zh-Hans"


class InEnglish(Foreign):
    """English, for a reader of Chinese."""

    lang = "en"


def current() -> str:
    """``zh`` or ``en``, the reader's language."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def read(zh: str, en: str) -> str:
    """The text in the reader's language, else in the other one."""
    if current() == "en":
        return str(en) if en or not zh else InChinese(zh)
    return str(zh) if zh or not en else InEnglish(en)


def as_foreign(text: str, source: str) -> str:
    """``text``, which was made of ``source``, with its language."""
    return type(source)(text) if isinstance(source, Foreign) else text


def fill(sentence: str, **names: str) -> str:
    """A sentence of ours with names in it, each in its language."""
    if not any(isinstance(name, Foreign) for name in names.values()):
        return sentence % names
    return mark_safe(escape(sentence) % {key: conditional_escape(name) for key, name in names.items()})  # noqa: S308  # escaped


class Localized:
    """Descriptor that reads ``<name>_zh`` or ``<name>_en`` by the active language."""

    def __init__(self, name: str) -> None:
        self.zh, self.en = f"{name}_zh", f"{name}_en"

    @overload
    def __get__(self, obj: None, owner: type) -> Localized: ...
    @overload
    def __get__(self, obj: Any, owner: type) -> str: ...
    def __get__(self, obj: Any, owner: type) -> str | Localized:
        return self if obj is None else read(getattr(obj, self.zh), getattr(obj, self.en))
