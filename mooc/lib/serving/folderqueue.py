"""The embedded broker: Kombu's queue of files in a folder, made safe between processes.

Kombu writes a message under the name the worker is watching for, so a worker may read it while it is
empty, fails to parse it and ends: the message is lost and the worker gone. Here a file gets its name when
it is whole, and what cannot be read (a power cut) is left out. The sweepers start again what is missing.
"""

from __future__ import annotations

import logging
import os
import time
import uuid
from pathlib import Path
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps

logger = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    """Messages and tables appear whole, or not at all."""

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        file: Path = self._exchange_file(exchange)
        if not file.exists():
            file.parent.mkdir(exist_ok=True)
            blank = self._written(file.parent, b"[]")
            try:
                os.link(blank, file)  # never over a table another process has just made
            except FileExistsError:
                pass
            finally:
                blank.unlink()
        super()._queue_bind(exchange, routing_key, pattern, queue)  # locked, and no longer on nothing

    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]  # its two bases there call it by different names
        folder = Path(self.data_folder_out)
        name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        try:
            self._written(folder, str_to_bytes(dumps(payload))).rename(folder / name)
        except OSError as error:
            raise ChannelError(f"Cannot add a message to {folder}") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        while True:
            try:
                return super()._get(queue)  # at once: it has no use for a timeout
            except ValueError:  # not JSON, not UTF-8; the file is gone from the folder already
                logger.warning("a message that cannot be read was left out")

    @staticmethod
    def _written(folder: Path, content: bytes) -> Path:
        """A whole file under a name no reader looks for."""
        path = folder / f".{uuid.uuid4()}.new"
        path.write_bytes(content)
        return path


class Transport(filesystem.Transport):
    """For ``CELERY_BROKER_TRANSPORT``."""

    Channel = Channel
