"""Where quizzes are left: begun and never finished, and after how many questions."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping

from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import Attempt

MAY_COME_BACK = dt.timedelta(days=7)
FEWEST = 5  # people and phones, below which nothing is said


def stops(quizzes: Collection[int]) -> Mapping[int, str]:
    """A sentence for each of these quizzes that was begun: 2 queries. Who began lately may yet finish."""
    before = timezone.now() - MAY_COME_BACK
    tries = Attempt.objects.filter(quiz__in=quizzes, created_at__lt=before).order_by()
    people: dict[int, set[int]] = defaultdict(set)
    for quiz, learner in tries.values_list("quiz", "learner").distinct():
        people[quiz].add(learner)
    after: dict[int, Counter[int]] = defaultdict(Counter)
    for quiz, answered in tries.filter(finished_at=None).values_list("quiz", "answered_codes"):
        after[quiz][len(answered.split())] += 1
    return {quiz: _sentence(len(began), after[quiz]) for quiz, began in people.items()}


def _sentence(began: int, after: Counter[int]) -> str:
    if began < FEWEST:
        return _("fewer than five people began it")
    text = _("%(left)s of %(began)s who began did not finish") % {"left": sum(after.values()), "began": began}
    known = [(n, -answered) for answered, n in after.items() if n >= FEWEST]
    if not known:
        return text
    most, answered = max(known)
    more = _("most after %(answered)s answers: %(n)s") % {"answered": -answered, "n": most}
    return _("%(one)s, %(two)s") % {"one": text, "two": more}
