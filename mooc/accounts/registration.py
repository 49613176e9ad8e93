"""What accounts provides: where trainers and operators work, and numbers an operator watches."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from mooc.accounts.rights import Right
from mooc.lib import jobrow, registry
from mooc.lib.jobrow import Swept


def desk(user: Any) -> tuple[str, str] | None:
    """The desk, for trainers and operators."""
    return (_("My desk"), reverse("admin:index")) if user.may(Right.WRITE_COURSES) else None


def held(user: Any) -> list[str]:
    """Roles: whoever has one works here."""
    return [
        _("You have the role “%(role)s”. Ask the operator to take it back.") % {"role": grant}
        for grant in user.grants()
    ]


def register() -> None:
    """Called once when Django is ready."""
    from . import desk as panels
    from . import gauges, personal_data, services
    from .models import TextMessage

    registry.work_place.register("desk", desk)
    registry.hand_over.register("roles", held)
    registry.personal_data.register("accounts", personal_data.tables)
    gauges.register()
    jobrow.swept.register("texts", Swept(TextMessage, "urgent", lambda pk: services.send_text(message_id=pk)))
    registry.desk_panel.register("texts", panels.texts)
