"""The front page of the staff's desk: panels that apps provide, each a short list of work."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeskLink:
    """Words that lead somewhere."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something publishing should know, in one sentence. ``stops``: it is not published until that is mended."""

    text: str
    stops: bool


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One thing to do or to know.

    :param notes: smaller words below it. :param tag: its state in a word or two.
    :param urgent: whether it should have been done already; the tag says so in words.
    """

    text: str
    href: str
    notes: tuple[str, ...] = ()
    tag: str = ""
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class DeskPanel:
    """A panel of the front page.

    :param place: panels stand in this order, whichever app they come from.
    :param lead: how things stand, in one sentence. :param empty: what stands there when there are no rows.
    :param first: the one button: what to do now. :param more: the whole list. :param beside: other lists.
    """

    place: int
    title: str
    rows: tuple[DeskRow, ...] = ()
    lead: str = ""
    empty: str = ""
    first: DeskLink | None = None
    more: DeskLink | None = None
    beside: tuple[DeskLink, ...] = ()
