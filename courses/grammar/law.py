"""Which texts rest on law, and when the law they name has to be looked at again. Pure computation."""

from __future__ import annotations

import datetime as dt
import re
from enum import Enum

CHECK_EVERY_MONTHS = 12
_ARTICLE = re.compile(r"第\s?[\d、]+(?:\s?[、和]\s?\d+)*\s?条|\barts?\.? \d")
_STANDARD = re.compile(r"\bGB[/T ]* ?\d")
_YEAR = re.compile(r"\b(?:19|20)\d\d(?!\d)|(?<!\d)(?:19|20)\d\d")


class Due(Enum):
    """Why a law text has to be looked at again."""

    CHANGED = "changed"  # the day has come from which the law reads otherwise
    OLD = "old"  # nobody has looked for a year


def names_law(*sources: str) -> bool:
    """Whether one of the source lines names an article of a law or a national standard."""
    return any(_ARTICLE.search(source) or _STANDARD.search(source) for source in sources)


def undated(source: str) -> list[str]:
    """The laws of a source line that are quoted by article and without a year: a law has many texts."""
    parts = re.split(r"[；;]", source)
    return [part.strip() for part in parts if _ARTICLE.search(part) and not _YEAR.search(part)]


def due(checked_on: dt.date | None, changes_on: dt.date | None, today: dt.date) -> Due | None:
    """Whether what was checked then has to be checked again; ``None`` when it need not.

    A change counts until somebody has checked on its day or after it.
    """
    if changes_on and changes_on <= today and (checked_on is None or checked_on < changes_on):
        return Due.CHANGED
    if checked_on is None or _months_after(checked_on, CHECK_EVERY_MONTHS) <= today:
        return Due.OLD
    return None


def _months_after(day: dt.date, months: int) -> dt.date:
    """The first of the month that comes so many months later: what is noted is a month, not a day."""
    years, month = divmod(day.month - 1 + months, 12)
    return dt.date(day.year + years, month + 1, 1)
