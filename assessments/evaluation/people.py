"""What evaluation does with a person's rows."""

from __future__ import annotations

from learners.models import Learner
from mooc.lib.privacy import evidence

from .models import HelpGiven


@evidence.writing("merge_person")
def merge(source: Learner, target: Learner) -> None:
    """What was done to help a guest goes to the account."""
    HelpGiven.objects.filter(learner=source).update(learner=target)
