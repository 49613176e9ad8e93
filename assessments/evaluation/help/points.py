"""Who may need help: transparent points, each with its reason. Pure.

The rules are those of the evaluation model (page ``/model/``): few, so that a trainer can
say them by heart. They are advice to a person, never a decision (Personal Information Protection Law,
art. 24).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

AMBER, RED = 3, 5  # points: the trainer calls; the village station visits
ABSENT = ((14, 3), (7, 1))  # days without a visit while the class runs → points
PAUSED_AFTER, PAUSED_POINTS = dt.timedelta(days=14), 3  # at one's own pace a week away means nothing
LET_GO = dt.timedelta(days=60)  # away for so long at one's own pace: nobody is called for ever
BEHIND = ((0.50, 2), (0.25, 1))  # share of the class's lessons behind plan → points
WEAK_SCORE, WEAK_POINTS = 0.6, 2  # both of the last two quizzes below
UNANSWERED, UNANSWERED_POINTS = dt.timedelta(hours=48), 2
NOT_BEGUN_AFTER, NOT_BEGUN_POINTS = dt.timedelta(days=3), 2
NOT_BEGUN_ALONE = PAUSED_POINTS  # without a class, once they are away as long as a pause
LOOK_AGAIN = dt.timedelta(days=7)  # after a call, a visit or a message: the time a change needs to show


@dataclass(frozen=True, slots=True)
class Plan:
    """The class somebody is in now.

    :param share_gone: how much of its days is over, 0–1. :param lessons: how many it has.
    :param outside: lessons done that are not the class's: they do not count here, and are told.
    """

    share_gone: float
    lessons: int
    lessons_done: int
    outside: int = 0


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of one person. Times are ``None`` where nothing happened.

    :param unfinished: whether something they are enrolled in is not finished.
    :param class_to_come: whether they wait for a class that has not begun.
    """

    enrolled_at: dt.datetime
    last_at: dt.datetime | None
    finished_a_lesson: bool
    last_scores: tuple[float, ...]
    waiting_since: dt.datetime | None
    plan: Plan | None
    unfinished: bool = True
    class_to_come: bool = False
    enrolled_last: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why points were given. ``number`` is days, lessons, per cent or hours, as the code says.

    :param outside: of lessons: how many more were done that do not count.
    """

    code: str
    points: int
    number: int = 0
    of: int = 0
    outside: int = 0


def reasons(signs: Signs, now: dt.datetime) -> list[Reason]:
    """Every reason that holds, the weightiest first. Without a class a person's own pace is the measure:
    see :func:`_asked_for`."""
    found = [*_unanswered(signs, now)]
    if _asked_for(signs, now):
        found += [
            *_absent(signs, now),
            *_paused(signs, now),
            *_behind(signs),
            *_weak(signs),
            *_not_begun(signs, now),
        ]
    return sorted(found, key=lambda reason: -reason.points)


def agreed() -> Reason:
    """That this is the day somebody was promised another call. It adds no points."""
    return Reason("agreed", 0)


def _asked_for(signs: Signs, now: dt.datetime) -> bool:
    """Whether anything but an open question may call for help. In a class that runs: always. Without one not
    where all that was begun is finished, nor before a class begins, nor after :data:`LET_GO`."""
    if signs.plan is not None:
        return True
    return signs.unfinished and not signs.class_to_come and _away(signs, now) <= LET_GO


def _away(signs: Signs, now: dt.datetime) -> dt.timedelta:
    """Since the last act, or since the last module they were put in or began."""
    came = signs.enrolled_last or signs.enrolled_at
    return now - max(signs.last_at or came, came)


def _absent(signs: Signs, now: dt.datetime) -> list[Reason]:
    if signs.plan is None or (signs.plan.lessons and not signs.unfinished):
        return []
    days = (now - (signs.last_at or signs.enrolled_at)).days
    for least, points in ABSENT:
        if days >= least:
            return [Reason("absent", points, days)]
    return []


def _paused(signs: Signs, now: dt.datetime) -> list[Reason]:
    """Learning alone, begun and left. Who has finished no lesson yet is :func:`_not_begun`: one sign, told once."""
    away = _away(signs, now)
    if signs.plan is not None or not signs.finished_a_lesson or away < PAUSED_AFTER:
        return []
    return [Reason("paused", PAUSED_POINTS, away.days)]


def _behind(signs: Signs) -> list[Reason]:
    plan = signs.plan
    if plan is None or not plan.lessons:
        return []
    behind = plan.share_gone - plan.lessons_done / plan.lessons
    for least, points in BEHIND:
        if behind > least:
            return [Reason("behind", points, plan.lessons_done, plan.lessons, plan.outside)]
    return []


def _weak(signs: Signs) -> list[Reason]:
    scores = signs.last_scores[:2]
    if len(scores) < 2 or max(scores) >= WEAK_SCORE:
        return []
    return [Reason("weak", WEAK_POINTS, round(100 * max(scores)))]


def _unanswered(signs: Signs, now: dt.datetime) -> list[Reason]:
    if signs.waiting_since is None or now - signs.waiting_since < UNANSWERED:
        return []
    return [Reason("unanswered", UNANSWERED_POINTS, int((now - signs.waiting_since).total_seconds() // 3600))]


def _not_begun(signs: Signs, now: dt.datetime) -> list[Reason]:
    if signs.finished_a_lesson or now - signs.enrolled_at < NOT_BEGUN_AFTER:
        return []
    alone = signs.plan is None and _away(signs, now) >= PAUSED_AFTER
    points = NOT_BEGUN_ALONE if alone else NOT_BEGUN_POINTS
    return [Reason("not_begun", points, (now - signs.enrolled_at).days)]
