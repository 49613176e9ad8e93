"""Whether somebody had the time to read: how long what they say they read was before their eyes.

Two questions. *How many seconds count* of a visit: no more than went by, over all windows of a learner
(:func:`counted_seconds`). *Was it read* (:func:`hurried`): the tick on a lesson stands at once, but a module
counts as finished only when each of its lessons was open for as long as skimming it takes, visits added up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType

from courses import selectors as courses
from courses.models import Block, LessonEdition, Module
from courses.standing import while_content_stands

from ..data import Act, ObjectType, Verb
from ..models import Learner, LearningRecord
from .durations import free_seconds, least_seconds
from .summaries import ModuleSummary, read_summary

OPENINGS = (Verb.INITIALIZED, Verb.RESUMED)


def counted_seconds(learner: Learner, act: Act) -> int | None:
    """The seconds of an act that count: since the lesson was opened, or left before, and in no other window.

    2 queries for an act with seconds, else none. The learner's row must be held: two windows tell at once.
    """
    if not act.seconds or act.object.type != ObjectType.LESSON:
        return act.seconds
    earliest = act.happened_at - dt.timedelta(seconds=act.seconds)
    mine = LearningRecord.objects.filter(learner=learner, object_type=ObjectType.LESSON)
    here = mine.filter(object_id=act.object.id, happened_at__lte=act.happened_at)
    since = earliest
    left = (
        here.filter(verb=Verb.SUSPENDED)
        .order_by("-happened_at")
        .values_list("happened_at", flat=True)
        .first()
    )
    opened = here.filter(verb__in=OPENINGS)
    if left is not None:
        opened = opened.filter(happened_at__gt=left)
    first = opened.order_by("happened_at").values_list("happened_at", flat=True).first()
    if (began := first or left) is not None:
        since = max(since, began)
    others = mine.filter(seconds__gt=0, happened_at__gt=since).values_list("happened_at", "seconds")
    counted = [(at.timestamp() - seconds, at.timestamp()) for at, seconds in others]
    return free_seconds(
        act.seconds, until=act.happened_at.timestamp(), since=since.timestamp(), counted=counted
    )


@while_content_stands
def least_of(edition_id: int) -> Mapping[str, int]:
    """The least seconds each lesson of an edition takes: 1 query, none while the content stands."""
    texts: dict[str, list[str]] = {}
    rows = Block.objects.filter(lesson__edition_id=edition_id).values_list(
        "lesson__lesson__slug", "heading_zh", "body_zh", "heading_en", "body_en"
    )
    for slug, heading_zh, body_zh, heading_en, body_en in rows:
        zh, en = texts.setdefault(slug, ["", ""])
        texts[slug] = [f"{zh} {heading_zh} {body_zh}", f"{en} {heading_en} {body_en}"]
    return MappingProxyType({slug: least_seconds(zh, en) for slug, (zh, en) in texts.items()})


def hurried(edition_id: int | None, summary: ModuleSummary) -> list[str]:
    """The lessons of an edition that were ticked faster than anybody can skim them."""
    if edition_id is None:
        return []
    least = least_of(edition_id)
    return [
        slug
        for slug, lesson in summary.lessons.items()
        if lesson.done_at and lesson.seen < least.get(slug, 0)
    ]


def hurried_lessons(learner_id: int, module: Module) -> tuple[LessonEdition, ...]:
    """What somebody has to read once more before the module counts as finished: 1 query, in order."""
    slugs = set(hurried(module.published_id, read_summary(learner_id, module.slug)))
    return tuple(row for row in courses.known_lessons(module.published_id) if row.lesson.slug in slugs)
