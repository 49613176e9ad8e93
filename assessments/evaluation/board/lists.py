"""The list behind each figure: as many rows as its denominator, as many marked as its numerator.

Both start from the same :class:`~.reach.Reach`, at the moment of the snapshot. Lists are for the office
that looks after these people, so nobody is hidden here; every page of names is for those who may see them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from django.db.models import Case, Count, F, Max, Q, QuerySet, Subquery, Sum, When
from django.utils.translation import gettext as _

from assessments.models import Attempt
from courses.models import Module
from feedback.masking import mask
from learners.data import Verb

from ..counting.reach import Reach
from ..data import Percent
from ..measure.catalogue import NO_THEME, Indicator, indicator_of
from ..measure.tally import FEWEST_PEOPLE

Row = Sequence[Any]  # cells: str, int, float, datetime, bool or None; the first may be followed by a link
MOST_EXPORTED = 1_000_000  # a sheet has room for a few more
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as a query, and how a slice of it becomes rows.

    :param marks: what is said of a row that counts for the numerator and of one that does not: "passed",
        "not yet"; empty where all rows count. :param note: what must be said with the list.
    :param rows: ordered, to be sliced. :param narrow: narrows them to those that count, or do not.
    :param cells: turns a slice into rows. :param links: turns it into ids of learners, where rows are people.
    """

    columns: tuple[str, ...]
    rows: QuerySet[Any]
    cells: Callable[[Sequence[Any]], list[Row]]
    marks: tuple[str, str] | tuple[()] = ()
    narrow: Callable[[QuerySet[Any], bool], QuerySet[Any]] | None = None
    links: Callable[[Any], int | None] = lambda _row: None
    note: str = ""

    @property
    def names_people(self) -> bool:
        """Whether people stand in it by name."""
        return _("Name") in self.columns

    def only(self, marked: bool) -> Listing:
        """The rows that count, or those that do not."""
        return replace(self, rows=self.narrow(self.rows, marked)) if self.narrow else self

    def export(self) -> Iterator[Row]:
        """All rows, one query read as a stream."""
        rows = self.rows[:MOST_EXPORTED].iterator(chunk_size=CHUNK)
        while part := list(islice(rows, CHUNK)):
            yield from self.cells(part)


def listing_of(code: str, reach: Reach) -> Listing | None:
    """The list behind a figure; ``None`` for no figure of ours."""
    indicator = indicator_of(code)
    part = code.partition(":")[2]
    if indicator is None or bool(part) != indicator.parts:
        return None
    return _LISTS[indicator.rows](indicator, part, reach)


def _marks(code: str) -> tuple[str, str]:
    """What is said of a row that counts for a share, and of one that does not."""
    return {
        "active": (_("active"), _("not here")),
        "started": (_("finished a lesson"), _("no lesson yet")),
        "passed": (_("passed"), _("not yet")),
        "completed": (_("finished a module"), _("not finished yet")),
        "completed_in": (_("finished a module"), _("not finished yet")),
        "graduated": (_("finished the class"), _("not finished the class yet")),
        "completed_all": (_("finished all"), _("not finished yet")),
        "attendances_completed": (_("finished"), _("not finished yet")),
        "satisfaction": (_("glad face"), _("another face")),
        "response_rate": (_("tapped a face"), _("no face")),
        "answered_in_time": (_("in time"), _("late or waiting")),
    }.get(code, (_("yes"), _("no")))


def _marked(marks: tuple[str, str], counts: bool) -> str:
    return marks[0] if counts else marks[1]


def _of_subject(reach: Reach, part: str) -> Reach:
    """The same people, in the modules of one subject."""
    if not part:
        return reach
    modules = Module.objects.filter(
        category__code=part, **({} if reach.modules is None else {"pk__in": reach.modules})
    )
    return replace(reach, modules=dict(modules.values_list("pk", "slug")))


# --- people -------------------------------------------------------------------------------------

#: figure → (who is in the list, who of them is marked)
_STEPS: dict[str, tuple[dict[str, bool], tuple[str, bool] | None]] = {
    "registered": ({}, None),
    "enrolled": ({"enrolled": True}, None),
    "people": ({"acted": True}, None),
    "active": ({"enrolled": True}, ("active", True)),
    "started": ({"enrolled": True}, ("started", True)),
    "passed": ({"enrolled": True}, ("passed", True)),
    "completed": ({"enrolled": True}, ("completed", True)),
    "completed_all": ({"enrolled": True}, ("unfinished", False)),
    "completed_in": ({"enrolled": True}, ("completed", True)),
}


def _people(indicator: Indicator, part: str, reach: Reach) -> Listing:
    who, step = _STEPS[indicator.code]
    people: Any = _of_subject(reach, part).people()
    rows = people.filter(user__isnull=False, **who).select_related("user", "region")
    if indicator.code == "registered":
        rows = rows.filter(user__date_joined__lt=reach.as_of)
    own = Q(records__happened_at__lt=reach.as_of) & ~Q(records__verb=Verb.REGISTERED)
    rows = rows.annotate(last=Max("records__happened_at", filter=own))
    rows = rows.order_by("region__path", "user__display_name", "pk")
    columns = [_("Name"), _("Place"), _("Last here")]
    if step is None:
        return Listing(tuple(columns), rows, _person_cells(None, ("", "")), links=_pk)
    (name, wanted), marks = step, _marks(indicator.code)
    return Listing(
        (*columns, _("State")), rows, _person_cells(step, marks), marks,
        lambda rows, marked: rows.filter(**{name: wanted == marked}), _pk,
    )  # fmt: skip


def _person_cells(
    step: tuple[str, bool] | None, marks: tuple[str, str]
) -> Callable[[Sequence[Any]], list[Row]]:
    def cells(rows: Sequence[Any]) -> list[Row]:
        found: list[Row] = []
        for row in rows:
            marked = () if step is None else (_marked(marks, getattr(row, step[0]) == step[1]),)
            found.append((str(row.user), row.region.name if row.region else "", row.last, *marked))
        return found

    return cells


def _pk(row: Any) -> int | None:
    return int(row.pk)


def _members(indicator: Indicator, part: str, reach: Reach) -> Listing:
    """Who was in a class, and who finished what it requires."""
    rows: Any = (
        reach.members().select_related("user", "region").order_by("region__path", "user__display_name", "pk")
    )
    marks = _marks(indicator.code)

    def cells(rows: Sequence[Any]) -> list[Row]:
        return [(str(r.user), r.region.name if r.region else "", _marked(marks, r.graduated)) for r in rows]

    return Listing(
        (_("Name"), _("Place"), _("State")),
        rows,
        cells,
        marks,
        lambda rows, yes: rows.filter(graduated=yes),
        _pk,
    )


def _minutes(indicator: Indicator, part: str, reach: Reach) -> Listing:
    people: Any = reach.learners.filter(user__isnull=False).select_related("user", "region")
    acts: Any = reach.lesson_acts().order_by().values("learner")
    rows = people.annotate(
        opened=Subquery(acts.annotate(n=Count("pk")).values("n")),
        seconds=Subquery(acts.annotate(n=Sum("seconds")).values("n")),
    )
    rows = rows.filter(opened__gt=0).order_by("-seconds", "pk")

    def cells(rows: Sequence[Any]) -> list[Row]:
        return [(str(r.user), r.region.name if r.region else "", round((r.seconds or 0) / 60)) for r in rows]

    return Listing((_("Name"), _("Place"), _("Minutes")), rows, cells, links=_pk)


# --- enrolments, tries, faces ---------------------------------------------------------------------


def _enrolments(indicator: Indicator, part: str, reach: Reach) -> Listing:
    placed = indicator.code == "placed"
    found: Any = reach.placed() if placed else reach.attendances()
    rows = found.select_related("learner__user", "learner__region", "module__published")
    rows = rows.order_by("learner__region__path", "learner__user__display_name", "pk")

    def cells(rows: Sequence[Any]) -> list[Row]:
        return [
            (
                str(r.learner.user), r.learner.region.name if r.learner.region else "", module_title(r.module),
                r.enrolled_at, *(() if placed else (r.completed_at if r.finished else None,)),
            )
            for r in rows
        ]  # fmt: skip

    columns = (_("Name"), _("Place"), _("Module"), _("Enrolled"), *(() if placed else (_("Finished"),)))
    marked = indicator.code == "attendances_completed"
    return Listing(
        columns, rows, cells, _marks(indicator.code) if marked else (),
        (lambda rows, yes: rows.filter(finished=yes)) if marked else None,
        lambda row: int(row.learner_id),
    )  # fmt: skip


def module_title(module: Module) -> str:
    """What a module is called, in the reader's language."""
    return module.published.title if module.published else module.slug


def _retries(indicator: Indicator, part: str, reach: Reach) -> Listing:
    tries: Any = _of_subject(reach, part).tries().filter(learner__user__isnull=False)
    rows = tries.order_by().values("learner_id", "quiz_id").annotate(n=Count("pk"))
    columns = (_("Name"), _("Quiz"), _("First try"), _("Second try"), _("Tries"))
    return Listing(
        columns, rows.filter(n__gte=2).order_by("learner_id", "quiz_id"), _retry_cells(reach),
        links=lambda row: int(row["learner_id"]),
        note=_("The figure sets second tries against the first try of everybody who took the quiz, not of these people."),
    )  # fmt: skip


def _retry_cells(reach: Reach) -> Callable[[Sequence[Any]], list[Row]]:
    def cells(rows: Sequence[Any]) -> list[Row]:
        tries: Any = reach.tries().filter(
            learner__in={r["learner_id"] for r in rows}, quiz__in={r["quiz_id"] for r in rows}
        ).select_related("learner__user", "quiz__module__published")  # fmt: skip
        scores: dict[tuple[int, int], list[Attempt]] = {}
        for row in tries:
            scores.setdefault((row.learner_id, row.quiz_id), []).append(row)
        found: list[Row] = []
        for pair in rows:
            made = scores[pair["learner_id"], pair["quiz_id"]]
            first, second = (Percent(one.score or 0.0) for one in made[:2])
            found.append(
                (str(made[0].learner.user), module_title(made[0].quiz.module), first, second, len(made))
            )
        return found

    return cells


def _reactions(indicator: Indicator, part: str, reach: Reach) -> Listing:
    """Modules, without names: a face is worth nothing when the office sees whose it is. So no day stands
    here, which the list of enrolments has beside the name, and no module that few finished; where all are
    such, no modules at all."""
    name = "satisfied" if indicator.code == "satisfaction" else "reacted"
    rows: Any = reach.completions().select_related("module__published").order_by("module", f"-{name}", "pk")
    if name == "satisfied":
        rows = rows.filter(reacted=True)

    few, all_few = _modules_of_few(rows)
    if all_few:
        rows = rows.order_by(f"-{name}", "pk")  # else the order would part the modules
    marks = _marks(indicator.code)

    def cells(part: Sequence[Any]) -> list[Row]:
        marked = [_marked(marks, getattr(r, name)) for r in part]
        if all_few:
            return [(one,) for one in marked]
        unnamed = _("not named: fewer than five")
        titles = [unnamed if r.module_id in few else module_title(r.module) for r in part]
        return list(zip(titles, marked, strict=True))

    return Listing(
        (_("State"),) if all_few else (_("Module"), _("State")), rows, cells, marks,
        lambda rows, yes: rows.filter(**{name: yes}),
        note=_few_note(all_few),
    )  # fmt: skip


def _few_note(all_few: bool) -> str:
    """Why there is nothing in a row but a face."""
    names = _("No names and no days, so that nobody is known by a face.")
    few = _("Modules are not named: fewer than five people finished each.")
    return f"{names} {few}" if all_few else names


def _modules_of_few(rows: QuerySet[Any]) -> tuple[set[int], bool]:
    """Modules that fewer than five rows name, and the next smallest where only a few rows are without a
    name then; whether those are all: 1 query."""
    few: set[int] = set()
    unnamed = 0
    for module, n in rows.order_by().values_list("module").annotate(n=Count("pk")).order_by("n", "module"):
        if n >= FEWEST_PEOPLE and not 0 < unnamed < FEWEST_PEOPLE:
            return few, False
        few.add(module)
        unnamed += n
    return few, bool(few)


# --- questions ------------------------------------------------------------------------------------


def _questions(indicator: Indicator, part: str, reach: Reach) -> Listing:
    answered = Q(answered_at__lt=reach.as_of)
    rows: Any = reach.questions().select_related("theme").defer("vector").order_by("-created_at", "pk")
    narrow, marks = None, _marks(indicator.code)
    if part:
        rows = rows.filter(theme=None) if part == NO_THEME else rows.filter(theme__code=part)
    if indicator.code == "hours_to_answer":
        rows = rows.filter(answered)
    if indicator.code == "answered_in_time":
        in_time = answered & Q(answered_at__lte=F("due_at"))
        rows = rows.filter(answered | Q(due_at__lt=reach.as_of))
        rows = rows.annotate(in_time=Case(When(in_time, then=True), default=False))
        narrow = _by_in_time

    def cells(rows: Sequence[Any]) -> list[Row]:
        return [
            (
                mask(r.text)[:300], str(r.theme or _("No theme yet")), r.created_at,
                _hours(r, reach.as_of), *((_marked(marks, r.in_time),) if narrow else ()),
            )
            for r in rows
        ]  # fmt: skip

    columns = (_("What was asked"), _("Theme"), _("Asked"), _("Hours to the answer"))
    now = _("Themes are as they are now; the figure has them as they were when it was counted.")
    if narrow:
        return Listing((*columns, _("State")), rows, cells, marks, narrow, note=now)
    return Listing(columns, rows, cells, note=now)


def _by_in_time(rows: QuerySet[Any], yes: bool) -> QuerySet[Any]:
    return rows.filter(in_time=yes)


def _hours(question: Any, as_of: dt.datetime) -> float | None:
    if question.answered_at is None or question.answered_at >= as_of:
        return None
    seconds: float = (question.answered_at - question.created_at).total_seconds()
    return round(seconds / 3600, 1)


def _deflections(indicator: Indicator, part: str, reach: Reach) -> Listing:
    rows: Any = reach.deflections().select_related("question").defer("question__vector")

    def cells(rows: Sequence[Any]) -> list[Row]:
        return [(mask(r.question.text)[:300], r.created_at) for r in rows]

    return Listing((_("What was asked"), _("Day")), rows.order_by("-created_at", "pk"), cells)


_LISTS: dict[str, Callable[[Indicator, str, Reach], Listing]] = {
    "people": _people, "members": _members, "minutes": _minutes, "enrolments": _enrolments,
    "retries": _retries, "reactions": _reactions,
    "questions": _questions, "deflections": _deflections,
}  # fmt: skip
