"""What every kind of question can do, and what passes between it and the rooms that ask."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, TypeVar

from django.utils.functional import Promise

from mooc.lib.errors import DomainError
from mooc.lib.text.digits import whole_number, whole_numbers
from mooc.lib.text.localized import read

from .lot import rank

#: What stands in a form, or comes from a phone or by API: the values of the fields named ``choice``, in their order.
Choice = Sequence[str | int]
#: An answer as it is stored: a JSON object of the kind's own form.
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Option:
    """A line of a question: an answer to choose, or a step. What ``right`` means is the kind's business."""

    pk: int
    text_zh: str
    text_en: str
    right: bool = False

    @property
    def text(self) -> str:
        """In the reader's language."""
        return read(self.text_zh, self.text_en)


@dataclass(frozen=True, slots=True)
class Mark:
    """What an answer is worth.

    :param score: 0.0–1.0, how much of it is right. :param right: whether it counts as right in a quiz.
    """

    score: float
    right: bool


@dataclass(frozen=True, slots=True)
class ItemContext:
    """A question, or an answer to it, as its template shows it.

    :param mode: ``ask`` in a form, ``done`` with what was answered, ``look`` for whoever may edit it.
    :param rows: the lines in the order they are shown; what one holds is the kind's business.
    :param hint: one sentence below the question, or nothing.
    :param counted: of ``done``: whether the answer counts as right, whatever today's key says.
    """

    template: str
    mode: Literal["ask", "done", "look"]
    rows: Sequence[Any]
    hint: str = ""
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a content file in both languages, with the mark before it (``+``, ``-``, ``1.``)."""

    mark: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class FileOption:
    """A line of a question as a content file or the desk gives it, without an id."""

    zh: str
    en: str
    right: bool = False


@dataclass(slots=True)
class FilePart:
    """What a content file says of a question beside its words: marked lines, and values by key."""

    lines: list[Line] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)


AnyOption = TypeVar("AnyOption", Option, FileOption)


class ItemKind(ABC):
    """One kind of question. It has no state: what it needs it is given.

    ``options`` are always in the order in which the author wrote them, with today's key, unless said otherwise.
    """

    code: ClassVar[str]
    name: ClassVar[str | Promise]
    #: Whether one of several answers is tapped: then the longest must not give the right one away.
    one_of_several: ClassVar[bool] = False
    #: A sentence for its author on the desk, where the form does not say enough.
    advice: ClassVar[str | Promise] = ""
    #: Keys of a content file that only this kind has.
    keys: ClassVar[frozenset[str]] = frozenset()

    @property
    def template(self) -> str:
        """The template that shows it, in all modes."""
        return f"assessments/kinds/{self.code}.html"

    # --- answering -----------------------------------------------------------------------------------

    @abstractmethod
    def read(self, choice: Choice, options: Sequence[Option]) -> Answer:
        """The answer in what a form or a phone sent.

        :raises DomainError: with a sentence, when it is none (``refused`` makes it).
        """

    @abstractmethod
    def judge(self, answer: Answer, options: Sequence[Option]) -> Mark:
        """What an answer is worth. An answer that was emptied, by erasing, is worth nothing."""

    @abstractmethod
    def example(self, options: Sequence[Option], *, right: bool) -> list[int]:
        """A choice that is right, or one that is not: for demonstrations and tests."""

    def arrange(self, ids: Sequence[int], seed: str) -> list[int]:
        """The lines by their ids in the order they stand on the screen, the same for the same seed.

        A phone can do it, too: see ``docs/api.md``.
        """
        return sorted(ids, key=lambda pk: (rank(f"{seed}{pk}"), pk))

    def today(self, then: Sequence[Option], now: Sequence[Option]) -> list[Option]:
        """The lines of an older edition with today's key."""
        return list(then)

    # --- what it says as text ------------------------------------------------------------------------

    @abstractmethod
    def as_text(self, answer: Answer) -> str:
        """The answer as a learning record keeps it (xAPI ``result.response``)."""

    @abstractmethod
    def from_text(self, text: str) -> Answer:
        """The answer in a learning record."""

    @abstractmethod
    def solution(self, options: Sequence[AnyOption]) -> list[AnyOption]:
        """The lines of the right answer."""

    # --- showing -------------------------------------------------------------------------------------

    @abstractmethod
    def rows(
        self, options: Sequence[Option], ids: Sequence[int], answer: Answer, choice: Choice
    ) -> Sequence[Any]:
        """What the template shows line by line.

        :param ids: the order on the screen. :param answer: what was answered, if anything.
        :param choice: what was sent and refused: it is not to be done again.
        """

    def hint(self, options: Sequence[Option]) -> str:
        """One sentence below the question, when the kind needs one."""
        return ""

    def ask(self, options: Sequence[Option], ids: Sequence[int], choice: Choice = ()) -> ItemContext:
        """The question in its form."""
        return ItemContext(self.template, "ask", self.rows(options, ids, {}, choice), self.hint(options))

    def explain(
        self, options: Sequence[Option], ids: Sequence[int], answer: Answer, *, counted: bool = False
    ) -> ItemContext:
        """The question after it was answered."""
        return ItemContext(self.template, "done", self.rows(options, ids, answer, ()), counted=counted)

    def look(self, options: Sequence[Option]) -> ItemContext:
        """The question for whoever may edit it: nothing is sent."""
        ids = [option.pk for option in options]
        return ItemContext(self.template, "look", self.rows(options, ids, {}, ()), self.hint(options))

    # --- writing -------------------------------------------------------------------------------------

    @abstractmethod
    def faults(self, options: Sequence[FileOption]) -> list[str | Promise]:
        """What is wrong with what an author wrote, as sentences; nothing when it can be asked."""

    @abstractmethod
    def from_file(self, part: FilePart) -> tuple[list[FileOption], list[str]]:
        """The lines of a question in a content file, and what is wrong with them, in English."""

    @abstractmethod
    def to_file(self, options: Sequence[FileOption]) -> FilePart:
        """The same, to be written: reading it again gives the same options."""


def refused(sentence: str | Promise) -> DomainError:
    """What a learner is told when an answer is none."""
    return DomainError(sentence, code="no_choice", field="choice")


def as_id(value: str | int) -> int | None:
    """The id of a line in what was sent, or nothing."""
    return whole_number(str(value))


def by_id(options: Sequence[Option], ids: Sequence[int]) -> list[Option]:
    """The lines in that order; those it does not name, after them."""
    places = {pk: place for place, pk in enumerate(ids)}
    return sorted(options, key=lambda option: places.get(option.pk, len(places)))


def known_again(then: Sequence[Option], now: Sequence[Option]) -> dict[int, Option]:
    """The lines of an older edition, by their ids then, as they are now; one that is gone is left out.

    A line is known again by its words, wherever it stands now (two that were exchanged are two that moved); one
    that was reworded by its id, unless its words are those of another now.
    """
    words_now = {(option.text_zh, option.text_en): option for option in now}
    words_then = {(option.text_zh, option.text_en) for option in then}
    reworded = {option.pk: option for option in now if (option.text_zh, option.text_en) not in words_then}
    found = {
        option.pk: words_now.get((option.text_zh, option.text_en), reworded.get(option.pk)) for option in then
    }
    return {pk: option for pk, option in found.items() if option is not None}


def ids_as_text(ids: Sequence[int]) -> str:
    """Ids parted by commas."""
    return ",".join(map(str, ids))


def ids_in(text: str) -> list[int]:
    """The ids in such a text."""
    return whole_numbers(text.split(","))
