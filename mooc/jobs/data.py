"""What crosses borders: what a kind of job says of itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from mooc.lib.registry import Registry

Work = Callable[[Any, Any], None]  # a Job and its Pulse: both stand above this file


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of work, registered by the room that does it.

    :param words: what people call it.
    :param work: does it; idempotent, tells its pulse how far it is, ends the job with its result.
    :param again: makes a new job for one that failed or was cancelled, for a person; None when there is
        nothing to do again. Takes the ``Job`` and who asks; gives a ``Job``.
    """

    words: str | Promise
    work: Work
    again: Callable[[Any, Any], Any]


#: kinds of work by their code, as it stands in ``Job.kind``.
kinds: Registry[Kind] = Registry("kind of job")
