"""Writers queue on a lock of the process before they queue on the file.

SQLite lets a second writer poll with growing pauses, up to 100 ms each. With four threads in one web
process most of that time is sleep. A lock wakes the next writer at once; other processes (the
worker) still meet at the file, as before. Whoever cannot get the lock in time goes on to the file's
own queue, so the lock can delay but never decide.
"""

from __future__ import annotations

import threading
from typing import Any

from django.db.backends.sqlite3 import base

_writers = threading.Lock()
PATIENCE = 20.0  # seconds, like the busy timeout


class DatabaseWrapper(base.DatabaseWrapper):
    """Holds the process's write lock from BEGIN IMMEDIATE to COMMIT or ROLLBACK."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._holds = False

    def _start_transaction_under_autocommit(self) -> None:
        if not self._holds:
            self._holds = _writers.acquire(timeout=PATIENCE)
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # in Django, not in its stubs
        except BaseException:
            self._let_go()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]  # in Django, not in its stubs
        finally:
            self._let_go()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # in Django, not in its stubs
        finally:
            self._let_go()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]  # in Django, not in its stubs
        finally:
            self._let_go()

    def _let_go(self) -> None:
        if self._holds:
            self._holds = False
            _writers.release()
