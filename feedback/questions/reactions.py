"""One tap on how a module was: the word that counts now, and its record."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import Module
from learners.data import Act, Activity, ObjectType, Verb
from learners.models import Enrolment, Learner, LearningRecord
from learners.record.recording import Stored, module_titles, record_act
from mooc.lib.errors import DomainError
from mooc.lib.privacy import evidence

from ..data import Face
from ..models import Reaction


@evidence.writing("react")
def react(
    *,
    learner: Learner,
    module: Module,
    face: int,
    tap: uuid.UUID,
    signed_in: bool,
    at: dt.datetime | None = None,
    claimed: dt.datetime | None = None,
) -> Stored:
    """Store a face and its learning record, together. A later tap replaces, the same tap again does nothing.

    The record's score is the face on a scale 0–1. A tap that comes late changes nothing that was said after it.

    :param tap: made with the panel; each face of it is a tap of its own.
    :raises DomainError: for no face, or from somebody who has not completed the module.
    """
    if face not in Face.values:
        raise DomainError(_("Choose one of the three."), code="face", field="face")
    if not has_completed(learner, module):
        raise DomainError(_("Finish the module first."), code="not_complete")
    at = at or timezone.now()
    with transaction.atomic():
        earlier = list(_taps(learner, module))
        later = bool(earlier) and earlier[0][0] > at
        act = Act(
            id=_tap_id(tap, face, [] if later else earlier),
            verb=Verb.RATED,
            object=_activity(module),
            happened_at=at,
            module=module.slug,
            score=(face - 1) / 2,
            response=Face(face).name.lower(),
            claimed_at=claimed,
        )
        stored = record_act(learner=learner, act=act, signed_in=signed_in, module=module)
        if stored is Stored.STORED and not later:
            Reaction.objects.update_or_create(learner=learner, module=module, defaults={"face": face})
    return stored


def _activity(module: Module) -> Activity:
    edition = module.published.number if module.published else 0
    return Activity(ObjectType.MODULE, module.slug, *module_titles(module), edition)


def _taps(learner: Learner, module: Module) -> QuerySet[LearningRecord, tuple[dt.datetime, uuid.UUID]]:
    """When each face was tapped here, and its id; the latest first."""
    rows = LearningRecord.objects.filter(learner=learner, object_type=ObjectType.MODULE, verb=Verb.RATED)
    found = rows.filter(object_id=module.slug).order_by("-happened_at", "-pk")
    return found.values_list("happened_at", "uuid")


def _tap_id(tap: uuid.UUID, face: int, earlier: list[tuple[dt.datetime, uuid.UUID]]) -> uuid.UUID:
    """The id of a tap: of the panel and the face. Back to a face after another one of the same panel is a tap
    of its own; after one of a newer panel it is the network that brings it once more."""
    usual, taps = uuid.uuid5(tap, str(face)), [identifier for _at, identifier in earlier]
    others = [f"{other}{turn}" for other in Face.values if other != face for turn in ("", *_turns(taps))]
    back = usual in taps and taps[0] in {uuid.uuid5(tap, other) for other in others}
    return uuid.uuid5(tap, f"{face} {len(taps)}") if back else usual


def _turns(taps: list[uuid.UUID]) -> list[str]:
    return [f" {number}" for number in range(len(taps))]


def has_completed(learner: Learner, module: Module) -> bool:
    """Whether a learner has completed a module: 1 query."""
    return Enrolment.objects.filter(learner=learner, module=module, completed_at__isnull=False).exists()
