"""Facts for higher rooms: sent after commit, or not at all.

A lower app declares ``Signal()`` objects in its ``signals.py`` and calls :func:`emit` with a frozen
dataclass. A receiver that fails is logged and cannot undo what already happened.
"""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction
from django.dispatch import Signal

logger = logging.getLogger(__name__)


def emit(signal: Signal, fact: Any) -> None:
    """Tell receivers of ``signal`` about ``fact`` once the current transaction has committed."""

    def send() -> None:
        for receiver, answer in signal.send_robust(sender=type(fact), fact=fact):
            if isinstance(answer, Exception):
                logger.error("receiver %s failed on %s", receiver, type(fact).__name__, exc_info=answer)

    transaction.on_commit(send)
