"""Background work of accounts. Every task may run twice."""

from __future__ import annotations

import logging

from celery import shared_task
from django.core.management import call_command

from . import services
from .places import moving

logger = logging.getLogger(__name__)


@shared_task
def send_text(message_id: int) -> None:
    """Send one message."""
    services.send_text(message_id=message_id)


@shared_task
def clear_expired() -> None:
    """Drop sessions, codes and messages that are of no more use."""
    call_command("clearsessions")
    services.forget_old_codes()


@shared_task
def check_places() -> None:
    """Look whether every place stands where its parent says; say so in the log when not."""
    for region in moving.crooked()[:20]:
        logger.error("place %s stands at %s, should be %s", region.pk, region.path, region.right_path)
