"""Page-shaped reads of supervision, each with a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Window
from django.utils import timezone

from courses.models import Course, Module
from learners.models import Cohort, Enrolment
from mooc.accounts.models import Region
from mooc.accounts.rights import Right
from mooc.jobs.models import Job
from mooc.lib import jobrow

from . import data
from .closing import months
from .counting.reach import reach_of
from .data import JobKind, Scope, ScopeKind
from .help import helping
from .help.points import RED
from .measure.catalogue import (
    BY_CODE,
    MODEL,
    PEOPLE_GROUPS,
    SHIPPED,
    Surface,
    indicator_of,
    light_of,
    standing_on,
    target_of,
    targets_of,
)
from .measure.places import PlaceRow, nobody_in, place_rows
from .measure.tally import FEWEST_PEOPLE
from .measure.trends import MONTHS, Point, trends_of
from .models import EvaluationSnapshot, HelpNeed
from .targets import selectors as targets
from .words import presentation, summary
from .words.presentation import FigureText

A_PERIOD = dt.timedelta(days=28)  # the figure "before" is at least so old
NOT_OLDER = dt.timedelta(days=42)  # and at most: a year ago is no period
MOST_HELP, MOST_CLASSES = 5, 12
FACES = "reactions"  # shown as they are now only: month against month, five faces could become one


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the funnel. ``part`` is its width, 0–100 of the first step; ``None`` where it is hidden."""

    figure_text: FigureText
    title: str
    people: str
    note: str
    part: float | None


@dataclass(frozen=True, slots=True)
class Board:
    """What stands on a dashboard. Without a snapshot there is only its frame.

    :param trends: by code of a light how it stood at the ends of months.
    :param modules: of a class; nought: all. :param headline: the sentence at the top. :param next: what to do.
    """

    scope: Scope
    region: Region | None
    as_of: dt.datetime | None
    figures: dict[str, FigureText]
    funnel: list[Step]
    lights: tuple[FigureText, ...]
    trends: dict[str, tuple[Point, ...]]
    subjects: list[tuple[FigureText, FigureText | None]]
    few: list[str]
    themes: tuple[FigureText, ...]
    places: list[PlaceRow]
    above: list[Region]
    classes: list[Cohort]
    needs: list[HelpNeed]
    job: Job | None
    modules: int
    headline: str
    next: tuple[summary.ToDo, ...]

    @property
    def of_people(self) -> bool:
        """Whether it is about people of a place or class, whatever they learn; else about a course or module."""
        return self.scope.kind in PEOPLE_GROUPS

    @property
    def way(self) -> str:
        """The heading over the funnel."""
        return presentation.funnel_title(self.figures)

    @property
    def too_few(self) -> bool:
        """Whether so few are enrolled that there is no rate to show."""
        return bool(self.figures) and self.figures["enrolled"].figure.hidden


@dataclass(frozen=True, slots=True)
class ModuleCount:
    """A module with how many people of a place are in it, as its board counts them."""

    module: Module
    enrolled: int
    finished: int

    @property
    def few(self) -> bool:
        """Whether so few are in it that a number could point at one of them."""
        return 0 < self.enrolled < FEWEST_PEOPLE


def newest(scope: Scope) -> tuple[data.Snapshot | None, data.Snapshot | None]:
    """The newest snapshot of a scope by today's model, and the one a period before it: 1 query."""
    now, before, _ends = _stored(scope)
    return now, before


def _stored(
    scope: Scope, ends: Sequence[dt.datetime] = ()
) -> tuple[data.Snapshot | None, data.Snapshot | None, list[data.Snapshot]]:
    """The newest snapshot, the one a period before it, and those of some moments, the newest among them: 1 query.
    What an earlier model counted has other meanings: it is kept, and not shown beside this one's words."""
    rows = EvaluationSnapshot.objects.of(scope).filter(model=MODEL)
    last = rows.values("as_of")[:1]
    older = rows.filter(as_of__lte=Subquery(last) - A_PERIOD, as_of__gte=Subquery(last) - NOT_OLDER).values(
        "as_of"
    )[:1]
    wanted = Q(as_of=Subquery(last)) | Q(as_of=Subquery(older)) | Q(as_of__in=ends)
    found = [row.as_data() for row in rows.filter(wanted)]
    if not found:
        return None, None, []
    now = found[0]
    before = next((one for one in found[1:] if A_PERIOD <= now.as_of - one.as_of <= NOT_OLDER), None)
    return now, before, [one for one in found if one is now or one.as_of in ends]


def judged(snapshot: data.Snapshot) -> dict[str, Any]:
    """The public form of a snapshot, each figure with its ``target`` of today and its ``light``, empty where it has
    none: judged as on the board. 1 query."""
    found = snapshot.as_json()
    with targets_of(targets.for_scope(snapshot.scope)):
        found["indicators"] = [
            figure.as_json()
            | {"target": target_of(indicator_of(figure.code)), "light": str(light_of(figure))}
            for figure in snapshot.figures
        ]
    return found


def board(scope: Scope, region: Region | None, viewer: Any) -> Board:
    """A dashboard, judged by the targets of today: 9 queries, for a class or module one more."""
    with targets_of(targets.for_scope(scope)):
        return _board(scope, region, viewer)


def _board(scope: Scope, region: Region | None, viewer: Any) -> Board:
    snapshot, before, ends = _stored(scope, months.last_ends(timezone.localdate(), MONTHS))
    figures = presentation.figure_texts(snapshot, before) if snapshot else {}
    is_region = scope.kind == ScopeKind.REGION
    needs = _needs(scope, region)
    return Board(
        scope=scope,
        region=region,
        as_of=snapshot.as_of if snapshot else None,
        figures=figures,
        funnel=_funnel(figures),
        lights=presentation.lights_of(figures),
        trends=trends_of(ends, [code for code in SHIPPED if BY_CODE[code].rows != FACES]),
        subjects=_subjects(figures),
        few=_few(figures),
        themes=presentation.themes_of(figures),
        places=_places(snapshot, region) if snapshot and is_region else [],
        above=_above(region, viewer),
        classes=_classes(region) if is_region and region else [],
        needs=needs,
        job=_job(scope),
        modules=_modules_of_class(scope),
        headline=summary.headline(figures, one_module=scope.kind == ScopeKind.MODULE) if figures else "",
        next=_next(figures, needs) if figures else (),
    )


def _modules_of_class(scope: Scope) -> int:
    return Module.objects.filter(cohorts__code=scope.key).count() if scope.kind == ScopeKind.COHORT else 0


def _funnel(figures: dict[str, FigureText]) -> list[Step]:
    """From having an account to finishing a module; each step's share is of the enrolled."""
    steps = [figures[code] for code in standing_on(Surface.FUNNEL) if code in figures]
    first = steps[0].figure.numerator if steps else None
    found = []
    for one in steps:
        people = one.figure.numerator
        part = None if people is None or not first else min(100.0, round(100 * people / first, 1))
        found.append(Step(one, presentation.step_title(one), *presentation.step_cells(one), part))
    return found


def _subjects(figures: dict[str, FigureText]) -> list[tuple[FigureText, FigureText | None]]:
    """Subjects learnt: how many finished a module, and what second tries say where there are some."""
    rows = [
        (one, figures.get(f"retry_difference_in:{code.partition(':')[2]}"))
        for code, one in figures.items()
        if code.startswith("completed_in:") and not one.figure.hidden
    ]
    return sorted(rows, key=lambda row: -(row[0].figure.denominator or 0))  # as on paper


def _few(figures: dict[str, FigureText]) -> list[str]:
    """Subjects with too few people to show."""
    return [
        one.title for code, one in figures.items() if code.startswith("completed_in:") and one.figure.hidden
    ]


def _places(snapshot: data.Snapshot, region: Region | None) -> list[PlaceRow]:
    """The places below, from their own snapshots of the same moment; where nobody lives, as zero: 1 query."""
    below: Any = Region.objects.filter(parent=region).annotate(
        figures=Subquery(
            EvaluationSnapshot.objects.filter(
                kind=ScopeKind.REGION, key=OuterRef("code"), region_code="", as_of=snapshot.as_of, model=MODEL
            ).values("figures")[:1]
        )
    )
    children = [(row.code, str(row), _child(row, snapshot)) for row in below]
    return place_rows(snapshot, children) if children else []


def _child(row: Any, parent: data.Snapshot) -> data.Snapshot:
    if row.figures is None:
        return nobody_in(parent)
    figures = tuple(data.Figure(**figure) for figure in row.figures)
    return data.Snapshot(Scope(ScopeKind.REGION, row.code), parent.as_of, parent.model, figures)


def _above(region: Region | None, viewer: Any) -> list[Region]:
    """The way down to a place, as far as the viewer's own places reach: 1 query."""
    if region is None:
        return []
    rows = Region.objects.filter(code__in=region.path.strip("/").split("/")[:-1]).order_by("level")
    if viewer.everywhere(Right.SEE_FIGURES):
        return list(rows)
    own = viewer.region_paths(Right.SEE_FIGURES)
    return [row for row in rows if any(row.path.startswith(path) for path in own)]


def _classes(region: Region) -> list[Cohort]:
    """Classes of a place, those that run first: 1 query."""
    return list(
        Cohort.objects.filter(region__path__startswith=region.path).order_by("-ends_on")[:MOST_CLASSES]
    )


def needs_of(region: Region | None) -> QuerySet[HelpNeed]:
    """Who needs help in a place, the most points first."""
    rows = HelpNeed.objects.select_related("learner__user", "learner__region", "cohort")
    return rows.filter(learner__region__path__startswith=region.path) if region else rows


def _needs(scope: Scope, region: Region | None) -> list[Any]:
    """Those to look at first, each with how many there are to call or visit (``every``) and to visit:
    1 query. Who was helped lately is in neither."""
    rows = helping.in_turn(needs_of(region))
    if scope.kind == ScopeKind.COHORT:
        rows = rows.filter(cohort__code=scope.key)
    elif scope.kind != ScopeKind.REGION:
        what = {"module__slug" if scope.kind == ScopeKind.MODULE else "module__course__slug": scope.key}
        rows = rows.filter(Exists(Enrolment.objects.filter(learner=OuterRef("learner"), **what)))
    every = Window(Count("pk", filter=Q(handled=False)))
    visit = Window(Count("pk", filter=Q(points__gte=RED, handled=False)))
    return list(rows.annotate(every=every, visit=visit)[:MOST_HELP])


def _next(figures: dict[str, FigureText], needs: list[Any]) -> tuple[summary.ToDo, ...]:
    every, visit = (needs[0].every, needs[0].visit) if needs else (0, 0)
    return summary.to_do(figures, every - visit, visit, with_names=True)


def courses(place: str, as_of: dt.datetime) -> list[tuple[Course, list[ModuleCount]]]:
    """Courses with their published modules and the people of a place in them: 4 queries.

    :param place: the code of a region, empty for everybody.
    """
    rows = reach_of(Scope(ScopeKind.REGION, place), as_of).enrolments().order_by().values("module")
    rows = rows.annotate(enrolled=Count("pk"), finished=Count("pk", filter=Q(completed_at__lt=as_of)))
    counts = {row["module"]: (row["enrolled"], row["finished"]) for row in rows}
    modules: dict[int, list[ModuleCount]] = {}
    for module in Module.objects.published().select_related("published").order_by("pk"):
        modules.setdefault(module.course_id, []).append(ModuleCount(module, *counts.get(module.pk, (0, 0))))
    return [(row, modules[row.pk]) for row in Course.objects.order_by("pk") if row.pk in modules]


def _job(scope: Scope) -> Job | None:
    """The count that is under way: 1 query."""
    keys = {job_key(scope), job_key(Scope(ScopeKind.REGION, ""))}
    return jobrow.open_of(Job).filter(kind=JobKind.EVALUATE, key__in=keys).first()


def job_key(scope: Scope) -> str:
    """The key of the job that counts a scope."""
    if scope.kind == ScopeKind.REGION:
        return scope.key or "tree"
    return str(scope)
