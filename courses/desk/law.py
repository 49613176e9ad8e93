"""Courses whose law has to be looked at again: a panel of the staff's front page."""

from __future__ import annotations

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mooc.accounts.rights import Right
from mooc.lib.desk import DeskPanel, DeskRow, form_of

from ..grammar import law
from ..models import Module, ModuleEdition


def panel(user: Any) -> DeskPanel | None:
    """Own published courses with a law that has changed, or that nobody has looked at for a year: 1 query."""
    if not user.may(Right.WRITE_COURSES):
        return None
    mine = Module.objects.visible_to(user).filter(published__isnull=False).select_related("published")
    texts = [(module, module.published) for module in mine.order_by("code")]
    rows = [_row(module, edition) for module, edition in texts if edition and edition.law_due]
    if not rows:
        return None
    lead = _("Learners are told to ask the station. Check, write the month, publish: then it is gone.")
    return DeskPanel(place=15, title=_("Law to look at again"), rows=tuple(rows), lead=lead)


def _row(module: Module, edition: ModuleEdition) -> DeskRow:
    changed = edition.law_due == law.Due.CHANGED.value
    day = edition.changes_on if changed else edition.checked_on
    note = _("changed on %(day)s") if changed else _("last checked in %(day)s")
    words = date_format(day, "DATE_FORMAT" if changed else _("F Y")) if day else _("never")
    href = form_of(module)
    return DeskRow(
        f"{module.code} {edition.title}", href, (note % {"day": words},), _("check"), urgent=changed
    )
