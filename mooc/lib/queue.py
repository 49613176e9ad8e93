"""Handing work to Celery after commit, without failing the page when the broker is away."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction

logger = logging.getLogger(__name__)


def later(task: Any, *args: Any) -> None:
    """Queue ``task(*args)`` once the transaction has committed.

    When the broker cannot be reached the row stays as it is and the sweeper finds it.
    """

    def send() -> None:
        try:
            task.apply_async(args=args, retry=False)
        except Exception as error:  # noqa: BLE001  # whatever the broker's library raises: the row waits
            logger.warning("broker away (%s), %s waits for the sweeper", type(error).__name__, task.name)

    transaction.on_commit(send)
