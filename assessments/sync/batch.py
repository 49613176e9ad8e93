"""A batch: who sent it, and what became of each item."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from learners.record.clocks import Clock
from learners.record.senders import Owner, Sender
from mooc.accounts.sign_in import limits
from mooc.lib.errors import DomainError, TooMany

from .kinds import store
from .reading import Item, read

logger = logging.getLogger(__name__)

#: Refused now, and may be stored another time: the phone keeps it.
LATER = frozenset(
    {
        "unknown_lesson",
        "unknown_quiz",
        "unknown_module",
        "not_stored",
        "moved",
        "other_person",
        "not_complete",
    }
)

#: What the form of the same thing counts by address, this way counts too; the phone keeps what is too much.
LIMITED = {"report": "said", "question": "asked", "reaction": "face"}


def store_item(*, sender: Sender, values: Any, clock: Clock) -> dict[str, Any]:
    """Store one item in a savepoint of its own and say what became of it. Never raises.

    :returns: ``keep`` says whether the phone should send it again later; ``url`` where it can be seen.
    """
    shown = values.get("id", "") if isinstance(values, Mapping) else ""
    answer = {
        "id": shown[:36] if isinstance(shown, str) else "",
        "status": "rejected",
        "keep": False,
        "corrected": False,
    }
    try:
        item, owner = _read(sender, values, clock)  # a guest made here stays when its first item is undone
        with transaction.atomic():
            stored, url = store(owner, item)
        came = {"status": stored.value, "code": "", "detail": "", "url": url}
        return answer | came | {"corrected": item.corrected(owner.learner)}
    except DomainError as error:
        later = error.code in LATER or isinstance(error, TooMany)
        return answer | {"code": error.code, "detail": str(error), "keep": later, "url": ""}
    except (DatabaseError, UnicodeError):
        logger.exception("sync item not stored")
        said = _("Not stored. Send it again later.")
        return answer | {"code": "not_stored", "detail": said, "keep": True, "url": ""}


def _read(sender: Sender, values: Any, clock: Clock) -> tuple[Item, Owner]:
    if isinstance(values, Mapping) and (what := LIMITED.get(str(values.get("kind")))):
        limits.address_must(sender.request, what)
    item = read(values, clock)
    return item, sender.owner_of(item.values["who"])
