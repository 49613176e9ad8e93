"""A form's id comes back with other words when somebody goes back, writes something else and sends it."""

from __future__ import annotations

import uuid


def second_id(identifier: uuid.UUID, *words: str) -> uuid.UUID:
    """The id of what came later under the same form: its own, and the same again for the same words."""
    return uuid.uuid5(identifier, "\n".join(words))
