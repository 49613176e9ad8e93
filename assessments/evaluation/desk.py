"""Own modules with their figures, items most often missed, and the way to the board: panels of the staff's front page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.analysis.selectors import MissedItem, missed_items
from assessments.models import Item
from courses.models import Module
from courses.publishing import drafts
from feedback.desk import waiting_by_module
from mooc.accounts.rights import Right
from mooc.lib.desk import DeskLink, DeskPanel, DeskRow, form_of, list_of

from . import data
from .data import Figure, ScopeKind, Unit
from .measure.catalogue import MODEL
from .measure.indicators import wilson
from .models import EvaluationSnapshot
from .words.presentation import figure_text, value_text

ROWS = 6
WORKS = 0.15  # r_pb below this: the item does not tell who knows the rest


def modules(user: Any) -> DeskPanel | None:
    """Own modules, those with questions first, then those to publish: 3 queries."""
    if not user.may(Right.WRITE_COURSES):
        return None
    waiting = waiting_by_module(user)
    mine: Any = Module.objects.visible_to(user).select_related("draft", "published")
    found = sorted(
        mine.annotate(changed=drafts.changed()),
        key=lambda row: (-waiting.get(row.pk, 0), bool(row.published_id) and not row.changed, row.code),
    )
    snapshots = _newest_snapshots([row.slug for row in found[:ROWS] if row.published_id])
    days = {timezone.localdate(row.as_of) for row in snapshots.values()}
    one_day = days.pop() if len(days) == 1 else None
    rows = [
        _module(row, waiting.get(row.pk, 0), snapshots.get(row.slug), not one_day) for row in found[:ROWS]
    ]
    return DeskPanel(
        place=20,
        title=_("My modules"),
        rows=tuple(rows),
        lead=_data_date(one_day, bool(snapshots)) if found else "",
        empty=_("No course is yours yet. The operator can give you one."),
        more=DeskLink(
            ngettext("%(n)s module", "All %(n)s modules", len(found)) % {"n": len(found)}, list_of(Module)
        ),
    )


def _newest_snapshots(slugs: list[str]) -> dict[str, data.Snapshot]:
    """The newest figures of modules, over all places: 1 query."""
    rows = EvaluationSnapshot.objects.filter(kind=ScopeKind.MODULE, region_code="", model=MODEL)
    newest = rows.filter(key=OuterRef("key")).order_by("-as_of").values("as_of")[:1]
    return {row.key: row.as_data() for row in rows.filter(key__in=slugs, as_of=Subquery(newest))}


def _data_date(day: dt.date | None, any_figures: bool) -> str:
    if day is not None:
        return _("Figures up to %(day)s; they are counted every night.") % {"day": _day(day)}
    if any_figures:
        return _("Figures are counted every night; each row says up to when.")
    return _("No figures yet: they are counted every night, the first stand here tomorrow morning.")


def _day(day: dt.date) -> str:
    return date_format(day, "MONTH_DAY_FORMAT")


def _module(row: Any, waiting: int, snapshot: data.Snapshot | None, dated: bool) -> DeskRow:
    edition = row.published or row.draft
    state = _("draft, learners do not see it")
    if row.published:
        state = _("changed since publishing") if row.changed else ""  # what is as it should be needs no word
    parts = [_learnt(snapshot)] if snapshot else []
    if snapshot and dated:
        parts.append(_("up to %(day)s") % {"day": _day(timezone.localdate(snapshot.as_of))})
    elif row.published and not snapshot:
        parts.append(_("no figures yet"))
    if waiting:
        parts.append(ngettext("%(n)s question waits", "%(n)s questions wait", waiting) % {"n": waiting})
    title = f"{row.code} {edition.title if edition else row.slug}"
    return DeskRow(title, form_of(row), tuple(parts), state)


def _learnt(snapshot: data.Snapshot) -> str:
    """How many enrolled, and the share of them that finished, with base and likely range."""
    enrolled, completed = snapshot.figure("enrolled"), snapshot.figure("completed")
    if enrolled is None or completed is None:
        return ""
    if enrolled.hidden:
        return _("fewer than 5 enrolled: too few to say more")
    if completed.value is None:
        return _("nobody enrolled yet")
    return _("%(n)s enrolled, finished: %(share)s") % {
        "n": value_text(enrolled),
        "share": figure_text(completed).sentence,
    }


def items(user: Any) -> DeskPanel | None:
    """Items most often missed at the first answer: 3 queries."""
    if not user.may(Right.WRITE_COURSES):
        return None
    return DeskPanel(
        place=30,
        title=_("Quiz items most often missed"),
        rows=tuple(_item(row) for row in missed_items(user, timezone.now())),
        lead=_("First answers of the last 90 days; items with at least 10."),
        empty=_("No item stands out. One does when more than 15 in 100 miss it."),
        more=DeskLink(_("All items"), list_of(Item)),
    )


def _item(row: MissedItem) -> DeskRow:
    low, high = wilson(row.right, row.answered)
    figure = Figure(
        code="",
        unit=Unit.SHARE,
        value=row.difficulty,
        numerator=row.right,
        denominator=row.answered,
        low=low,
        high=high,
    )
    rate = _("right at the first try: %(share)s") % {"share": figure_text(figure).sentence}
    module = row.item.module
    edition = module.published or module.draft
    parts = [rate, edition.title if edition else module.slug, _advice(row.discrimination)]
    return DeskRow(
        row.item.stem,
        form_of(row.item),
        tuple(part for part in parts if part),
    )


def _advice(discrimination: float | None) -> str:
    """What to look at; nothing where there are too few answers to tell."""
    if discrimination is None:
        return ""
    if discrimination < 0:
        return _("Good learners miss it more than the others: the key may be wrong, check it first.")
    if discrimination < WORKS:
        return _("Good learners miss it too: check the key and the wording.")
    return _("Those who know the rest get it right: see how the lesson explains it.")


def board(user: Any) -> DeskPanel | None:
    """The way to the board, for supervisors. No query."""
    if not user.may(Right.SEE_FIGURES):
        return None
    words = _("How far people are, who needs help, and reports, for your places")
    return DeskPanel(
        place=60,
        title=_("The board"),
        rows=(DeskRow(_("Open the board"), reverse("supervision:board"), (words,)),),
    )


def work_place(user: Any) -> tuple[str, str] | None:
    """The board, for supervisors."""
    return (_("Board"), reverse("supervision:board")) if user.may(Right.SEE_FIGURES) else None
