"""Setting targets: added, never changed."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.data import Level
from courses.services import bump_content
from mooc.accounts.models import User
from mooc.accounts.rights import Right
from mooc.lib.errors import DomainError
from mooc.lib.privacy import evidence
from mooc.lib.text.cleaning import clean

from ..measure.catalogue import BY_CODE, SHIPPED
from ..models import Target
from ..models.target import LEAST, MOST
from . import selectors

LONGEST = 200  # signs of a reason
FURTHEST = dt.timedelta(days=731)


def set_target(
    *,
    code: str,
    tier: str,
    percent: int,
    valid_from: dt.date,
    why: str,
    by: User,
    act_id: uuid.UUID,
    seen: int,
) -> Target:
    """Set what an indicator is to reach from a day on. The same ``act_id`` again is the same row.

    :param tier: a level of modules; empty: all. :param percent: 1–99. :param seen: the number of the last row of the
        indicator its setter saw.
    :raises DomainError: when it is not theirs to set, somebody was faster, or something is wrong with it; nothing is
        stored.
    """
    known = Target.objects.filter(uuid=act_id, set_by=by).first()
    if known is not None:
        same: Target = known
        return same
    text = clean(why)[:LONGEST].strip()
    _check(code, tier, percent, valid_from, text, by)
    _nobody_was_faster(code, seen)
    _changes_something(code, tier, percent, valid_from)
    try:
        return _stored(code, tier, percent, valid_from, text, by, act_id, seen)
    except IntegrityError:
        again: Target | None = Target.objects.filter(uuid=act_id, set_by=by).first()
        if again is not None:  # the same tap, twice at once
            return again
        _nobody_was_faster(code, seen)
        raise


def _stored(
    code: str, tier: str, percent: int, valid_from: dt.date, why: str, by: User, act_id: uuid.UUID, seen: int
) -> Target:
    now = timezone.now()
    with evidence.writing("set_target"), transaction.atomic():
        made: Target = Target.objects.create(
            uuid=act_id, indicator=code, tier=tier, value=Decimal(percent) / 100, valid_from=valid_from,
            number=seen + 1, set_by=by, who_name=str(by)[:40], set_at=now, set_on=timezone.localdate(now), why=why,
            **_office(by),
        )  # fmt: skip
        bump_content()  # the page of the model shows it
    return made


def _check(code: str, tier: str, percent: int, valid_from: dt.date, why: str, by: User) -> None:
    today = timezone.localdate()
    if not selectors.may_set(by):
        raise DomainError(
            _("Targets judge every place of this site: they are not yours to set."), code="not_yours"
        )
    if code not in SHIPPED or tier not in {selectors.EVERY_TIER, *Level.values}:
        raise DomainError(_("Choose a figure of the list."), code="unknown")
    if not LEAST <= percent <= MOST:
        text = _("A target is between %(least)s and %(most)s per cent.")
        raise DomainError(text % {"least": LEAST, "most": MOST}, code="range", field="percent")
    if not today <= valid_from <= today + FURTHEST:
        text = _("A target holds from today on, or from a day of the next two years.")
        raise DomainError(text, code="day", field="valid_from")
    if not why:
        raise DomainError(_("Say why: it stands on the public page."), code="reason", field="why")


def _nobody_was_faster(code: str, seen: int) -> None:
    last: Any = Target.objects.filter(indicator=code).order_by("-number").first()
    if last is None or last.number == seen:
        return
    values = {
        "who": last.who_name,
        "title": BY_CODE[code].title,
        "n": f"{last.value:.0%}",
        "day": last.valid_from,
    }
    text = _(
        "%(who)s was faster: “%(title)s” is set to %(n)s from %(day)s. Nothing of yours was stored; look again."
    )
    raise DomainError(text % values, code="faster")


def _changes_something(code: str, tier: str, percent: int, valid_from: dt.date) -> None:
    """A row that says what holds anyway would be a line of history without an event."""
    row = selectors.rows_in_force(valid_from, tier).get(code)
    own = row.value if row is not None and row.tier == tier else None
    if own is None and tier == selectors.EVERY_TIER:
        own = Decimal(str(SHIPPED[code]))
    if own is not None and own == Decimal(percent) / 100:
        raise DomainError(_("That is its target on that day already."), code="same", field="percent")


def _office(by: User) -> dict[str, str]:
    """The role and place by which somebody sets it, as of today."""
    if by.everywhere(Right.SET_TARGETS):
        return {"role": "", "place_zh": "", "place_en": ""}
    own = by.region_paths(Right.SET_TARGETS)
    grants = [grant for grant in by.grants() if grant.region and grant.region.path in own]
    top = min(grants, key=lambda grant: len(grant.region.path if grant.region else ""))
    region: Any = top.region
    return {"role": top.role, "place_zh": region.name_zh, "place_en": region.name_en}


def renew_pages(*, nights: int = 3) -> None:
    """Make the public page anew when a target begins to hold: a day that comes changes no content. More than one
    night, because a machine may have slept through the first."""
    today = timezone.localdate()
    if Target.objects.filter(
        valid_from__gt=today - dt.timedelta(days=nights), valid_from__lte=today
    ).exists():
        bump_content()
