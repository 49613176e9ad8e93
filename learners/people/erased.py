"""Who was erased, so that no older archive brings them back: ids and times, in a file beside the database."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from mooc.lib.errors import DomainError

from ..models import Learner
from . import merging

logger = logging.getLogger(__name__)
NAME = "erased.txt"  # a line each: the id no page shows, and when


def note(uuid: UUID) -> None:
    """Write down that somebody was erased. On the disk before anybody is told; a full disk undoes nothing."""
    path = Path(settings.DATA_DIR) / NAME
    try:
        with path.open("a", encoding="utf-8") as file:
            path.chmod(0o600)
            file.write(f"{uuid} {timezone.now().isoformat()}\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        logger.error("erased, but not written down (%s): an older archive would bring %s back", error, uuid)


def again() -> None:
    """Erase whom an archive brought back. Whoever came to be later under the same id stays."""
    path = Path(settings.DATA_DIR) / NAME
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        uuid, _space, when = line.partition(" ")
        moment = parse_datetime(when)
        learner = Learner.objects.filter(uuid=uuid, created_at__lt=moment).first() if moment else None
        if learner is None:
            continue
        try:
            merging.erase(learner=learner)
        except DomainError as error:
            logger.error("learner %s was erased and is back: %s", learner.pk, error.code)
