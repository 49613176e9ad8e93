"""What stands in a report, in the reader's language: one object for the page, the tables and the tests.
Pure but for the words."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mooc.lib.text.localized import current

from ..closing import months
from ..data import Light, ScopeKind, Snapshot
from ..measure.catalogue import PEOPLE_GROUPS, Surface, indicator_of, standing_on
from ..measure.places import PlaceRow
from ..measure.tally import FEWEST_PEOPLE
from ..words.presentation import FigureText, in_words, lights_of, step_cells, step_title, themes_of
from ..words.summary import ToDo, headline, to_do
from .reconciling import Closing, lines


@dataclass(frozen=True, slots=True)
class Facts:
    """What a report is made from.

    :param number: of the report, as it is filed. :param title: what it is about, in its language.
    :param before: the same figures a period ago. :param amber: and ``red``: people who may need help.
    :param month: ``2026-10`` for a report up to the end of a month; ``before`` is its beginning then.
    :param closing: the archive's figures of the month, where it is closed.
    :param modules: how many modules it is about; ``None``: all. :param names: of the parts of breakdowns.
    :param kept: snapshots to be kept with it: of a place also
        those of all below, so that its board of the same moment is whole.
    """

    number: int
    title: str
    site: str
    language: str
    snapshot: Snapshot
    before: Snapshot
    places: tuple[PlaceRow, ...]
    amber: int
    red: int
    names: Mapping[str, str]
    kept: tuple[Snapshot, ...]
    month: str = ""
    modules: int | None = None
    closing: Closing | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the funnel: "6", "Finished a module", "75%"."""

    number: str
    title: str
    share: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a small table: its name and its cells as read."""

    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """What was learnt of a subject."""

    completed: FigureText
    retry: FigureText | None

    @property
    def title(self) -> str:
        """The subject's name."""
        return self.completed.title


@dataclass(frozen=True, slots=True)
class Report:
    """A report as people read it; ``figures`` are all of the model, the rest is chosen from them."""

    facts: Facts
    heading: str
    filed: str
    headline: str
    judgement: str
    next: tuple[ToDo, ...]
    new: str
    reconciled: tuple[str, ...]
    funnel: tuple[Step, ...]
    lights: tuple[FigureText, ...]
    learning: tuple[FigureText, ...]
    subjects: tuple[Subject, ...]
    themes: tuple[FigureText, ...]
    answering: tuple[FigureText, ...]
    help: tuple[Line, ...]
    definitions: tuple[str, ...]
    figures: tuple[FigureText, ...]


def report_of(facts: Facts) -> Report:
    """The report, in the language that is active."""
    every = in_words(facts.snapshot, dict(facts.names), facts.before)
    lights, of_module = lights_of(every), facts.snapshot.scope.kind == ScopeKind.MODULE
    return Report(
        facts=facts, heading=heading(facts), filed=_filed(facts),
        headline=headline(every, one_module=of_module), judgement=_judgement(lights),
        next=to_do(every, facts.amber, facts.red, with_names=False), new=_new_in_month(facts),
        reconciled=_reconciled(facts, every),
        funnel=tuple(_step(row) for row in _chosen(every, standing_on(Surface.FUNNEL))), lights=lights,
        learning=_chosen(every, standing_on(Surface.PAPER_LEARNING)), subjects=_subjects(every), themes=themes_of(every),
        answering=_chosen(every, standing_on(Surface.PAPER_ANSWERING)), help=_help(facts),
        definitions=_definitions(every, lights, facts),
        figures=tuple(every.values()),
    )  # fmt: skip


def heading(facts: Facts) -> str:
    """The title on the page."""
    title = _("%(what)s: evaluation report") % {"what": facts.title}
    if facts.snapshot.scope.kind == ScopeKind.REGION:
        title = _("%(place)s: report on rural e-commerce training") % {"place": facts.title}
    if not facts.month:
        return title
    return _("%(title)s (everything %(until)s)") % {"title": title, "until": month_end(facts.month)}


def month_name(month: str) -> str:
    """``2026-10`` in words: "October 2026"."""
    return date_format(dt.date.fromisoformat(f"{month}-01"), _("F Y"))


def month_end(month: str) -> str:
    """What a report of a month is: all that was until then, not the month alone."""
    return _("up to the end of %(month)s") % {"month": month_name(month)}


def before_title(facts: Facts) -> str:
    """What the figures before are of."""
    return _("Month before") if facts.month else _("4 weeks before")


def data_date(as_of: dt.datetime) -> str:
    """The moment up to which facts count: a day that counts whole, else day and time."""
    local = timezone.localtime(as_of)
    if local.time() == dt.time():
        return f"{local - dt.timedelta(days=1):%Y-%m-%d}"
    return f"{local:%Y-%m-%d %H:%M}"


def place_name(row: PlaceRow, some_hidden: bool) -> str:
    """What a line of reach by place is called."""
    if not row.is_rest:
        return row.name
    return _("Not in a line above") if some_hidden else _("Place not further stated")


def place_cells(row: PlaceRow) -> tuple[str, str, str]:
    """Enrolled, finished, share, as read."""
    if row.hidden:
        return _("not shown"), _("not shown"), ""
    share = "–" if row.share is None else f"{100 * row.share:.0f}%"
    return str(row.enrolled), str(row.completed), share


def places_in(report: Report, most: int) -> tuple[Line, ...]:
    """Reach by place in ``most`` lines: the largest places, the others added up. Adds up to the whole; a
    place without places below it says so."""
    rows = report.facts.places
    if not rows and report.facts.snapshot.scope.kind == ScopeKind.REGION:
        return (Line(_("Not divided any further"), ("", "", "")),)
    hidden = [row for row in rows if row.hidden]
    seen = sorted(
        (row for row in rows if row.enrolled and not row.is_rest), key=lambda row: (-(row.enrolled or 0), row.code)
    )  # fmt: skip
    rest = [row for row in rows if row.is_rest]
    room = most - bool(hidden or rest)
    top, others = (seen, []) if len(seen) <= room else (seen[: room - 1], seen[room - 1 :])
    lines = [Line(row.name, place_cells(row)) for row in top]
    if others:
        name = ngettext("%(n)s more place", "%(n)s more places", len(others)) % {"n": len(others)}
        lines.append(Line(name, place_cells(_sum(others))))
    if hidden or rest:
        cells = place_cells(rest[0]) if rest else place_cells(hidden[0])
        lines.append(Line(_left_over(len(hidden)), cells))
    return tuple(lines)


def subjects_in(report: Report, most: int) -> tuple[Line, ...]:
    """What was learnt in ``most`` lines, the subjects of many first; the others are told by their number."""
    seen = [row for row in report.subjects if not row.completed.figure.hidden]
    top = seen if len(seen) == len(report.subjects) <= most else seen[: max(1, most - 1)]
    lines = [
        Line(row.title, (row.completed.base, row.completed.value, _retry_text(row.retry))) for row in top
    ]
    left = len(report.subjects) - len(top)
    if left and len(top) == len(seen):
        text = ngettext("%(n)s subject of few people", "%(n)s subjects of few people", left)
    elif left:
        text = ngettext("%(n)s more subject in the tables", "%(n)s more subjects in the tables", left)
    return (*lines, *([Line(text % {"n": left}, ("", "", ""))] if left else []))


def _retry_text(retry: FigureText | None) -> str:
    if retry is None:
        return "–"
    return _("too few") if retry.figure.hidden else retry.value


def _left_over(hidden: int) -> str:
    if not hidden:
        return _("Place not further stated")
    return ngettext(
        "%(n)s place of few, and place not stated", "%(n)s places of few, and place not stated", hidden
    ) % {"n": hidden}  # fmt: skip


def _sum(rows: Sequence[PlaceRow]) -> PlaceRow:
    enrolled, completed = sum(row.enrolled or 0 for row in rows), sum(row.completed or 0 for row in rows)
    return PlaceRow("+", "", enrolled, completed, completed / enrolled if enrolled else None)


def _chosen(every: Mapping[str, FigureText], codes: Sequence[str]) -> tuple[FigureText, ...]:
    return tuple(every[code] for code in codes if code in every)


def _filed(facts: Facts) -> str:
    filed = _("Everything from the start up to %(date)s. Report %(number)s of %(site)s.") % {
        "date": data_date(facts.snapshot.as_of), "number": facts.number, "site": facts.site,
    }  # fmt: skip
    if facts.snapshot.scope.kind != ScopeKind.COHORT or not facts.modules:
        return filed
    return _("%(one)s %(two)s") % {"one": filed, "two": only_modules(facts.modules)}


def only_modules(count: int) -> str:
    """What a class is about: its people may learn more than that."""
    return ngettext(
        "Only the %(n)s module of this class.", "Only the %(n)s modules of this class.", count
    ) % {"n": count}  # fmt: skip


def _new_in_month(facts: Facts) -> str:
    """What a month added, from the two ends of it; nothing where either is hidden."""
    texts = {
        "enrolled": _("%(n)s people enrolled"),
        "started": _("%(n)s finished a lesson"),
        "passed": _("%(n)s passed at least one quiz"),
        "completed": _("%(n)s finished at least one module"),
        "questions": _("%(n)s questions"),
    }
    if facts.snapshot.scope.kind == ScopeKind.MODULE:
        texts |= {"passed": _("%(n)s passed the quiz"), "completed": _("%(n)s finished the module")}
    parts = []
    for code, text in texts.items():
        now, then = facts.snapshot.figure(code), facts.before.figure(code)
        if now and then and now.numerator is not None and then.numerator is not None:
            parts.append(text % {"n": max(0, now.numerator - then.numerator)})
    if not facts.month or not parts:
        return ""
    values = {"month": month_name(facts.month), "parts": _(", ").join(parts)}
    return _("New in %(month)s: %(parts)s.") % values


def _reconciled(facts: Facts, every: Mapping[str, FigureText]) -> tuple[str, ...]:
    """Of a monthly paper about people of a place or class; a course or module is not closed by itself."""
    if not facts.month or facts.snapshot.scope.kind not in PEOPLE_GROUPS:
        return ()
    return lines(facts.closing, every, facts.before, month_name(months.before(facts.month)))


def _judgement(lights: Sequence[FigureText]) -> str:
    """How the measures stand to their targets: "On target: 3. Close: 1."."""
    empty = [row for row in lights if row.light == Light.FEW and not row.figure.hidden]
    counts = Counter(row.light for row in lights if row not in empty)
    texts = {
        Light.MET: _("On target: %(n)s."),
        Light.MET_UNSURE: _("On target, not yet sure: %(n)s."),
        Light.NEAR: _("Close: %(n)s."),
        Light.UNSURE: _("Below, but few people: %(n)s."),
        Light.MISSED: _("Below target: %(n)s."),
        Light.FEW: _("Too few to judge: %(n)s."),
    }
    parts = [text % {"n": counts[light]} for light, text in texts.items() if counts[light]]
    parts += [_("Nothing to judge yet: %(n)s.") % {"n": len(empty)}] if empty else []
    space = " " if current() == "en" else ""
    return space.join([_("Measures with a target: %(n)s.") % {"n": len(lights)}, *parts])


def _step(row: FigureText) -> Step:
    number, share = step_cells(row)
    return Step(number, step_title(row), share)


def _subjects(every: Mapping[str, FigureText]) -> tuple[Subject, ...]:
    """The subjects most people enrolled in first; those of few last."""
    found = [
        Subject(row, every.get(code.replace("completed_in:", "retry_difference_in:")))
        for code, row in every.items()
        if code.startswith("completed_in:")
    ]
    return tuple(sorted(found, key=lambda one: -(one.completed.figure.denominator or 0)))


def _help(facts: Facts) -> tuple[Line, ...]:
    """Counts only: the page leaves the office."""
    counts = [(_("To call, of the enrolled"), facts.amber), (_("To visit, of the enrolled"), facts.red)]
    return tuple(
        Line(name, (_("fewer than 5 people"), "") if 0 < count < FEWEST_PEOPLE else (str(count), ""))
        for name, count in counts
    )


def themes_in(report: Report, most: int) -> tuple[Line, ...]:
    """What is asked in ``most`` lines, the others added up."""
    rows = report.themes
    top = rows if len(rows) <= most else rows[: most - 1]
    lines = [Line(row.title, (row.value,)) for row in top]
    others = rows[len(top) :]
    if others:
        name = ngettext("%(n)s other theme", "%(n)s other themes", len(others)) % {"n": len(others)}
        lines.append(Line(name, (_sum_text(others),)))
    return tuple(lines)


def _sum_text(rows: Sequence[FigureText]) -> str:
    """Few askers hide all themes together: then there is no sum either."""
    if any(row.figure.hidden for row in rows):
        return rows[0].value
    return str(sum(row.figure.numerator or 0 for row in rows))


def _definitions(
    every: Mapping[str, FigureText], lights: Sequence[FigureText], facts: Facts
) -> tuple[str, ...]:
    lines = [
        _how_counted(every),
        *(_("%(title)s: %(meaning)s") % {"title": row.title, "meaning": row.meaning} for row in lights),
        _(
            "Groups of fewer than five people are not shown, nor places whose numbers would give them away here. "
            "–: nothing to count yet."
        ),
        _(
            "The likely range holds the true share in 95 of 100 cases (Wilson). On target, not yet sure: the range "
            "begins below the target. Close: at most five points below it. Below, but few people: chance alone could "
            "explain it."
        ),
        _("Evaluation model %(model)s; every formula, every target and who set it stand on the site under /model/.")
        % {"model": facts.snapshot.model},
    ]  # fmt: skip
    return tuple(lines)


def _how_counted(every: Mapping[str, FigureText]) -> str:
    """People apart from attendances, with both numbers unless one is hidden or there is none."""
    rows = [every.get(name) for name in ("people", "attendances")]
    if any(row is None or row.figure.hidden for row in rows):
        return _(
            "People are counted once (人数), attendances (人次) once for each module. Rates about people never "
            "use attendances."
        )
    return _(
        "People are counted once (人数): %(people)s learnt. Attendances (人次) count a person once for each "
        "module: %(attendances)s. Rates about people never use attendances."
    ) % {row.figure.code: row.value for row in rows if row}


def full_title(row: FigureText) -> str:
    """A figure's title for tables, where a part stands alone: "Questions, by theme: packing"."""
    indicator = indicator_of(row.figure.code)
    return f"{indicator.title}: {row.title}" if indicator and indicator.parts else row.title
