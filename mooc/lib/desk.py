"""The front page of the staff's desk: panels that apps provide, each a short list of work."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Model
from django.urls import reverse


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


def list_of(model: type[Model]) -> str:
    """The address of a model's list on the desk."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def form_of(row: Model) -> str:
    """The address of a row's form on the desk."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
