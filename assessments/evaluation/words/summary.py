"""What a board and a page begin with: the sentence with the funnel in it, and what to do next. Pure but
for the words; screen and paper call the same functions, so that they say the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..data import Light
from ..measure.catalogue import NO_THEME, indicator_of, target_of
from ..measure.tally import FEWEST_PEOPLE
from .presentation import FigureText, lights_of, percent

MOST_TO_DO = 3
HELP = "help"  # the list of those who need help; every other code is that of a figure


@dataclass(frozen=True, slots=True)
class ToDo:
    """One thing to do next. ``code`` names the list that stands behind it."""

    code: str
    text: str


def headline(every: Mapping[str, FigureText], *, one_module: bool = False) -> str:
    """The one sentence of the page: from enrolling to finishing all of it.

    :param one_module: the figures are of a single module, where "at least one" says nothing.
    """
    enrolled = every["enrolled"].figure
    if enrolled.hidden:
        return _("Fewer than five people are enrolled: no rates are shown.")
    if not enrolled.numerator:
        return _("Nobody is enrolled yet.")
    texts = {
        "enrolled": _("%(n)s people enrolled"),
        "people": _("%(n)s learnt"),
        "started": _("%(n)s finished a lesson"),
        "passed": _("%(n)s passed at least one quiz"),
        "completed": _("%(n)s finished at least one module"),
        "graduated": _("%(n)s finished their class"),
        "completed_all": _("%(n)s (%(share)s) finished all they enrolled in"),
    }
    if one_module:
        texts |= {"passed": _("%(n)s passed the quiz"), "completed": _("%(n)s finished the module")}
    parts = []
    for code, text in texts.items():
        row = every.get(code)
        if row is not None and row.figure.numerator is not None and row.figure.denominator != 0:
            parts.append(text % {"n": row.figure.numerator, "share": row.value})
    return _("%(parts)s.") % {"parts": _(", ").join(parts)}


def to_do(every: Mapping[str, FigureText], call: int, visit: int, *, with_names: bool) -> tuple[ToDo, ...]:
    """What is most worth doing, three lines at most.

    :param call: and ``visit``: people to call and to visit. :param with_names: whether who reads it sees
        their names anyway; elsewhere few people stand as few.
    """
    lights = lights_of(every)
    measure, people, questions = _furthest_below(lights), _people(call, visit, with_names), _questions(every)
    surely = any(row.light == Light.MISSED for row in lights)
    # what chance could explain stands behind people who can be helped today
    found = (measure, people, questions) if surely else (people, questions, measure)
    return tuple(line for line in found if line is not None)[:MOST_TO_DO]


def _furthest_below(lights: Sequence[FigureText]) -> ToDo | None:
    """The measure that lacks most, in points of what is shown, as a reader would subtract; one that is
    surely below goes before one that chance could explain."""
    below = [row for row in lights if row.light in (Light.MISSED, Light.UNSURE, Light.NEAR)]
    if not below:
        return None
    row = max(below, key=lambda one: (one.light == Light.MISSED, _gap(one)))
    values = {"title": row.title, "value": row.value, "target": row.target, "n": _gap(row)}
    if not values["n"]:
        return ToDo(row.figure.code, _("%(title)s: %(value)s, just below the target of %(target)s") % values)
    text = ngettext(
        "%(title)s: %(value)s, %(n)s point below the target",
        "%(title)s: %(value)s, %(n)s points below the target",
        _gap(row),
    )
    return ToDo(row.figure.code, text % values)


def _gap(row: FigureText) -> int:
    indicator = indicator_of(row.figure.code)
    target = target_of(indicator)
    if target is None or row.figure.value is None:
        return 0
    return int(percent(target) - percent(row.figure.value))


def _people(call: int, visit: int, with_names: bool) -> ToDo | None:
    if not call and not visit:
        return None
    if not with_names and 0 < call + visit < FEWEST_PEOPLE:
        return ToDo(HELP, _("Fewer than five people to call or visit"))
    texts = []
    if visit and (with_names or visit >= FEWEST_PEOPLE):
        texts.append(ngettext("Visit %(n)s person", "Visit %(n)s people", visit) % {"n": visit})
    if call and (with_names or call >= FEWEST_PEOPLE):
        texts.append(ngettext("Call %(n)s person", "Call %(n)s people", call) % {"n": call})
    if not texts:  # few of each, together not few
        both = call + visit
        texts.append(ngettext("Call or visit %(n)s person", "Call or visit %(n)s people", both) % {"n": both})
    return ToDo(HELP, _("; ").join(texts))


def _questions(every: Mapping[str, FigureText]) -> ToDo | None:
    """Questions answered late or not at all: somebody waits. Without any, those without a theme."""
    timely = every.get("answered_in_time")
    if timely and timely.figure.numerator is not None and timely.figure.denominator is not None:
        late = timely.figure.denominator - timely.figure.numerator
        if late:
            text = ngettext(
                "%(n)s question was not answered in time", "%(n)s questions were not answered in time", late
            )
            return ToDo(timely.figure.code, text % {"n": late})
    row = every.get(f"questions_on:{NO_THEME}")
    if row is None or not row.figure.numerator:
        return None
    unclassed = row.figure.numerator
    text = ngettext("%(n)s question has no theme yet", "%(n)s questions have no theme yet", unclassed)
    return ToDo(row.figure.code, text % {"n": unclassed})
