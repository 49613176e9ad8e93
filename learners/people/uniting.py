"""Two accounts of one person become one, on record; thirty days long they can be parted again."""

from __future__ import annotations

import datetime as dt
from itertools import combinations
from typing import Any

from django.db import transaction
from django.db.models import Count, F
from django.utils import timezone
from django.utils.translation import gettext as _

from mooc.accounts.models import PhoneChange, User
from mooc.accounts.rights import Right
from mooc.accounts.staff import leaving
from mooc.lib.errors import DomainError
from mooc.lib.privacy import evidence
from mooc.lib.text import names
from mooc.lib.text.cleaning import mask_phone

from ..models import AccountMerge, Former, Learner
from ..record import rebuilding
from . import merging, snapshots
from .guests import learner_of

UNDO = dt.timedelta(days=30)
MOST_NAMES = 200


@evidence.writing("merge_person")
def merge_accounts(*, kept: User, gone: User, by: User, phone: str = "") -> AccountMerge:
    """Everything of ``gone`` goes to ``kept``; ``gone`` is switched off and its number is free.

    :param phone: the number that stays, one of the two; without it the one ``kept`` has, else the other.
    :raises DomainError: for one account twice, one that is switched off, or one that goes and has a role.
    """
    with transaction.atomic():
        users = {
            row.pk: row
            for row in User.objects.select_for_update().filter(pk__in=[kept.pk, gone.pk]).order_by("pk")
        }
        if len(users) != 2 or not all(user.is_active for user in users.values()):
            raise DomainError(_("Choose two accounts that are in use."), code="two")
        into, source = users[kept.pk], users[gone.pk]
        _must_be_free(source)
        target, was = learner_of(into), learner_of(source)
        before = snapshots.take([target.pk, was.pk])
        Learner.objects.filter(pk=was.pk).update(user=None)
        merging.absorb_guest(guest=was, target=target)
        Former.objects.get_or_create(name=was.short_name, phone_hash="", defaults={"into": target})
        after = snapshots.take([target.pk])
        merge = AccountMerge.objects.create(
            kept_user=into.pk,
            gone_user=source.pk,
            kept_learner=target.pk,
            gone_learner=was.pk,
            kept_name=str(into),
            gone_name=str(source),
            kept_phone=into.phone or "",
            gone_phone=source.phone or "",
            merged_by=by.pk,
            merged_by_name=str(by),
            rows=list(snapshots.difference(before, after)),
        )
        _switch_off(source)
        _number(
            into, phone if phone in (into.phone, source.phone) and phone else into.phone or source.phone, by
        )
    return merge


def _must_be_free(user: User) -> None:
    if user.is_staff or user.may(Right.RUN_SITE) or user.cohorts.exists():
        raise DomainError(
            _("The account that goes has a role or leads a class. Take that away first."), code="role"
        )


def _switch_off(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False, phone=None, session_turn=F("session_turn") + 1)


def _number(user: User, phone: str | None, by: User) -> None:
    if phone and phone != user.phone:
        PhoneChange.objects.create(
            user=user,
            changed_by=by,
            before=mask_phone(user.phone) if user.phone else "",
            after=mask_phone(phone),
        )
        User.objects.filter(pk=user.pk).update(phone=phone)


def can_be_undone(merge: AccountMerge) -> bool:
    """Within thirty days, once, while both accounts are there."""
    fresh = merge.undone_at is None and merge.merged_at > timezone.now() - UNDO and merge.rows
    return bool(fresh) and User.objects.filter(pk__in=[merge.kept_user, merge.gone_user]).count() == 2


@evidence.writing("merge_person")
def undo_merge(*, merge: AccountMerge, by: User) -> int:
    """Part two accounts again. What was learnt since stays with the one that was kept.

    :returns: how many rows could not go back, because something newer stands in their place.
    :raises DomainError: after thirty days, or a second time.
    """
    with transaction.atomic():
        merge = AccountMerge.objects.select_for_update().get(pk=merge.pk)
        if not can_be_undone(merge):
            raise DomainError(_("This can no longer be undone."), code="too_late")
        kept = User.objects.select_for_update().get(pk=merge.kept_user)
        Learner.objects.filter(user=merge.gone_user).delete()  # a row somebody's page may have made meanwhile
        left = snapshots.take_back(merge.rows)
        for pk in (merge.gone_learner, merge.kept_learner):
            rebuilding.rebuild(pk)
        Learner.objects.filter(pk=merge.kept_learner).update(version=F("version") + 1)
        if kept.phone == merge.gone_phone and kept.phone:
            User.objects.filter(pk=kept.pk).update(phone=merge.kept_phone or None)
        elif merge.kept_phone and kept.phone is None:
            User.objects.filter(pk=kept.pk).update(phone=merge.kept_phone)
        taken = User.objects.filter(phone=merge.gone_phone).exists()
        phone = merge.gone_phone if merge.gone_phone and not taken else None
        User.objects.filter(pk=merge.gone_user).update(is_active=True, phone=phone)
        AccountMerge.objects.filter(pk=merge.pk).update(undone_at=timezone.now(), undone_by=by.pk, rows=[])
    return left


@evidence.writing("forget_rows")
def forget_rows() -> int:
    """Drop what would undo merges older than thirty days."""
    old = AccountMerge.objects.filter(merged_at__lt=timezone.now() - UNDO).exclude(rows=[])
    return old.update(rows=[], kept_phone="", gone_phone="")


def erase(learner: Learner) -> None:
    """What merges keep of a person who is erased: the rows, and the account that was switched off."""
    rows = AccountMerge.objects.filter(kept_learner=learner.pk)
    gone = rows.filter(undone_at=None).values_list("gone_user", flat=True)
    for user in User.objects.filter(pk__in=list(gone), is_active=False, left_at=None):
        leaving.leave(user)
    rows.delete()


def likely_doubles() -> list[tuple[Learner, Learner, str]]:
    """Pairs of accounts that may be one person, with the reason: the same name, and the same place, year of birth
    or phone. The two hundred most frequent names at most."""
    people = Learner.objects.people().filter(user__is_active=True, user__is_staff=False)
    several = people.values("user__display_name").annotate(n=Count("pk")).filter(n__gt=1).order_by("-n")
    shared = [row["user__display_name"] for row in several[:MOST_NAMES]]
    rows = list(people.filter(user__display_name__in=shared).select_related("user", "region").order_by("pk"))
    phones: dict[int, set[str]] = {}
    used = Former.objects.filter(into__in=[row.pk for row in rows]).exclude(phone_hash="")
    for into, phone in used.values_list("into_id", "phone_hash"):
        phones.setdefault(into, set()).add(phone)
    by_name: dict[str, list[Learner]] = {}
    for row in rows:
        by_name.setdefault(names.key(str(row)), []).append(row)
    pairs = [pair for group in by_name.values() for pair in combinations(group, 2)]
    return [(*pair, reason) for pair in pairs if (reason := _alike(*pair, phones))]


def _alike(one: Learner, other: Learner, phones: dict[int, set[str]]) -> str:
    none: set[Any] = set()
    reasons = [
        _("same place") if one.region_id and one.region_id == other.region_id else "",
        _("same year of birth") if one.birth_year and one.birth_year == other.birth_year else "",
        _("same phone") if phones.get(one.pk, none) & phones.get(other.pk, none) else "",
    ]
    return _(", ").join(reason for reason in reasons if reason)
