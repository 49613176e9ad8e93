"""Whole numbers in what comes from outside: a form, an address, a file."""

from __future__ import annotations

from collections.abc import Iterable

MOST = 18  # digits: every such number fits the eight bytes of a database


def whole_number(text: str | None, digits: int = MOST) -> int | None:
    """The number that ``text`` spells in plain digits; ``None`` for anything else, and past so many digits.

    For what is sent by ourselves and is bad only when somebody meddles: it is passed over, not explained. What
    people type is a field of a form. ``int()`` would take signs, spaces, underscores, the digits of every script
    and numbers no database holds; ``str.isdigit()`` is true of "²", which ``int()`` then refuses.
    """
    if not text or len(text) > digits or not text.isascii() or not text.isdigit():
        return None
    return int(text)


def whole_numbers(texts: Iterable[str], digits: int = MOST) -> list[int]:
    """Those of ``texts`` that are whole numbers, in their order: ids of what was ticked."""
    return [number for text in texts if (number := whole_number(text, digits)) is not None]
