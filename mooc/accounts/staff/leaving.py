"""An account that goes: nothing of a learner's stays; of who worked here the name stays beside what was done."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

from django.db.models import CASCADE, QuerySet
from django.utils import timezone

from mooc.lib.privacy import evidence, personal
from mooc.lib.privacy.keeping import relations_to

from ..models import User


def work_of(user: User) -> Iterator[QuerySet[Any]]:
    """What an account did for others and what outlives it: answers, help given, reports, edits of lessons.

    Past versions of what learners wrote are left out: a learner's own tap makes one, too.
    """
    tables = personal.declared()
    for relation in relations_to(User):
        table = tables.get(relation.related_model._meta.label)
        of_people = table is not None and table.past_of and table.owners
        if relation.on_delete is not CASCADE and not of_people:
            yield relation.related_model._base_manager.filter(**{relation.field.name: user.pk})


@evidence.writing("erase_person")
def leave(user: User) -> None:
    """Delete an account, or empty it where something somebody has done here says who did it.

    An emptied account has a name and no door: no number, no mail, no password, no role, nothing it could sign in
    with; the database holds it to that. So the register, a lesson's past and "who helped" never go blank.
    Called inside the transaction that erases the person.
    """
    for relation in relations_to(User):
        if relation.on_delete is CASCADE:
            relation.related_model._base_manager.filter(**{relation.field.name: user.pk}).delete()
    if not any(rows.exists() for rows in work_of(user)):
        user.delete()
        return
    gone = User(pk=user.pk, username=f"gone-{secrets.token_hex(8)}", display_name=str(user)[:40])
    gone.set_unusable_password()
    gone.is_active, gone.date_joined, gone.left_at = False, user.date_joined, timezone.now()
    gone.save(force_update=True)
