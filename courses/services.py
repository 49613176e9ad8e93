"""Writes that concern all courses: the content version, and what makes every page stale."""

from __future__ import annotations

import datetime as dt
import time

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from mooc.lib.events import emit

from . import signals, standing
from .data import ModuleAsksChanged
from .grammar import law
from .models import ContentState, ModuleEdition


def bump_content() -> None:
    """Make every cached page stale, here at once and in other processes within a second."""
    if not ContentState.objects.filter(pk=1).update(version=F("version") + 1):
        ContentState.objects.get_or_create(pk=1)
    transaction.on_commit(standing.forget)


def tell_law_due(*, nights: int = 3) -> None:
    """Raise the content version when a law has come up for another look within so many nights.

    Pages stay in memory while the content stands, and a day that comes changes no content. More than one
    night, because a machine may have slept through the first.
    """
    today = timezone.localdate()
    before = today - dt.timedelta(days=nights)
    editions = ModuleEdition.objects.filter(published_of__isnull=False)
    for checked_on, changes_on in editions.values_list("checked_on", "changes_on"):
        if law.due(checked_on, changes_on, today) != law.due(checked_on, changes_on, before):
            bump_content()
            return


def renew_content() -> None:
    """After a restore: a content version that no running process can have seen.

    The archive's own number, and those after it, may already stand for other pages in the memory of a
    web process; seconds since 1970 are above both.
    """
    state, _made = ContentState.objects.get_or_create(pk=1)
    state.version = max(state.version + 1, int(time.time()))
    state.save(update_fields=["version"])
    transaction.on_commit(standing.forget)


def tell_asks_changed(*, module_id: int) -> None:
    """What the module asks has changed without publishing: pages say so, and whoever has done it all is settled."""
    bump_content()
    emit(signals.module_asks_changed, ModuleAsksChanged(module_id))
