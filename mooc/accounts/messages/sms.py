"""Sending text messages: one interface, the console by default, one HTTP gateway."""

from __future__ import annotations

import json
import sys
import urllib.request
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

SECONDS = 8


class Sender(Protocol):
    """Sends one message or raises ``OSError``."""

    def send(self, phone: str, text: str) -> None: ...


class ConsoleSender:
    """Prints messages, for one machine and for demonstrations."""

    def send(self, phone: str, text: str) -> None:
        """Write to the console."""
        sys.stdout.write(f"SMS to {phone}: {text}\n")
        sys.stdout.flush()


class NoSender:
    """A server without a gateway: messages wait and are given up, people sign in by password."""

    def send(self, phone: str, text: str) -> None:
        """Never sends."""
        raise OSError("no gateway is set: MOOC_SMS_GATEWAY_URL")


class HttpGatewaySender:
    """Posts JSON ``{"phone", "text"}`` with a bearer token to ``MOOC_SMS_GATEWAY_URL``."""

    def send(self, phone: str, text: str) -> None:
        """Hand over to the gateway; anything but a 2xx answer within 8 s is an ``OSError``."""
        request = urllib.request.Request(  # noqa: S310  # the operator's own address
            settings.SMS_GATEWAY_URL,
            data=json.dumps({"phone": phone, "text": text}).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {settings.SMS_GATEWAY_TOKEN}",
            },
        )
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310  # as above
            if not 200 <= answer.status < 300:
                raise OSError(f"gateway answered {answer.status}")


def sender() -> Sender:
    """The sender that the settings name."""
    made: Sender = import_string(settings.SMS_SENDER)()
    return made
