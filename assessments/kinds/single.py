"""One answer is right."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .base import FileOption
from .choosing import Choosing


class Single(Choosing):
    """Several answers, one of them right: one tap sends it."""

    code, name = "single", _("one right answer")
    one_of_several = True
    file_fault = "a single item has exactly one right option (+)"

    def faults(self, options: Sequence[FileOption]) -> list[str | Promise]:
        if len(options) < 2 or sum(option.right for option in options) != 1:
            return [_("Give at least two answers and tick exactly one as right.")]
        return []
