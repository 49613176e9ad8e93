"""Background work of courses. Every task may run twice."""

from __future__ import annotations

from celery import shared_task


@shared_task
def tell_law_due() -> None:
    """Pages in memory are made anew when, of late, the law in a module has come up for another look."""
    from . import services

    services.tell_law_due()
