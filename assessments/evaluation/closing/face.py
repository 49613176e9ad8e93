"""Where a paper stands and what changed since, in one line for its face: archive, page, papers made later. Pure but for
the reader's language."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..data import SignAct


def line(act: str, who: str, at: dt.datetime | None, changed: int) -> str:
    """Of the last act about a paper; ``changed``: people counted otherwise today than in its figures."""
    day = date_format(timezone.localtime(at), "Y-m-d") if at else ""
    if act == SignAct.SIGNED:
        return _("Signed by %(who)s on %(day)s. Changed since signing: %(n)s.") % {
            "who": who,
            "day": day,
            "n": changed,
        }
    if act == SignAct.COMPLETE:
        text = _("Not signed yet. Reported by %(who)s on %(day)s. Changed since closing: %(n)s.")
        return text % {"who": who, "day": day, "n": changed}
    return _("Not signed, not reported yet. Changed since closing: %(n)s.") % {"n": changed}
