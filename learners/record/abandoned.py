"""Where lessons are left: how many opened one and did not finish, and at which part they were last."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import LessonProgress

MAY_COME_BACK = dt.timedelta(days=7)  # who was in it so lately may yet finish
FEWEST = 5  # people and phones, below which nothing is said


def stops(lessons: Collection[int]) -> Mapping[int, str]:
    """A sentence for each of these lessons that was opened: 1 query.

    Parts are those of the edition that was read; a lesson that was changed since may have others. A phone without an
    account counts as a reader.
    """
    left = Q(done_at=None, last_at__lt=timezone.now() - MAY_COME_BACK)
    rows = LessonProgress.objects.filter(lesson__in=lessons).order_by().values_list("lesson", "block")
    counts: dict[int, int] = Counter()
    places: dict[int, Counter[int]] = defaultdict(Counter)
    for lesson, block, opened, gone in rows.annotate(opened=Count("pk"), gone=Count("pk", filter=left)):
        counts[lesson] += opened
        places[lesson][block] += gone
    return {lesson: _sentence(opened, places[lesson]) for lesson, opened in counts.items()}


def _sentence(opened: int, places: Counter[int]) -> str:
    if opened < FEWEST:
        return _("fewer than five readers")
    left = sum(places.values())
    text = _("%(left)s of %(opened)s left it unfinished") % {"left": left, "opened": opened}
    known = [(n, -block) for block, n in places.items() if block and n >= FEWEST]
    if not known:
        return text
    most, block = max(known)
    more = _("most at part %(block)s: %(n)s") % {"block": -block, "n": most}
    return _("%(one)s, %(two)s") % {"one": text, "two": more}
