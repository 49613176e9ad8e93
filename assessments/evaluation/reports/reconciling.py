"""What parts a paper from the one before, in words and as a table. Pure but for the reader's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..closing.ledger import Counts
from ..data import Cause, Snapshot
from ..measure.catalogue import indicator_of
from ..measure.tally import FEWEST_PEOPLE
from ..words.presentation import FigureText, step_title

LINE = ("enrolled", "completed")  # on paper; the tables have all


@dataclass(frozen=True, slots=True)
class Closing:
    """The archive's figures of what a report is about.

    :param sums: of the closed month; ``before``: of the month before, ``None`` when there is none; ``causes``: what
        parts them. :param erased: people since. :param sealed: whether the report is made from them; else it was counted
        again. :param face: where the sealed paper stands.
    """

    day: dt.date
    sums: Counts
    before: Counts | None
    causes: Mapping[Cause, Counts]
    erased: int
    targets: Mapping[str, float]
    sealed: bool
    face: str = ""

    def names(self) -> list[Cause]:
        """The causes that changed a count, in their order."""
        return [cause for cause in Cause if cause in self.causes and cause != Cause.ERASED]


def lines(
    closing: Closing | None, every: Mapping[str, FigureText], before: Snapshot, earlier: str
) -> tuple[str, ...]:
    """What a monthly paper says of the figures it is made from.

    :param earlier: the month before, in words.
    """
    if closing is None:
        return (_("This month was not closed when this was made: its figures may still change."),)
    if not closing.sealed:
        text = _("Counted again, beside the closed figures of %(day)s: %(rows)s.")
        rows = [_then_and_now(code, every, closing) for code in LINE]
        told = text % {"day": closing.day, "rows": _("; ").join(row for row in rows if row)}
        return (told, *([closing.face] if closing.face else []))
    sealed = _("Counts stand as closed on %(day)s; medians and scores were counted when this was made.")
    return (
        sealed % {"day": closing.day}, *_reconciled(closing, every, before, earlier), *_erased(closing.erased),
        *([closing.face] if closing.face else []),
    )  # fmt: skip


def _reconciled(
    closing: Closing, every: Mapping[str, FigureText], before: Snapshot, earlier: str
) -> Iterator[str]:
    if closing.before is None:
        yield _("The first closing: there is no paper before it to reconcile with.")
        return
    rows = [_row(code, every, before, closing) for code in LINE]
    if shown := [row for row in rows if row]:
        yield _("Reconciled with %(month)s. %(rows)s.") % {"month": earlier, "rows": _("; ").join(shown)}


def _row(code: str, every: Mapping[str, FigureText], before: Snapshot, closing: Closing) -> str:
    """ "Enrolled: 10, in the month +2, known late +1; now 13"; nothing of what is hidden now or was then."""
    name = _name_of(code, every, before)
    if not name or closing.before is None:
        return ""
    changes = [
        _("%(cause)s %(n)s") % {"cause": cause.label, "n": signed(n)}
        for cause in closing.names()
        if (n := closing.causes[cause][name])
    ]
    return _("%(what)s: %(before)s, %(changes)s, now %(now)s") % {
        "what": step_title(every[code]), "before": closing.before[name], "now": closing.sums[name],
        "changes": _(", ").join(changes) or _("nothing since"),
    }  # fmt: skip


def _name_of(code: str, every: Mapping[str, FigureText], before: Snapshot | None) -> str:
    """The count behind a figure; empty where it is hidden now, or was before."""
    row, indicator = every.get(code), indicator_of(code)
    then = before.figure(code) if before else None
    if row is None or indicator is None or row.figure.hidden or (then is not None and then.hidden):
        return ""
    part = code.partition(":")[2]
    return f"{indicator.numerator}:{part}" if part and indicator.numerator else indicator.numerator


def _then_and_now(code: str, every: Mapping[str, FigureText], closing: Closing) -> str:
    name = _name_of(code, every, None)
    if not name or 0 < closing.sums["enrolled"] < FEWEST_PEOPLE:
        return ""
    told = {"what": step_title(every[code]), "then": closing.sums[name], "now": every[code].figure.numerator}
    return _("%(what)s %(then)s, now %(now)s") % told


def _erased(count: int) -> Iterator[str]:
    if 0 < count < FEWEST_PEOPLE:
        yield _("A few people were erased since; their part stays, without a name.")
    elif count:
        text = ngettext(
            "%(n)s person was erased since; their part stays, without a name.",
            "%(n)s people were erased since; their part stays, without a name.",
            count,
        )
        yield text % {"n": count}


def signed(number: int) -> str:
    """``+2``, ``−1``: with the sign that is as wide as a digit."""
    return f"{number:+d}".replace("-", "−")


def columns(closing: Closing) -> tuple[str, ...]:
    """The heads of the table."""
    return (
        _("Short name"),
        _("Figure"),
        _("Month before"),
        *(str(c.label) for c in closing.names()),
        _("This month"),
    )


def table(
    closing: Closing, figures: Sequence[FigureText], before: Snapshot
) -> Iterator[tuple[str | int, ...]]:
    """Every count with what changed it: each row adds up from left to right. Without what is hidden."""
    every, seen = {row.figure.code: row for row in figures}, set[str]()
    for code, row in every.items():
        name = _name_of(code, every, before)
        if closing.before is None or not name or name in seen:
            continue
        seen.add(name)
        changes = (closing.causes[cause][name] for cause in closing.names())
        yield name, row.title, closing.before[name], *changes, closing.sums[name]
