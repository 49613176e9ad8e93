"""Who answers for a monthly paper: whoever reports it says it is complete, somebody above signs it, from below to
the top; either can be taken back with a reason."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from mooc.accounts.models import Region, RoleGrant, User
from mooc.accounts.rights import Reach, Right, roles_with
from mooc.lib.errors import DomainError
from mooc.lib.privacy import evidence
from mooc.lib.text.cleaning import clean

from ..data import ScopeKind, SignAct
from ..models import EvaluationReport, SignOff
from . import selectors

MADE = ""  # where a paper stands before anybody has reported it, and after that was taken back
LONGEST = 200  # signs of a reason


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a paper stands.

    :param acts: all of them, the first first. :param changed: how many people are counted otherwise today.
    :param missing: papers below that are to be signed first.
    """

    acts: tuple[SignOff, ...]
    changed: int
    missing: tuple[EvaluationReport, ...]

    @property
    def state(self) -> str:
        """``MADE``, complete or signed."""
        return _state(self.acts)

    @property
    def seen(self) -> int:
        """The last act: whoever presses a button says which one they saw."""
        return self.acts[-1].pk if self.acts else 0

    @property
    def reported(self) -> SignOff | None:
        """Who reported it, while that stands."""
        found = [act for act in self.acts if act.act == SignAct.COMPLETE]
        return found[-1] if found and self.state else None

    @property
    def signed(self) -> SignOff | None:
        """Who signed it, while that stands."""
        return self.acts[-1] if self.state == SignAct.SIGNED else None


def _state(acts: Sequence[SignOff]) -> str:
    last = acts[-1].act if acts else MADE
    return MADE if last == SignAct.TAKEN_BACK else last


def can_be_signed(report: EvaluationReport) -> bool:
    """Papers of a place on a closed month, made from its figures."""
    return bool(report.sealed and report.made_at and report.kind == ScopeKind.REGION)


def standing(report: EvaluationReport) -> Standing:
    """Where a paper stands: 5 queries."""
    acts = tuple(report.sign_offs.order_by("pk"))
    changed = selectors.changed_since(report.scope, report.region, report.month)
    missing = tuple(unsigned_below(report)) if _state(acts) == SignAct.COMPLETE else ()
    return Standing(acts=acts, changed=changed, missing=missing)


def with_state(rows: QuerySet[EvaluationReport]) -> QuerySet[Any]:
    """Reports with the last act on each (``last_act``), who did it and when."""
    last = SignOff.objects.filter(report=OuterRef("pk")).order_by("-pk")
    return rows.annotate(
        last_act=Subquery(last.values("act")[:1]), last_by=Subquery(last.values("who_name")[:1]),
        last_at=Subquery(last.values("at")[:1]),
    )  # fmt: skip


def _of_month(month: str) -> QuerySet[Any]:
    """Papers of places on a month; one filed for a place that is no more binds nobody."""
    rows = EvaluationReport.objects.filter(kind=ScopeKind.REGION, month=month).exclude(region=None)
    return with_state(rows.select_related("region")).order_by("region__path", "pk")


def unsigned_below(report: EvaluationReport) -> list[EvaluationReport]:
    """Of the nearest places below that have a paper of the month, those without a signed one: 1 query."""
    path = report.region.path if report.region else ""
    found: dict[str, list[Any]] = {}
    for row in _of_month(report.month).filter(region__path__startswith=path):
        place = row.region.path
        above = any(place != other and place.startswith(other) for other in found)
        if place != path and row.key == row.region.code and not above:
            found.setdefault(place, []).append(row)
    return [rows[0] for rows in found.values() if not any(row.last_act == SignAct.SIGNED for row in rows)]


def _signed_above(report: EvaluationReport) -> EvaluationReport | None:
    """A paper above that was signed because this one was: 1 query."""
    place = report.region.path if report.region else ""
    for row in _of_month(report.month):
        if row.last_act == SignAct.SIGNED and row.region.path != place and place.startswith(row.region.path):
            found: EvaluationReport = row
            return found
    return None


def may(user: Any, report: EvaluationReport, now: Standing) -> set[str]:
    """What somebody may do about a paper as it stands; papers below are asked for when they do it."""
    if not can_be_signed(report):
        return set()
    path = report.region.path if report.region else ""
    in_charge = user.in_scope(Right.SIGN_FIGURES, path) if path else user.everywhere(Right.SIGN_FIGURES)
    reporter = now.reported.by_id if now.reported else None
    signs = user.pk != reporter and _stands_above(user, report.region, reporter)
    if now.state == MADE:
        return {SignAct.COMPLETE} if in_charge else set()
    if now.state == SignAct.COMPLETE:
        return ({SignAct.SIGNED} if signs else set()) | ({SignAct.TAKEN_BACK} if in_charge else set())
    mine = now.signed is not None and now.signed.by_id == user.pk and in_charge
    return {SignAct.TAKEN_BACK} if signs or mine or user.everywhere(Right.SIGN_FIGURES) else set()


def _stands_above(user: Any, region: Region | None, reporter: int | None) -> bool:
    """Whether somebody looks after a place above; the operator does where nobody else could sign: 2 queries."""
    if region is None:
        return bool(user.everywhere(Right.SIGN_FIGURES))
    if any(
        region.path != own and region.path.startswith(own) for own in user.region_paths(Right.SIGN_FIGURES)
    ):
        return True
    return bool(user.everywhere(Right.SIGN_FIGURES)) and not _somebody_above(region, reporter)


def _somebody_above(region: Region, reporter: int | None) -> bool:
    codes = region.path.strip("/").split("/")[:-1]
    roles = roles_with(Right.SIGN_FIGURES, [Reach.REGION])
    grants = RoleGrant.objects.filter(role__in=roles, region__code__in=codes, user__is_active=True)
    return grants.exclude(user=reporter).exists()


@evidence.writing("sign_off")
def sign_off(
    *, report: EvaluationReport, act: str, by: User, act_id: uuid.UUID, seen: int, reason: str = ""
) -> SignOff:
    """Do one of :class:`SignAct` about a paper; the same id again changes nothing.

    :param seen: the last act the person saw. :param reason: why it is taken back.
    :raises DomainError: when somebody was faster, when it is not theirs to do, when papers below are unsigned or one
        above is signed, or a reason is missing; nothing is stored.
    """
    with transaction.atomic():
        row = EvaluationReport.objects.select_for_update(of=("self",), no_key=True).get(pk=report.pk)
        known = SignOff.objects.filter(uuid=act_id).first()
        if known is not None and (known.report_id, known.act, known.by_id) == (row.pk, act, by.pk):
            again: SignOff = known
            return again
        now, text = standing(row), clean(reason)[:LONGEST].strip()
        _check(row, now, act=act, by=by, seen=seen, reason=text)
        made: SignOff = SignOff.objects.create(
            uuid=act_id if known is None else uuid.uuid4(), report=row, act=act, by=by, who_name=str(by)[:40],
            at=timezone.now(), reason=text if act == SignAct.TAKEN_BACK else "", changed=now.changed,
        )  # fmt: skip
    return made


def _check(report: EvaluationReport, now: Standing, *, act: str, by: User, seen: int, reason: str) -> None:
    if seen != now.seen:
        raise DomainError(_("Somebody was faster. Look at how the paper stands now."), code="faster")
    if act not in may(by, report, now):
        raise DomainError(
            _("This is not yours to do: another person above signs what you report."), code="not_yours"
        )
    if act == SignAct.SIGNED and now.missing:
        names = _(", ").join(str(row.region) for row in now.missing[:5])
        raise DomainError(_("First these are to be signed: %(places)s.") % {"places": names}, code="below")
    if act == SignAct.TAKEN_BACK and not reason:
        raise DomainError(_("Say why you take it back."), code="reason", field="reason")
    above = _signed_above(report) if act == SignAct.TAKEN_BACK and now.state == SignAct.SIGNED else None
    if above is not None:
        text = _("The paper of %(place)s rests on it and is signed. That one is taken back first.")
        raise DomainError(text % {"place": above.region}, code="above")
