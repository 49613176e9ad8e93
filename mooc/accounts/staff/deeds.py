"""The register of who did what: who opened whose file, worked on the desk, gave a role, moved a place.

It holds no foreign keys and no names of learners: a line outlives whoever did it and what it tells of.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mooc.accounts.rights import Right
from mooc.lib.privacy import evidence


class Did(models.TextChoices):
    """What was done."""

    OPENED = "opened", _("opened a file")
    LISTED = "listed", _("looked at a list of names")
    EXPORTED = "exported", _("took a list of names as a file")
    ADDED = "added", _("added on the desk")
    CHANGED = "changed", _("changed on the desk")
    DELETED = "deleted", _("deleted on the desk")
    ROLE_GIVEN = "given", _("gave a role")
    ROLE_TAKEN = "taken", _("took a role away")
    NUMBER = "number", _("changed a number")
    PASSWORD = "password", _("had a new password typed")
    MOVED = "moved", _("moved a place")
    MERGED = "merged", _("merged a place into another")
    ERASED = "erased", _("deleted the own data")


class Deed(evidence.Evidence):
    """One line. ``who`` and ``row`` are numbers of rows that may be gone; ``who_name`` is of staff only."""

    written_by = ("note_deed",)

    did = models.CharField(_("what"), max_length=8, choices=Did.choices)
    who = models.BigIntegerField(_("account"), null=True)
    who_name = models.CharField(_("name"), max_length=40, blank=True)
    role = models.CharField(_("role"), max_length=60, blank=True)
    table = models.CharField(_("table"), max_length=60, blank=True)
    row = models.CharField(_("row"), max_length=40, blank=True)
    detail = models.CharField(_("detail"), max_length=200, blank=True)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["table", "row"]), models.Index(fields=["who"])]
        verbose_name = _("line of the register")
        verbose_name_plural = _("register of who did what")

    def __str__(self) -> str:
        return f"{self.did} {self.table} {self.row}"


def role_of(user: Any) -> str:
    """The roles somebody has now, as they are kept: ``operator``, ``helper trainer`` …; nothing for a learner."""
    if user.may(Right.RUN_SITE):
        return "operator"
    return " ".join(sorted({grant.role for grant in user.grants()}))


@evidence.writing("note_deed")
def note(*, by: Any, did: Did, about: models.Model | None = None, detail: str = "") -> Deed:
    """Write down who did something; ``by`` is nobody where the machine did it."""
    known = by if by is not None and by.pk and by.is_authenticated else None
    role = role_of(known) if known else ""
    name = str(known)[:40] if role and did != Did.ERASED else ""  # whoever goes leaves no name by going
    return Deed.objects.create(
        did=did,
        who=known.pk if known else None,
        who_name=name,
        role=role[:60],
        table=about._meta.label if about else "",
        row=str(about.pk) if about else "",
        detail=detail[:200],
    )


LOOKED_AGAIN = dt.timedelta(minutes=30)  # within, the same page is one looking


def note_names(*, by: Any, where: str, count: int, as_file: bool = False) -> None:
    """Write down that somebody saw, or took along, a list of people's names: which list and how many, no name.

    :param where: the list, by a word of its address.
    """
    if not count:
        return
    did, detail = (Did.EXPORTED if as_file else Did.LISTED), f"{where}: {count}"
    same = Deed.objects.filter(who=by.pk, did=did, detail=detail, at__gt=timezone.now() - LOOKED_AGAIN)
    if as_file or not same.exists():
        note(by=by, did=did, detail=detail)


def fields_of(message: Any) -> str:
    """From what Django's desk writes about a change, the names of fields: never what stands in them."""
    if not isinstance(message, Iterable) or isinstance(message, str):
        return ""
    names: list[str] = []
    for part in message:
        for what, facts in part.items():
            names += facts.get("fields", []) or ([f"{what} {facts['name']}"] if "name" in facts else [])
    return ", ".join(str(name) for name in names)
