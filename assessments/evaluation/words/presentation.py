"""Figures in words: one way for screen, paper and export. Pure but for the reader's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models import Category
from feedback.models import Theme
from mooc.lib.text.localized import current

from ..data import Figure, Light, ScopeKind, Snapshot, Unit
from ..measure.catalogue import CATALOGUE, NO_THEME, Indicator, indicator_of, light_of, target_of
from ..measure.trends import Point


@dataclass(frozen=True, slots=True)
class FigureText:
    """A figure as people read it.

    :param value: "72%", "31 min", "–". :param base: "18 of 25", "n = 25 pairs"; empty where there is none.
    :param likely: "52–86%"; empty where there is none.
    :param position: and ``low``, ``high``, ``mark``: 0–100 on the steelyard; ``None`` where there is none.
    :param verdict: how it stands to its target, in words. :param note: what must be said with it, so that
        nobody reads more into it; see :func:`in_words`.
    """

    figure: Figure
    title: str
    meaning: str
    value: str
    base: str
    likely: str
    light: Light
    target: str
    position: float | None
    low: float | None
    high: float | None
    mark: float | None
    before: str = ""
    verdict: str = ""
    note: str = ""

    @property
    def sentence(self) -> str:
        """All of it: "72% (18 of 25; likely 52–86%)". A count of a whole says itself but once: "2 of 11"."""
        if self.base and self.figure.unit == Unit.QUESTIONS:
            return self.base
        rest = _("; ").join(
            part for part in (self.base, self.likely and _("likely %s") % self.likely) if part
        )
        return _("%(value)s (%(rest)s)") % {"value": self.value, "rest": rest} if rest else self.value


def figure_text(
    figure: Figure, names: dict[str, str] | None = None, before: Figure | None = None
) -> FigureText:
    """A figure in words.

    :param names: of the parts of breakdowns, see :func:`part_names`. :param before: the figure a period ago.
    """
    indicator = indicator_of(figure.code)
    part = figure.code.partition(":")[2]
    title = (names or {}).get(part, part) if part else str(indicator.title if indicator else figure.code)
    target = target_of(indicator)
    return FigureText(
        figure, title, str(indicator.meaning) if indicator else "", value_text(figure), base_text(figure, indicator),
        _likely(figure), light_of(figure), number_text(target, figure.unit) if target is not None else "",
        *_places(figure, target), _before_text(before),
        verdict_text(figure, indicator),
    )  # fmt: skip


def figure_texts(snapshot: Snapshot, before: Snapshot | None = None) -> dict[str, FigureText]:
    """Every figure of a snapshot in words, by code: 1 query for the names of parts."""
    return in_words(snapshot, part_names(), before)


def in_words(
    snapshot: Snapshot, names: dict[str, str], before: Snapshot | None = None
) -> dict[str, FigureText]:
    """The same without the database: screen and paper both start here."""
    every = {
        figure.code: figure_text(figure, names, before.figure(figure.code) if before else None)
        for figure in snapshot.figures
    }
    if snapshot.scope.kind == ScopeKind.MODULE:  # "at least one" of one says nothing
        for code, title in (("passed", _("Passed the quiz")), ("completed", _("Finished the module"))):
            if code in every:
                every[code] = replace(every[code], title=title)
    note = _all_of_it(every)
    if note and "completed" in every:
        every["completed"] = replace(every["completed"], note=note)
    return every


def _all_of_it(every: Mapping[str, FigureText]) -> str:
    """One module is not the whole course: how many finished all of it stands beside."""
    row = every.get("completed_all")
    if row is None or row.figure.value is None:
        return ""
    return _("%(title)s: %(base)s (%(value)s)") % {"title": row.title, "base": row.base, "value": row.value}


def funnel_title(every: Mapping[str, FigureText]) -> str:
    """The heading over the steps: by the first of them."""
    return _("From signing up to finishing") if "registered" in every else _("From enrolling to finishing")


def step_title(row: FigureText) -> str:
    """What a step of the funnel is called."""
    indicator = indicator_of(row.figure.code)
    return str(indicator.step if indicator and indicator.step else row.title)


def step_cells(row: FigureText) -> tuple[str, str]:
    """Heads and share of the enrolled of a step of the funnel, as read."""
    figure = row.figure
    if figure.hidden or figure.numerator is None:
        return row.value, ""
    if figure.unit == Unit.SHARE:
        return str(figure.numerator), "" if figure.value is None else row.value
    return row.value, "100%" if figure.code == "enrolled" and figure.numerator else ""


def lights_of(every: Mapping[str, FigureText]) -> tuple[FigureText, ...]:
    """Figures that have a target."""
    return tuple(every[line.code] for line in CATALOGUE if target_of(line) is not None and line.code in every)


def themes_of(every: Mapping[str, FigureText]) -> tuple[FigureText, ...]:
    """What is asked about, most first."""
    found = [row for code, row in every.items() if code.startswith("questions_on:")]
    return tuple(sorted(found, key=lambda row: -(row.figure.value or 0)))


def part_names() -> dict[str, str]:
    """Names of subjects and themes in the reader's language, by code: 1 query."""
    lang = current()
    subjects = Category.objects.order_by().values_list("code", f"title_{lang}")
    themes = Theme.objects.order_by().values_list("code", f"name_{lang}")
    return dict(subjects.union(themes, all=True)) | {NO_THEME: _("No theme yet")}


def value_text(figure: Figure) -> str:
    """The value alone: "72%", "31 min", "fewer than 5 people"."""
    if figure.hidden:
        return _hidden_text(figure)
    return "–" if figure.value is None else number_text(figure.value, figure.unit)


def _before_text(before: Figure | None) -> str:
    """The value a period ago, in few words; nothing where there was none."""
    if before is None or (before.value is None and not before.hidden):
        return ""
    return _("too few") if before.hidden else value_text(before)


def _hidden_text(figure: Figure) -> str:
    """Why nothing is shown: people are few, not questions. Of questions that were due either may be few."""
    indicator = indicator_of(figure.code)
    if indicator is None or indicator.rows != "questions":
        return _("fewer than 5 people")
    return _("too few to show") if figure.unit == Unit.SHARE else _("fewer than 5 askers")


def verdict_text(figure: Figure, indicator: Indicator | None) -> str:
    """How a figure stands to its target; where nothing was there to be counted, just that."""
    if indicator is not None and figure.value is None and not figure.hidden:
        return str(indicator.nothing)
    return str(light_of(figure).label)


def base_text(figure: Figure, indicator: Indicator | None) -> str:
    """The denominator in words, with what it counts: "18 of 25 people"."""
    if not figure.denominator or figure.hidden:
        return ""
    rows = indicator.rows if indicator else ""
    if figure.numerator is None:
        return _n_of(rows, figure.denominator)
    shares = {
        "people": _("%(part)s of %(whole)s people"),
        "members": _("%(part)s of %(whole)s people"),
        "enrolments": _("%(part)s of %(whole)s attendances"),
        "reactions": _("%(part)s of %(whole)s attendances"),
        "questions": _("%(part)s of %(whole)s questions"),
    }
    text = shares.get(rows) or _("%(part)s of %(whole)s")
    return text % {"part": figure.numerator, "whole": figure.denominator}


def _n_of(rows: str, number: int) -> str:
    units = {
        "retries": ngettext("%(n)s second try", "%(n)s second tries", number),
        "questions": ngettext("%(n)s question", "%(n)s questions", number),
    }
    return (units.get(rows) or ngettext("%(n)s person", "%(n)s people", number)) % {"n": number}


def point_texts(point: Point) -> tuple[str, str]:
    """A point of a trend: the month at whose end it stood, else the day; and its value."""
    local = timezone.localtime(point.at)
    if local.day == 1 and local.time() == dt.time():
        when = date_format(local - dt.timedelta(days=1), _("F"))
    else:
        when = date_format(local, _("F j"))
    return when, number_text(point.value, Unit.SHARE)


def number_text(value: float, unit: str) -> str:
    """A number with its unit: "72%", "31 min", "4 points"."""
    if unit in (Unit.SHARE, Unit.SCORE):
        return f"{percent(value)}%"
    if unit == Unit.DIFFERENCE:
        return _("%(n)s points") % {"n": signed(value)}
    if unit == Unit.MINUTES:
        return _("%(n)s min") % {"n": f"{value:g}"}
    if unit == Unit.HOURS:
        return _("%(n)s h") % {"n": f"{value:g}"}
    return f"{value:.0f}"


def percent(value: float) -> Decimal:
    """A share 0–1 as whole per cent, halves up as a pocket calculator has them."""
    return (Decimal(str(value)) * 100).quantize(Decimal(1), ROUND_HALF_UP)


def signed(value: float) -> str:
    """A difference of shares in whole points: "4", "−3", "0". Without a plus: a spreadsheet takes that for a formula."""
    points = int(percent(value))
    return f"{'−' if points < 0 else ''}{abs(points)}"


def _likely(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return ""
    if figure.unit == Unit.DIFFERENCE:
        return _("%(low)s to %(high)s points") % {"low": signed(figure.low), "high": signed(figure.high)}
    return f"{percent(figure.low)}–{percent(figure.high)}%"


def _places(
    figure: Figure, target: float | None
) -> tuple[float | None, float | None, float | None, float | None]:
    """Value, likely range and target on a scale of 0–100."""
    if figure.unit not in (Unit.SHARE, Unit.SCORE) or figure.value is None:
        return None, None, None, None
    low, high = figure.low, figure.high
    return (
        round(100 * min(max(figure.value, 0.0), 1.0), 1),
        None if low is None else round(100 * low, 1), None if high is None else round(100 * high, 1),
        None if target is None else round(100 * target, 1),
    )  # fmt: skip
