"""Writers queue on a lock of the process before they queue on the file.

SQLite lets a second writer poll with growing pauses, up to 100 ms each. With four threads in one web
process most of that time is sleep. A lock wakes the next writer at once; other processes (the
worker) still meet at the file, as before. Whoever cannot get the lock in time goes on to the file's
own queue, so the lock can delay but never decide.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db.backends.sqlite3 import base

_writers = threading.Lock()
PATIENCE = 20.0  # seconds, like the busy timeout


if TYPE_CHECKING:

    class _Wrapper(base.DatabaseWrapper):
        """What Django's has and its types leave out."""

        transaction_mode: str | None

        def _start_transaction_under_autocommit(self) -> None: ...
        def _commit(self) -> None: ...
        def _rollback(self) -> None: ...
        def _close(self) -> None: ...
else:
    _Wrapper = base.DatabaseWrapper


class DatabaseWrapper(_Wrapper):
    """Holds the process's write lock from BEGIN IMMEDIATE to COMMIT or ROLLBACK."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._holds = False

    def _start_transaction_under_autocommit(self) -> None:
        if not self._holds:
            self._holds = _writers.acquire(timeout=PATIENCE)
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._let_go()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()
        finally:
            self._let_go()

    def _rollback(self) -> None:
        try:
            super()._rollback()
        finally:
            self._let_go()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            self._let_go()

    @contextlib.contextmanager
    def only_reading(self) -> Iterator[None]:
        """Transactions begun inside hold no writer up: BEGIN, and not BEGIN IMMEDIATE."""
        mode, self.transaction_mode = self.transaction_mode, "DEFERRED"
        try:
            yield
        finally:
            self.transaction_mode = mode

    def _let_go(self) -> None:
        if self._holds:
            self._holds = False
            _writers.release()
