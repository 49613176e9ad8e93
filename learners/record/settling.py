"""Settling: whoever has done all a module asks for now is finished now, not at their next act.

What a module asks changes under people's hands: a lesson is left out, questions are taken out of use, the quiz
is no longer wanted. Each such change is a fact (``courses.signals``), and everybody for whom nothing is left
gets the completion, with the moment it became so.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from courses.models import Module

from ..models import Enrolment, Learner
from .recording import settle
from .requirements import asked_of

BATCH = 100  # learners settled in one go


def settle_module(*, module_id: int, after: int = 0, most: int = BATCH) -> int | None:
    """Finish the module for those who have done all it asks, by learner id above ``after``.

    Running it again changes nothing.

    :returns: the last learner's id when there may be more, else ``None``.
    """
    module = Module.objects.published().select_related("published", "draft").filter(pk=module_id).first()
    if module is None:
        return None
    ids = list(
        _with_nothing_left(module).filter(learner_id__gt=after).values_list("learner_id", flat=True)[:most]
    )
    for learner_id in ids:
        _settle_one(learner_id, module)
    return ids[-1] if len(ids) == most else None


def _with_nothing_left(module: Module) -> QuerySet[Enrolment]:
    """Enrolments that are not complete though everything the module asks is given."""
    rows = Enrolment.objects.filter(module=module, completed_at=None).order_by("learner_id")
    for _name, requirement in asked_of(module, fresh=True):
        rows = requirement.among(module, rows)
    return rows


def _settle_one(learner_id: int, module: Module) -> None:
    """Hold the learner's row, as every act does, and look again: it may be complete by now, or gone."""
    with transaction.atomic():
        if not Learner.objects.filter(pk=learner_id).update(version=F("version") + 1):
            return
        settle(Learner.objects.get(pk=learner_id), module, at=timezone.now())


def settle_everything() -> None:
    """Every published module: the net below facts that were lost, or changes made past the services."""
    for module_id in Module.objects.published().order_by("pk").values_list("pk", flat=True):
        last: int | None = 0
        while last is not None:
            last = settle_module(module_id=module_id, after=last)
