"""The evaluation model told to people: what the public page, the API and the page of targets show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from courses.data import Level

from ..data import Figure, Light, Unit
from ..measure.catalogue import BY_CODE, CATALOGUE, SHIPPED, Indicator
from ..measure.indicators import wilson
from ..measure.readings import BASES, NOT_SAID
from ..measure.versions import VERSIONS, Version
from ..models import Target
from ..words.presentation import FigureText, figure_text, number_text
from . import selectors

EXAMPLE = (18, 25)  # how many of how many: the worked example of the likely range


@dataclass(frozen=True, slots=True)
class Told:
    """A target that was set, in words. ``who``: the office; with names also whoever it was."""

    title: str
    tier: str
    value: str
    valid_from: dt.date
    set_on: dt.date
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Aim:
    """What an indicator is to reach today. ``set``: the rows behind it, for all and by level; empty: as shipped."""

    code: str
    title: str
    value: str
    set: tuple[Told, ...]

    @property
    def shipped(self) -> bool:
        """Whether nobody has set one that holds for all."""
        return not any(not one.tier for one in self.set)


@dataclass(frozen=True, slots=True)
class Explained:
    """An indicator with all that is to be known of it."""

    line: Indicator
    unit: str
    base: str
    not_said: str
    aim: Aim | None


def told(rows: Iterable[Any], *, names: bool = False) -> list[Told]:
    """Rows of :class:`Target` in words.

    :param names: also the name of whoever set it, for those who see figures.
    """
    return [_told(row, names) for row in rows]


def _told(row: Target, names: bool) -> Told:
    indicator = BY_CODE.get(row.indicator)
    who = row.office
    return Told(
        title=str(indicator.title) if indicator else row.indicator,
        tier=tier_name(row.tier),
        value=number_text(float(row.value), Unit.SHARE),
        valid_from=row.valid_from,
        set_on=row.set_on,
        who=_("%(office)s, %(who)s") % {"office": who, "who": row.who_name} if names else who,
        why=row.why,
    )


def tier_name(tier: str) -> str:
    """The name of a level; empty for all."""
    return str(Level(tier).label) if tier in Level.values else tier


def aims(day: dt.date) -> list[Aim]:
    """What is to be reached on a day, in the order of the model: 4 queries."""
    every = selectors.in_force(day)
    rows = [selectors.rows_in_force(day)]
    rows += [
        {code: row for code, row in selectors.rows_in_force(day, level).items() if row.tier == level}
        for level in Level.values
    ]
    return [
        Aim(
            code=code, title=str(BY_CODE[code].title), value=number_text(every[code], Unit.SHARE),
            set=tuple(told(found[code] for found in rows if code in found)),
        )
        for code in SHIPPED
    ]  # fmt: skip


def explained(day: dt.date) -> list[Explained]:
    """The whole model."""
    held = {aim.code: aim for aim in aims(day)}
    return [
        Explained(
            line=line,
            unit=str(Unit(line.unit).label),
            base=str(BASES.get(line.denominator, "")),
            not_said=str(NOT_SAID.get(line.code, "")),
            aim=held.get(line.code),
        )
        for line in CATALOGUE
    ]


def example() -> FigureText:
    """The worked example, by the function that computes every likely range."""
    done, of = EXAMPLE
    low, high = wilson(done, of)
    return figure_text(
        Figure("completed", Unit.SHARE, round(done / of, 4), done, of, round(low, 4), round(high, 4))
    )


def lights() -> list[tuple[Light, str]]:
    """Each light with what it means."""
    return [
        (Light.MET, _("The whole likely range is at the target or above.")),
        (
            Light.MET_UNSURE,
            _("The figure is at the target or above, but the range begins below it: it may be luck."),
        ),
        (Light.NEAR, _("At most five points below the target.")),
        (Light.UNSURE, _("Further below, but the range still reaches the target: it may be bad luck.")),
        (Light.MISSED, _("Further below, and even the upper end of the range does not reach the target.")),
        (Light.FEW, _("Fewer than five people: nothing is shown, and nothing is judged.")),
    ]


def versions() -> tuple[Version, ...]:
    """The versions of the model, the newest first."""
    return tuple(reversed(VERSIONS))


def as_json(day: dt.date) -> dict[str, Any]:
    """The model for programs: words in the reader's language, targets as numbers with their rows."""
    every, rows = selectors.in_force(day), selectors.rows_in_force(day)
    return {
        "model": VERSIONS[-1].number,
        "day": day.isoformat(),
        "indicators": [
            {
                "code": one.line.code, "title": str(one.line.title), "says": str(one.line.meaning),
                "does_not_say": one.not_said, "formula": str(one.line.formula), "unit": str(one.line.unit),
                "target": every.get(one.line.code),
                "target_since": rows[one.line.code].valid_from.isoformat() if one.line.code in rows else None,
                "kinds": [str(kind) for kind in one.line.kinds],
            }
            for one in explained(day)
        ],
        "targets": [
            {
                "indicator": row.indicator, "tier": row.tier, "value": float(row.value),
                "valid_from": row.valid_from.isoformat(), "set_on": row.set_on.isoformat(), "office": row.office,
                "why": row.why,
            }
            for row in selectors.history()
        ],
        "lights": [{"code": str(light), "word": str(light.label), "means": text} for light, text in lights()],
    }  # fmt: skip
