"""Words of reports in templates."""

from __future__ import annotations

import datetime as dt

from django import template

from ..reports.reporting import data_date, month_end

register = template.Library()


@register.filter
def up_to(as_of: dt.datetime) -> str:
    """The data date in words: a day that counts whole, else day and time."""
    return data_date(as_of)


@register.filter
def file_size(size: int) -> str:
    """``41300`` → ``41 KB``, ``1234000`` → ``1.2 MB``: on paper's pages nobody pays by the megabyte."""
    return f"{size / 1_000_000:.1f} MB" if size >= 999_500 else f"{max(1, round(size / 1000))} KB"


@register.filter
def until(month: str) -> str:
    """What a report of a month ``2026-10`` holds: all up to its end."""
    return month_end(month)
