"""Several answers are right."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .base import FileOption, Option
from .choosing import Choosing


class Multiple(Choosing):
    """Two or more answers are right, and at least one is not: ticked, then sent by a button."""

    code, name = "multiple", _("several right answers")
    nothing_chosen = _("Tap the right answers first, then “Send my answers”.")
    file_fault = "a multiple item has two or more right options and at least one wrong one"

    def hint(self, options: Sequence[Option]) -> str:
        words = gettext("%(n)s answers, and more than one is right. Tap all the right ones")
        return words % {"n": len(options)}

    def faults(self, options: Sequence[FileOption]) -> list[str | Promise]:
        if not 2 <= sum(option.right for option in options) < len(options):
            return [_("Tick two or more right answers, and leave at least one wrong.")]
        return []
