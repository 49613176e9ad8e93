"""Drawings of supervision, made on the server. Each is hidden from readers: words beside it say the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from mooc.lib.text.localized import current

from ..data import Light
from ..help import helping
from ..help.points import RED
from ..measure.trends import Point
from ..selectors import Step
from ..words import presentation
from ..words.presentation import FigureText

register = template.Library()
LIGHTS = {
    Light.MET: ("good", "check"),
    Light.MET_UNSURE: ("hope", "half"),
    Light.NEAR: ("warn", "half"),
    Light.UNSURE: ("warn", "alert"),
    Light.MISSED: ("bad", "alert"),
    Light.FEW: ("", "half"),
}


@register.simple_tag
def weigh(figure: FigureText) -> SafeString:
    """The steelyard of a figure: the weight is the value, the blue part the likely range, the line the target."""
    if figure.position is None:
        return mark_safe("")
    likely: SafeString | str = ""
    if figure.low is not None and figure.high is not None:
        likely = format_html(
            '<rect class="range" x="{}%" y="8" width="{}%" height="8"/>',
            figure.low,
            round(figure.high - figure.low, 1),
        )
    mark: SafeString | str = ""
    if figure.mark is not None:
        mark = format_html(
            '<line class="target" x1="{}%" x2="{}%" y1="1" y2="23"/>', figure.mark, figure.mark
        )
    return format_html(
        '<svg class="beam" height="36" aria-hidden="true"><rect class="rod" y="8" width="100%" height="8" rx="4"/>{}{}'
        '<svg x="{}%" y="16" overflow="visible"><path class="hook" d="M0-4v8"/><path class="weight" d="M-5 3H5L8 17H-8z"/>'
        "</svg></svg>",
        likely,
        mark,
        figure.position,
    )


@register.inclusion_tag("supervision/board/trend.html")
def trend(points: Sequence[Point]) -> dict[str, Any]:
    """How a share stood at the ends of months: a line from 0 to 100 %, so that no step looks larger than it is."""
    line = " ".join(f"{point.x:g},{22 - 20 * point.value:.1f}" for point in points)
    return {"line": line, "rows": [presentation.point_texts(point) for point in points]}


@register.simple_tag
def light_look(light: Light) -> dict[str, str]:
    """Colour and icon of a light; its word stands beside it."""
    css, icon = LIGHTS.get(light, ("", "half"))
    return {"css": css, "icon": icon}


@register.simple_tag
def step_shape(steps: Sequence[Step], number: int) -> SafeString:
    """One step of the funnel, from its own width to the next one's."""
    width = steps[number].part or 0
    last = number + 1 >= len(steps)
    link = (
        ""
        if last
        else format_html('<path class="fall" d="M0 36H{}L{} 56H0z"/>', width, steps[number + 1].part or 0)
    )
    return format_html(
        '<svg viewBox="0 0 100 56" preserveAspectRatio="none"><path class="part" d="M0 0H{}V36H0z"/>{}</svg>',
        width,
        link,
    )


@register.simple_tag
def bar(value: float | None, most: float = 1.0) -> SafeString:
    """A bar of a table row: ``value`` of ``most``."""
    share = 0.0 if value is None or not most else round(100 * min(max(value / most, 0.0), 1.0), 1)
    return format_html(
        '<svg class="share" aria-hidden="true"><rect class="rod" width="100%" height="100%"/>'
        '<rect width="{}%" height="100%"/></svg>',
        share,
    )


@register.filter
def why(reasons: Sequence[dict[str, Any]]) -> str:
    """The reasons of a need in sentences."""
    space = " " if current() == "en" else ""
    return space.join(helping.sentence(reason) for reason in reasons)


@register.filter
def points_of(reasons: Sequence[dict[str, Any]]) -> str:
    """The points of a need added up: "3 + 2 = 5"."""
    return helping.points_text(reasons)


@register.filter
def done_for(row: Any) -> str:
    """What was done last for somebody in need, by whom, and when to look again."""
    last = helping.Done(
        action=row.last_help,
        at=row.last_help_at,
        by=row.last_help_by or "",
        outcome=row.last_outcome,
        reason=row.last_reason,
        next_on=row.last_next,
    )
    return helping.done_text(last)


@register.filter
def came_of(row: Any) -> str:
    """What came of a call or a visit, and why they stopped where they said."""
    return helping.outcome_text(row.outcome, row.reason)


@register.filter
def is_red(points: int) -> bool:
    """Whether somebody should go there, not only call."""
    return points >= RED


@register.filter
def at(mapping: dict[str, Any], key: str) -> Any:
    """An entry by its name; ``None`` when it is not there."""
    return mapping.get(key)
