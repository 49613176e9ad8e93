"""What may go unwritten: the disk is full, and a page answers all the same."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError

from ..errors import DomainError

logger = logging.getLogger(__name__)


@contextmanager
def may_go_unwritten(what: str) -> Iterator[None]:
    """Only around what nobody misses at once: a line in the log says that ``what`` was not kept.

    Not inside a transaction: a full disk ends the whole of it.
    """
    try:
        yield
    except OperationalError as error:
        logger.error("%s not written: %s", what, error)  # full for hours: one line each is enough


@contextmanager
def or_refuse(sentence: Any) -> Iterator[None]:
    """Around what needs writing and can be told in a sentence: no error page where a form stands.

    :raises DomainError: when the database cannot write.
    """
    try:
        yield
    except OperationalError as error:
        logger.error("refused: %s", error)  # as above
        raise DomainError(sentence, code="not_stored") from error
