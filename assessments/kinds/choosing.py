"""What the kinds share in which answers are chosen: all or nothing, by the ids of what was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .base import (
    Answer,
    AnyOption,
    Choice,
    FileOption,
    FilePart,
    ItemKind,
    Line,
    Mark,
    Option,
    as_id,
    by_id,
    ids_as_text,
    ids_in,
    known_again,
    refused,
)

FEWEST_IN_FILES = 3  # answers to choose of what ships: two are a guess


@dataclass(frozen=True, slots=True)
class Row:
    """An answer to choose. ``chosen``: in the answer, or in what was sent and refused."""

    pk: int
    text: str
    right: bool
    chosen: bool


class Choosing(ItemKind):
    """Right when exactly the right answers are chosen. Stored as ``{"chosen": [ids, ascending]}``."""

    nothing_chosen: ClassVar[str | Promise] = _("Tap one of the answers.")

    def read(self, choice: Choice, options: Sequence[Option]) -> Answer:
        chosen = {as_id(value) for value in choice}
        if not chosen or not chosen <= {option.pk for option in options}:
            raise refused(self.nothing_chosen)
        return {"chosen": sorted(pk for pk in chosen if pk is not None)}

    def judge(self, answer: Answer, options: Sequence[Option]) -> Mark:
        right = {option.pk for option in options if option.right}
        good = bool(right) and set(answer.get("chosen", ())) == right
        return Mark(float(good), good)

    def example(self, options: Sequence[Option], *, right: bool) -> list[int]:
        good = [option.pk for option in options if option.right]
        return good if right else [option.pk for option in options if not option.right][:1]

    def today(self, then: Sequence[Option], now: Sequence[Option]) -> list[Option]:
        found = known_again(then, now)
        return [replace(option, right=option.pk in found and found[option.pk].right) for option in then]

    def as_text(self, answer: Answer) -> str:
        return ids_as_text(answer.get("chosen", ()))

    def from_text(self, text: str) -> Answer:
        return {"chosen": sorted(ids_in(text))}

    def solution(self, options: Sequence[AnyOption]) -> list[AnyOption]:
        return [option for option in options if option.right]

    def rows(
        self, options: Sequence[Option], ids: Sequence[int], answer: Answer, choice: Choice
    ) -> list[Row]:
        chosen = {*answer.get("chosen", ()), *(as_id(value) for value in choice)}
        return [
            Row(option.pk, option.text, option.right, option.pk in chosen) for option in by_id(options, ids)
        ]

    def from_file(self, part: FilePart) -> tuple[list[FileOption], list[str]]:
        options = [FileOption(line.zh, line.en, line.mark == "+") for line in part.lines]
        if any(line.mark not in "+-" for line in part.lines):
            return options, ["an answer to choose starts with “+” (right) or “-”"]
        if len(options) < FEWEST_IN_FILES:
            return options, [f"at least {FEWEST_IN_FILES} options"]
        return options, [self.file_fault] if self.faults(options) else []

    #: What a content file is told when :meth:`faults` finds something.
    file_fault: ClassVar[str]

    def to_file(self, options: Sequence[FileOption]) -> FilePart:
        return FilePart([Line("+" if option.right else "-", option.zh, option.en) for option in options])
