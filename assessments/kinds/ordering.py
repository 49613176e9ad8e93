"""Steps are put in their right order: each gets a number, no script is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from django.utils.functional import Promise
from django.utils.translation import gettext
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

FEWEST_STEPS, MOST_STEPS = 3, 8  # two steps are a guess; more than eight fit no screen


@dataclass(frozen=True, slots=True)
class Row:
    """A step. ``places``: each number a form can give it, what is sent for it, and whether it was given.

    ``place`` is the right one, ``given`` the one in the answer; both from 1, 0 for none.
    """

    pk: int
    text: str
    places: tuple[tuple[int, str, bool], ...]
    place: int
    given: int


class Ordering(ItemKind):
    """Steps in their order, as the author wrote them. Stored as ``{"order": [ids, first to last]}``.

    A form sends one ``place:id`` a step; by API the ids in their order will do.
    """

    code, name = "ordering", _("steps to put in order")
    advice = _("Steps to put in order: write them in the order that is right, and tick none.")

    def read(self, choice: Choice, options: Sequence[Option]) -> Answer:
        ids = [as_id(value) for value in choice]
        if None in ids:
            ids = _by_place([str(value) for value in choice])
        if sorted(pk for pk in ids if pk is not None) != sorted(option.pk for option in options):
            raise refused(_("Give every step a number of its own, then send."))
        return {"order": ids}

    def judge(self, answer: Answer, options: Sequence[Option]) -> Mark:
        """The share of pairs of steps that stand in their right order to each other; right when all do.

        C / (n (n − 1) / 2) with C concordant pairs of n steps, which is (τ + 1) / 2 of Kendall's τ (Kendall
        1938, A new measure of rank correlation, Biometrika 30, 81–93): 1 for the right order, 0 for the reverse.
        """
        key = [option.pk for option in options]
        places = {pk: place for place, pk in enumerate(answer.get("order", ()))}
        pairs = list(combinations(key, 2))
        good = sum(one in places and other in places and places[one] < places[other] for one, other in pairs)
        right = bool(key) and answer.get("order") == key
        return Mark(1.0 if right else good / len(pairs) if pairs else 0.0, right)

    def example(self, options: Sequence[Option], *, right: bool) -> list[int]:
        ids = [option.pk for option in options]
        return ids if right else ids[1:] + ids[:1]

    def today(self, then: Sequence[Option], now: Sequence[Option]) -> list[Option]:
        """In the order of today. Where a step was taken out since, the order of then stands."""
        found = known_again(then, now)
        if len(found) < len(then):
            return list(then)
        places = {option.pk: place for place, option in enumerate(now)}
        return sorted(then, key=lambda option: places[found[option.pk].pk])

    def as_text(self, answer: Answer) -> str:
        return ids_as_text(answer.get("order", ()))

    def from_text(self, text: str) -> Answer:
        return {"order": ids_in(text)}

    def solution(self, options: Sequence[AnyOption]) -> list[AnyOption]:
        return list(options)

    def rows(
        self, options: Sequence[Option], ids: Sequence[int], answer: Answer, choice: Choice
    ) -> list[Row]:
        key = {option.pk: place for place, option in enumerate(options, 1)}
        given = {pk: place for place, pk in enumerate(answer.get("order", ()), 1)}
        sent = {str(value) for value in choice}
        lines = options if answer else by_id(options, ids)  # after the answer: as it is right
        return [
            Row(
                option.pk,
                option.text,
                _places(option.pk, len(options), sent),
                key[option.pk],
                given.get(option.pk, 0),
            )
            for option in lines
        ]

    def hint(self, options: Sequence[Option]) -> str:
        return gettext("Give every step its number, 1 comes first")

    def faults(self, options: Sequence[FileOption]) -> list[str | Promise]:
        if not FEWEST_STEPS <= len(options) <= MOST_STEPS:
            return [_("Write three to eight steps, in the order in which they are right.")]
        if any(len({getattr(option, lang) for option in options}) < len(options) for lang in ("zh", "en")):
            return [_("Two steps read the same: nobody can tell which comes first.")]
        if any(option.right for option in options):
            return [_("Steps are not ticked: the order in which you write them is the right one.")]
        return []

    def from_file(self, part: FilePart) -> tuple[list[FileOption], list[str]]:
        options = [FileOption(line.zh, line.en) for line in part.lines]
        if [line.mark for line in part.lines] != [f"{place}." for place in range(1, len(options) + 1)]:
            return options, ["the steps are numbered “1.”, “2.” … in their right order"]
        wrong = "an ordering item has three to eight steps, no two of them the same"
        return options, [wrong] if self.faults(options) else []

    def to_file(self, options: Sequence[FileOption]) -> FilePart:
        return FilePart([Line(f"{place}.", row.zh, row.en) for place, row in enumerate(options, 1)])


def _places(pk: int, count: int, sent: set[str]) -> tuple[tuple[int, str, bool], ...]:
    values = [(place, f"{place}:{pk}") for place in range(1, count + 1)]
    return tuple((place, value, value in sent) for place, value in values)


def _by_place(values: Sequence[str]) -> list[int | None]:
    """The ids in the order of their places; none where a place stands twice or something is no place."""
    pairs = [tuple(as_id(part) for part in value.split(":")) for value in values]
    if any(len(pair) != 2 or None in pair for pair in pairs):
        return []
    if sorted(pair[0] or 0 for pair in pairs) != list(range(1, len(pairs) + 1)):
        return []
    return [pair[1] for pair in sorted(pairs)]
