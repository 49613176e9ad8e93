"""What accounts does when somebody signs in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import update_last_login
from django.contrib.auth.signals import user_logged_in

from mooc.lib.serving.unwritten import may_go_unwritten

ONCE = "update_last_login"  # as Django calls its own receiver, whose place this takes


def note_sign_in(sender: type[Any], user: Any, **kwargs: Any) -> None:
    """The day of the last sign-in; a full disk keeps nobody out."""
    with may_go_unwritten("last sign-in"):
        update_last_login(sender, user, **kwargs)


def note_sign_ins() -> None:
    """Called once when Django is ready, before or after its own receiver was connected."""
    user_logged_in.disconnect(dispatch_uid=ONCE)
    user_logged_in.connect(note_sign_in, dispatch_uid=ONCE)
