"""What the operator should know of accounts: a panel of the staff's front page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from mooc.accounts.rights import Right
from mooc.lib.desk import DeskPanel, DeskRow, list_of

from . import services
from .models import TextMessage


def texts(user: Any) -> DeskPanel | None:
    """Only when many text messages were sent: somebody may be spending the county's money. 1 query."""
    if not user.may(Right.RUN_SITE):
        return None
    sent, most = services.texts_today(), settings.SMS_A_DAY
    if sent < most * services.WARN_AT:
        return None
    words = _("%(n)s text messages in 24 hours. At %(most)s no more are sent.") % {"n": sent, "most": most}
    return DeskPanel(
        place=5,
        title=_("Text messages"),
        rows=(DeskRow(words, list_of(TextMessage), urgent=True, tag=_("many")),),
        lead="",
        empty="",
    )
