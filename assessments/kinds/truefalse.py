"""Right or not."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .base import FileOption, FilePart
from .choosing import Choosing

TRUE, NOT_TRUE = ("这话对", "True"), ("这话不对", "Not true")


class TrueFalse(Choosing):
    """A sentence that is true or not. The two stand in the same order always: a habit of the thumb must not
    cost an answer."""

    code, name = "truefalse", _("right or not")
    keys = frozenset({"answer"})
    file_fault = "a truefalse item has “answer: true” or “answer: false” and no options"

    def arrange(self, ids: Sequence[int], seed: str) -> list[int]:
        return list(ids)

    def faults(self, options: Sequence[FileOption]) -> list[str | Promise]:
        if len(options) != 2 or sum(option.right for option in options) != 1:
            return [_("Give two answers, right and not right, and tick one.")]
        return []

    def from_file(self, part: FilePart) -> tuple[list[FileOption], list[str]]:
        if part.values.get("answer") not in ("true", "false") or part.lines:
            return [], [self.file_fault]
        true = part.values["answer"] == "true"
        return [FileOption(*TRUE, true), FileOption(*NOT_TRUE, not true)], []

    def to_file(self, options: Sequence[FileOption]) -> FilePart:
        return FilePart(values={"answer": "true" if options[0].right else "false"})
