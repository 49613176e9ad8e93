"""What a kind of block is. All that is a kind's own stands in its file: a rule that asks "which kind is it?"
anywhere else is a fault.

No database here: a kind speaks of a source text (:class:`BlockText`) or of what a stored block tells
(:class:`Stored`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Protocol

from django.utils.functional import Promise

from ..grammar.blocks import BlockText
from ..grammar.prose import READ_A_MINUTE, count, plain


class Stored(Protocol):
    """What a kind reads of a stored block. ``heading`` and ``body`` are in the reader's language."""

    @property
    def heading(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def file(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known of a file before it is stored; sizes in pixels, ``seconds`` of a recording, else 0."""

    mime: str
    extension: str
    label: str
    width: int = 0
    height: int = 0
    seconds: int = 0


class Kind:
    """One kind of block. What is not its own is as most kinds have it."""

    code: ClassVar[str]  # as stored, and the name of its template
    name: ClassVar[Promise]  # for trainers
    mark: ClassVar[str] = ""  # what its first line starts with
    once: ClassVar[bool] = False  # each lesson has exactly one
    to_look_at: ClassVar[bool] = False  # something to see besides words
    files: ClassVar[Mapping[str, str]] = {}  # ending → MIME type of its file; without any it has no file
    upload: ClassVar[str] = ""  # how a trainer's file is taken in: a way of ``courses.media.uploads``
    upload_words: ClassVar[Promise | str] = ""  # what a trainer may choose, and how large
    a_file_each: ClassVar[bool] = False  # either language may have a file of its own
    saved: ClassVar[bool] = (
        False  # its file is for keeping: it is not shown in the lesson, nor loaded with it
    )
    advice: ClassVar[Promise | str] = ""  # for a trainer whose text is not understood; names %(line)s

    @property
    def template(self) -> str:
        """What shows it to a learner. It gets ``block`` and what :meth:`shown` tells."""
        return f"courses/blocks/{self.code}.html"

    # -- source ---------------------------------------------------------------------------------------
    def parse(self, chunk: list[str], line: int) -> BlockText:
        """Read a piece of a source that starts with the mark.

        :raises SourceError: at the first line that does not fit the grammar.
        """
        raise NotImplementedError  # every kind has its own

    def write(self, block: BlockText) -> str:
        """The same as a source, without the blank lines around it."""
        raise NotImplementedError  # every kind has its own

    def of(self, blocks: Iterable[BlockText]) -> list[BlockText]:
        """Those of this kind."""
        return [block for block in blocks if block.kind == self.code]

    def check(self, heading: str, body: str) -> None:
        """Look at what an author wrote in one language.

        :raises SourceError: when readers could not be shown it; lines are counted within the body.
        """

    def pair_faults(self, zh: BlockText, en: BlockText) -> Iterator[str]:
        """What differs between the languages and must not."""
        if zh.file != en.file and not self.a_file_each:
            yield f"another file than in Chinese: {zh.file}"
        if bool(zh.heading) != bool(en.heading):
            yield "a heading stands in one language only"

    # -- what is read of it ---------------------------------------------------------------------------
    def spoken(self, block: BlockText) -> list[str]:
        """What a reader reads of it, in words without marks."""
        return [plain(block.heading), plain(block.body)]

    def minutes(self, block: BlockText) -> Fraction:
        """The minutes a Chinese block takes a slow reader."""
        return Fraction(sum(count(part, "zh") for part in self.spoken(block)), READ_A_MINUTE)

    def search_text(self, heading: str, body: str) -> str:
        """What search finds it by."""
        return f"{heading} {body}"

    # -- its file -------------------------------------------------------------------------------------
    def mime_of(self, name: str) -> str:
        """The MIME type of a file by its ending; empty for one that this kind does not show."""
        return self.files.get(name.rsplit(".", 1)[-1].lower(), "")

    def file_faults(self, name: str, data: bytes) -> Iterator[str]:
        """What is wrong with a file of the content."""
        if not self.mime_of(name):
            yield f"a block of this kind has a file that ends in {', '.join(self.files)}"

    def file_facts(self, block: BlockText, data: bytes) -> FileFacts:
        """What to store of the file of a source."""
        ending = block.file.rsplit(".", 1)[-1].lower()
        return FileFacts(
            mime=self.mime_of(block.file), extension=ending, label=block.file, seconds=block.seconds
        )

    # -- a stored block -------------------------------------------------------------------------------
    def is_half(self, *, headings: str, bodies: str, has_file: bool) -> bool:
        """Whether it cannot be published yet; headings and bodies are those of both languages."""
        if self.files:
            return not (has_file and headings.strip())
        return not bodies.strip()

    def context(self, block: Stored) -> dict[str, Any]:
        """What its template gets besides the block itself."""
        return {}

    def facts(self, block: Stored) -> dict[str, Any]:
        """What the API tells of it besides texts and the address of its file."""
        return {}
