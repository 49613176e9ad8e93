"""What a receipt says besides its items: which database has them, and up to where the last backup goes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import F

from ..models import DatabaseState

MARK = "xiangji-sync"  # a receipt is only what carries this: a portal's page does not


def state() -> DatabaseState:
    """The one row."""
    return DatabaseState.objects.get_or_create(pk=1)[0]


def receipt(*, counts: bool) -> dict[str, Any]:
    """The frame of a receipt, made after its items are stored: a backup that holds the number holds them.

    :param counts: something of the batch is in the database, so this receipt has a number of its own.
    """
    with transaction.atomic():
        row = state()
        if counts:
            DatabaseState.objects.filter(pk=1).update(receipts=F("receipts") + 1)
            row.refresh_from_db()
    return {"mark": MARK, "server": str(row.identity), "high": row.receipts, "backed_up": row.backed_up}


def backing_up() -> Callable[[], None]:
    """Called in the moment that an archive shows; what it gives is called once the archive is on the disk."""
    held = DatabaseState.objects.filter(pk=1).values_list("receipts", flat=True).first() or 0

    def done() -> None:
        DatabaseState.objects.filter(pk=1, backed_up__lt=held).update(backed_up=held)

    return done


def renew_identity() -> None:
    """After a restore this is another database: it holds what the archive holds, and not what came later."""
    row = state()
    row.identity, row.backed_up = uuid.uuid4(), row.receipts
    row.save()
