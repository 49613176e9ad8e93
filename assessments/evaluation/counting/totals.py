"""Counting in SQL: every count of a reach, grouped by the region people stand in.

Nothing loads a table: the database groups, and what comes back is a row a region, a person's minutes,
or a pair of scores, read as a stream. Counts of regions add up to those of the tree.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Count, F, Q, Sum

from courses.models import Category
from feedback.models import Theme
from mooc.accounts.models import Region

from ..measure.catalogue import NO_THEME
from ..measure.tally import Tally
from .reach import Reach

CHUNK = 2000
Tallies = defaultdict[Any, Tally]  # by the id of a region (None: not stated), or of a person


@dataclass(frozen=True, slots=True)
class Grouped:
    """By which column counts are grouped: that of people themselves, and that of what they did."""

    people: str
    acts: str


BY_REGION = Grouped("region_id", "learner__region_id")
BY_PERSON = Grouped("pk", "learner_id")
Progress = Callable[[int, int], None]


def no_progress(_done: int, _of: int) -> None:
    """For counting that nobody waits for."""


def tally(reach: Reach) -> Tally:
    """Everything counted of a reach: 15 queries."""
    whole = Tally()
    for part in by_region(reach).values():
        whole = whole + part
    return whole


def tallies_by_place(reach: Reach, code: str, progress: Progress = no_progress) -> dict[str, Tally]:
    """A tally of all people of a reach under ``code``, and one for every region below it where some of
    them live, by its code: 16 queries, however many regions.

    :param code: of a region; empty: above all provinces.
    """
    paths = dict(Region.objects.values_list("pk", "path"))
    found = defaultdict[str, Tally](Tally, {code: Tally()})
    for region, counted in by_region(reach, progress).items():
        found[code] = found[code] + counted
        steps = ["", *(paths[region].strip("/").split("/") if region else [])]
        for step in steps[steps.index(code) + 1 :] if code in steps else []:
            found[step] = found[step] + counted
    return dict(found)


def by_region(reach: Reach, progress: Progress = no_progress) -> Tallies:
    """The counts of each region's people.

    :param progress: called as ``(done, of)`` after each part: counting many people takes minutes.
    """
    found: Tallies = defaultdict(Tally)
    parts = (*COUNTS, _minutes, _retries, _answer_minutes)
    for number, count in enumerate(parts, start=1):
        count(reach, found, BY_REGION)
        progress(number, len(parts))
    return found


def by_person(reach: Reach) -> dict[int, Counter[str]]:
    """The counts of each person, by the names a tally has: those of a region's people add up to the region's.
    Whoever asks for many people asks for some at a time."""
    found: Tallies = defaultdict(Tally)
    for count in COUNTS:
        count(reach, found, BY_PERSON)
    return {learner: +part.counts for learner, part in found.items()}


def _people(reach: Reach, found: Tallies, by: Grouped) -> None:
    yes = {"enrolled": True}
    counted = {
        "registered": Count("pk", filter=Q(user__date_joined__lt=reach.as_of)),
        "enrolled": Count("pk", filter=Q(**yes)),
        "people": Count("pk", filter=Q(acted=True)),
        "active": Count("pk", filter=Q(active=True, **yes)),
        "started": Count("pk", filter=Q(started=True, **yes)),
        "passed": Count("pk", filter=Q(passed=True, **yes)),
        "completed": Count("pk", filter=Q(completed=True, **yes)),
        "completed_all": Count("pk", filter=Q(unfinished=False, **yes)),
    }
    people = reach.people().filter(user__isnull=False).order_by().values(by.people)
    rows: Any = people.annotate(**{f"n_{name}": count for name, count in counted.items()})
    for row in rows:
        found[row[by.people]].counts.update({name: row[f"n_{name}"] for name in counted})


def _members(reach: Reach, found: Tallies, by: Grouped) -> None:
    """Who was in a class, and finished what it requires."""
    if reach.by_module:
        return
    rows: Any = reach.members().order_by().values(by.people)
    for row in rows.annotate(n=Count("pk"), finished=Count("pk", filter=Q(graduated=True))):
        found[row[by.people]].counts.update({"members": row["n"], "graduated": row["finished"]})


def _minutes(reach: Reach, found: Tallies, _by: Grouped) -> None:
    """Honest minutes of each person who opened a lesson."""
    rows = reach.records().filter(object_type="lesson", learner__user__isnull=False)
    sums = rows.order_by().values("learner_id", "learner__region_id").annotate(seconds=Sum("seconds"))
    for row in sums.iterator(chunk_size=CHUNK):
        found[row["learner__region_id"]].minutes[round((row["seconds"] or 0) / 60)] += 1


def _enrolments(reach: Reach, found: Tallies, by: Grouped) -> None:
    """Of each subject how many are in it, and how many of these finished a module of it."""
    categories = dict(Category.objects.values_list("pk", "code"))
    for name, rows in (
        ("category_enrolled", reach.enrolments()),
        ("category_completed", reach.completions()),
    ):
        grouped: Any = rows.order_by().values(by.acts, "module__category_id")
        for row in grouped.annotate(people=Count("learner", distinct=True)):
            code = categories[row["module__category_id"]]
            found[row[by.acts]].counts[f"{name}:{code}"] += row["people"]


def _attendances(reach: Reach, found: Tallies, by: Grouped) -> None:
    """What people did, module by module; what classes did for them stands apart."""
    rows: Any = reach.attendances().order_by().values(by.acts)
    for row in rows.annotate(
        n=Count("pk"), done=Count("pk", filter=Q(finished=True)), people=Count("learner", distinct=True)
    ):
        counts = found[row[by.acts]].counts
        counts.update(
            {"attendances": row["n"], "attendances_completed": row["done"], "attenders": row["people"]}
        )
    placed: Any = reach.placed().order_by().values(by.acts)
    for row in placed.annotate(n=Count("pk"), people=Count("learner", distinct=True)):
        found[row[by.acts]].counts.update({"placed": row["n"], "placed_people": row["people"]})


def _reactions(reach: Reach, found: Tallies, by: Grouped) -> None:
    rows: Any = reach.completions().order_by().values(by.acts)
    for row in rows.annotate(
        n_reacted=Count("pk", filter=Q(reacted=True)), n_satisfied=Count("pk", filter=Q(satisfied=True)),
        n_reactors=Count("learner", filter=Q(reacted=True), distinct=True),
    ):  # fmt: skip
        counts = found[row[by.acts]].counts
        counts.update({name: row[f"n_{name}"] for name in ("reacted", "satisfied", "reactors")})


def _retries(reach: Reach, found: Tallies, _by: Grouped) -> None:
    for who, quiz, region, subject, first, second in first_and_second(reach):
        found[region].retries.see(who, quiz, subject, first, second)


def first_and_second(reach: Reach) -> Iterator[tuple[int, int, int | None, str, float, float | None]]:
    """(person, quiz, region, subject, first score, second score if any) of everybody who tried a quiz. A stream over
    tries in order."""
    rows: Any = reach.tries().filter(learner__user__isnull=False).values_list(
        "learner_id", "quiz_id", "learner__region_id", "quiz__module__category__code", "score"
    )  # fmt: skip
    for (who, quiz), tries in groupby(rows.iterator(chunk_size=CHUNK), key=itemgetter(0, 1)):
        (_who, _quiz, region, subject, first), *later = tries
        yield who, quiz, region, subject, first, later[0][4] if later else None


def _answer_minutes(reach: Reach, found: Tallies, _by: Grouped) -> None:
    times: Any = reach.questions().order_by().filter(answered_at__lt=reach.as_of)
    times = times.values_list("learner__region_id", "created_at", "answered_at")
    for region, asked, answered in times.iterator(chunk_size=CHUNK):
        found[region].answer_minutes[max(0, round((answered - asked).total_seconds() / 60))] += 1


def _askers(reach: Reach, found: Tallies, by: Grouped) -> None:
    askers: Any = reach.questions().order_by().values(by.acts)
    for row in askers.annotate(n=Count("learner", distinct=True)):
        found[row[by.acts]].counts["askers"] += row["n"]
    deflected: Any = reach.deflections().order_by().values(by.acts)
    for row in deflected.annotate(n=Count("pk"), people=Count("learner", distinct=True)):
        found[row[by.acts]].counts.update({"deflected": row["n"], "spared": row["people"]})


def _questions(reach: Reach, found: Tallies, by: Grouped) -> None:
    """How many of each theme, and how many were answered in time of those that were due."""
    answered = Q(answered_at__lt=reach.as_of)
    themes = dict(Theme.objects.values_list("pk", "code"))
    rows: Any = reach.questions().order_by().values(by.acts, "theme_id")
    for row in rows.annotate(
        every=Count("pk"), in_time=Count("pk", filter=answered & Q(answered_at__lte=F("due_at"))),
        due=Count("pk", filter=answered | Q(due_at__lt=reach.as_of)),
    ):  # fmt: skip
        code = themes.get(row["theme_id"], NO_THEME)
        found[row[by.acts]].counts.update({
            "questions": row["every"], f"theme:{code}": row["every"], "in_time": row["in_time"], "due": row["due"],
        })  # fmt: skip


#: what is counted and adds up; minutes and scores are no counts
COUNTS = (_people, _members, _enrolments, _attendances, _reactions, _questions, _askers)
