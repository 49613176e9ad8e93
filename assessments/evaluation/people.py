"""What evaluation does with a person's rows."""

from __future__ import annotations

from learners.models import Learner
from mooc.lib.privacy import evidence

from .models import ClosedPerson, HelpGiven


@evidence.writing("merge_person")
def merge(source: Learner, target: Learner) -> None:
    """What was done to help a guest goes to the account. Of two accounts also what was counted of the one that goes:
    the next closing says that they are one."""
    HelpGiven.objects.filter(learner=source).update(learner=target)
    ClosedPerson.objects.filter(learner=source).update(learner=target)
