"""Months as ``2026-10``: where they begin and end. Pure."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone


def begin_of(month: str) -> dt.datetime:
    """The midnight a month begins with."""
    return timezone.make_aware(dt.datetime.fromisoformat(f"{month}-01"))


def end_of(month: str) -> dt.datetime:
    """The midnight that ends it."""
    return begin_of(after(month))


def after(month: str) -> str:
    """The month that follows."""
    return f"{dt.date.fromisoformat(f'{month}-01') + dt.timedelta(days=31):%Y-%m}"


def before(month: str) -> str:
    """The month before."""
    return f"{dt.date.fromisoformat(f'{month}-01') - dt.timedelta(days=1):%Y-%m}"


def last_over(today: dt.date) -> str:
    """The last month that is over."""
    return before(f"{today:%Y-%m}")


def last_ends(today: dt.date, count: int) -> tuple[dt.datetime, ...]:
    """The midnights that ended the last ``count`` months, the newest first."""
    found = [f"{today:%Y-%m}"]
    while len(found) < count:
        found.append(before(found[-1]))
    return tuple(begin_of(month) for month in found)
