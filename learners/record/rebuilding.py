"""Comparing and recomputing summaries for everybody, one learner at a time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from django.db import transaction

from courses.models import Module

from ..models import Enrolment, Learner, LearningRecord, LessonProgress
from . import summaries


def check_all(*, most: int = 1000) -> Iterator[str]:
    """Differences between summaries and records, ``most`` at most."""
    ids = Learner.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=500)
    return islice((line for pk in ids for line in summaries.differences(pk)), most)


def rebuild_all() -> int:
    """Write every learner's summaries anew from the records. Returns the number of learners."""
    count = 0
    for pk in Learner.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=500):
        rebuild(pk)
        count += 1
    return count


def rebuild(learner_id: int) -> None:
    """Write one learner's summaries anew; rows without a record go."""
    with transaction.atomic():
        slugs = set(
            LearningRecord.objects.filter(learner_id=learner_id).values_list("module_slug", flat=True)
        )
        LessonProgress.objects.filter(learner_id=learner_id).delete()
        Enrolment.objects.filter(learner_id=learner_id).exclude(module__slug__in=slugs).delete()
        for module in Module.objects.filter(slug__in=slugs - {""}):
            summaries.bring_up_to_date(learner_id, module)
