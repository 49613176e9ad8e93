"""Background work of accounts. Every task may run twice."""

from __future__ import annotations

from celery import shared_task
from django.core.management import call_command

from . import services


@shared_task
def send_text(message_id: int) -> None:
    """Send one message."""
    services.send_text(message_id=message_id)


@shared_task
def send_waiting_sms() -> None:
    """Send what a lost worker left waiting."""
    for message_id in services.waiting_messages():
        services.send_text(message_id=message_id)


@shared_task
def clear_expired() -> None:
    """Drop sessions, codes and messages that are of no more use."""
    call_command("clearsessions")
    services.forget_old_codes()
