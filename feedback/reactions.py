"""One tap on how a module was: the word that counts now, and its record."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import Module
from learners.data import Act, Activity, ObjectType, Verb
from learners.models import Enrolment, Learner
from learners.recording import Stored, module_titles, record_act
from mooc.lib.errors import DomainError

from .data import Face
from .models import Reaction


def react(
    *,
    learner: Learner,
    module: Module,
    face: int,
    tap: uuid.UUID,
    signed_in: bool,
    at: dt.datetime | None = None,
) -> None:
    """Store a face and its learning record, together. A later tap replaces, the same tap again does nothing.

    The record's score is the face on a scale 0–1.

    :param tap: made with the panel; each face of it is a tap of its own.
    :raises DomainError: for no face, or from somebody who has not completed the module.
    """
    if face not in Face.values:
        raise DomainError(_("Choose one of the three."), code="face", field="face")
    if not has_completed(learner, module):
        raise DomainError(_("Finish the module first."), code="not_complete")
    edition = module.published.number if module.published else 0
    activity = Activity(ObjectType.MODULE, module.slug, *module_titles(module), edition)
    act = Act(
        uuid.uuid5(tap, str(face)), Verb.RATED, activity, at or timezone.now(), module.slug,
        score=(face - 1) / 2, response=Face(face).name.lower(),
    )  # fmt: skip
    with transaction.atomic():
        if record_act(learner=learner, act=act, signed_in=signed_in, module=module) is Stored.DUPLICATE:
            return
        Reaction.objects.update_or_create(learner=learner, module=module, defaults={"face": face})


def has_completed(learner: Learner, module: Module) -> bool:
    """Whether a learner has completed a module: 1 query."""
    return Enrolment.objects.filter(learner=learner, module=module, completed_at__isnull=False).exists()
