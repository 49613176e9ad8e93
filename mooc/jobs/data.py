"""What crosses borders: where a job stands, and what a kind of job says of itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from mooc.lib.registry import Registry

Work = Callable[[Any, Any], None]  # a Job and its Pulse: both stand above this file


class JobState(models.TextChoices):
    """Where a job stands."""

    QUEUED = "queued", pgettext_lazy("of a job", "waiting")
    RUNNING = "running", pgettext_lazy("of a job", "running")
    DONE = "done", pgettext_lazy("of a job", "done")
    FAILED = "failed", pgettext_lazy("of a job", "failed")
    CANCELLED = "cancelled", pgettext_lazy("of a job", "cancelled")


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
