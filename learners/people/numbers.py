"""Another number, or another password, for somebody's account: nobody who helps can do that alone.

Whoever holds the number signs in as the person. So a helper only writes the wish down. It comes true when the
owner of the account says so, with a code sent to the old number (or the password), or when a second person
who looks after this learner agrees *and* three days have passed. All that time it stands in the owner's file
and inbox, the old number has a message, and one tap stops it.

A password is not needed where there is a number: a code opens the account. For somebody without a number a
new one is written down in the same way, and typed by the person when the second has agreed and the time is over.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mooc.accounts import services as accounts
from mooc.accounts import tasks as messages
from mooc.accounts.models import TextMessage, User
from mooc.accounts.rights import Right
from mooc.accounts.staff import deeds
from mooc.lib.errors import DomainError
from mooc.lib.privacy import evidence
from mooc.lib.queue import later
from mooc.lib.text.cleaning import mask_phone

from ..models import Learner, NumberWish

WAIT = dt.timedelta(days=3)
LAPSE = dt.timedelta(days=14)  # nobody agreed: the wish is void


def open_wish(user: Any) -> NumberWish | None:
    """The wish that waits for an account: 1 query."""
    since = timezone.now() - LAPSE
    rows = NumberWish.objects.filter(user=user, ended_at=None, asked_at__gt=since)
    return rows.select_related("asked_by", "agreed_by").first()


@evidence.writing("ask_number")
def ask_number(*, user: User, phone: str, by: User) -> NumberWish:
    """Write down that an account wants another number. Changes nothing yet; the old number is told.

    :raises DomainError: when it has this number, or somebody else has, or another wish waits.
    """
    if user.phone == phone:
        raise DomainError(_("This is the number already."), code="same", field="phone")
    if User.objects.filter(phone=phone).exists():
        raise DomainError(_("This number belongs to another account."), code="taken", field="phone")
    with transaction.atomic():
        wish = _write_down(user, phone, by)
        _tell_old_number(user, wish)
    return wish


@evidence.writing("ask_number")
def ask_password(*, user: User, by: User) -> NumberWish:
    """Write down that somebody without a number wants a new password. Changes nothing yet.

    :raises DomainError: when a code opens the account, or another wish waits.
    """
    if user.phone:
        raise DomainError(_("A code to the number opens this account. No password is needed."), code="code")
    with transaction.atomic():
        return _write_down(user, "", by)


def _write_down(user: User, phone: str, by: User) -> NumberWish:
    now = timezone.now()
    User.objects.select_for_update().get(pk=user.pk)
    NumberWish.objects.filter(user=user, ended_at=None, asked_at__lte=now - LAPSE).update(ended_at=now)
    if NumberWish.objects.filter(user=user, ended_at=None).exists():
        raise DomainError(_("Something is written down already."), code="waits", field="phone")
    return NumberWish.objects.create(user=user, phone=phone, asked_by=by, asked_at=now)


def may_type_password(user: Any, wish: NumberWish) -> bool:
    """Whether the person may type the new password at this helper's now: a second has agreed, the time is over."""
    two = user.pk in (wish.asked_by_id, wish.agreed_by_id) and wish.agreed_by_id is not None
    return two and wish.of_password and wish.ended_at is None and ripe_at(wish) <= timezone.now()


@evidence.writing("end_number")
def set_password(*, wish: NumberWish, password: str, by: User) -> None:
    """Give the account the password its owner has typed. Every session of it ends.

    :raises DomainError: too early, without a second person, or when the password is too easy; nothing changes.
    """
    with transaction.atomic():
        wish = NumberWish.objects.select_for_update(of=("self",)).select_related("user").get(pk=wish.pk)
        if not may_type_password(by, wish) or wish.user.phone:
            raise DomainError(_("It is too early, or was stopped."), code="early", field="password")
        try:
            validate_password(password, wish.user)
        except ValidationError as error:
            raise DomainError(" ".join(error.messages), code="easy", field="password") from error
        wish.user.set_password(password)
        wish.user.save(update_fields=["password"])
        NumberWish.objects.filter(pk=wish.pk).update(ended_at=timezone.now(), done=True)
        deeds.note(by=by, did=deeds.Did.PASSWORD, about=wish.user)


def _tell_old_number(user: User, wish: NumberWish) -> None:
    if not user.phone:
        return
    text = _(
        "%(site)s: your account is to get the number %(new)s after %(day)s. "
        "Not you? Sign in and tap Stop, or call %(station)s."
    ) % {
        "site": settings.SITE_NAME["zh-hans"],
        "new": mask_phone(wish.phone),
        "station": settings.STATION_PHONE,
        "day": date_format(timezone.localtime(ripe_at(wish)), "m-d"),
    }
    note = TextMessage.objects.create(
        phone=user.phone, text=text, expires_at=timezone.now() + dt.timedelta(days=1)
    )
    later(messages.send_text, note.pk)


def ripe_at(wish: NumberWish) -> dt.datetime:
    """When a second person's word is enough."""
    return wish.asked_at + WAIT


def may_agree(user: Any, wish: NumberWish, learner: Learner) -> bool:
    """Whether this is a second person who looks after the learner: not who asked, and not the owner."""
    if user.pk in (wish.asked_by_id, wish.user_id) or not user.may(Right.CONFIRM_NUMBER):
        return False
    return Learner.objects.visible_to(user).filter(pk=learner.pk).exists()


@evidence.writing("agree_number")
def agree(*, wish: NumberWish, by: User, learner: Learner) -> None:
    """A second person knows that it is right. The number changes when three days have passed.

    :raises DomainError: for whoever asked, and whoever does not look after the learner.
    """
    if not may_agree(by, wish, learner):
        raise DomainError(_("Somebody else who looks after this person has to agree."), code="second")
    rows = NumberWish.objects.filter(pk=wish.pk, ended_at=None, agreed_by=None)
    rows.update(agreed_by=by, agreed_at=timezone.now())
    settle()


@evidence.writing("end_number")
def stop(*, wish: NumberWish) -> None:
    """The wish is void; the number stays."""
    NumberWish.objects.filter(pk=wish.pk, ended_at=None).update(ended_at=timezone.now())


def consent(*, wish: NumberWish, proof: str) -> None:
    """The owner says yes, with a code sent to the old number, or with the password where there is none.

    :raises DomainError: when the code or password is wrong; nothing changes.
    """
    user = wish.user
    if wish.of_password:
        raise DomainError(
            _("Make the new password under Me, with the old one."), code="password", field="code"
        )
    if user.phone:
        accounts.check_code(phone=user.phone, code=proof)
    elif not user.check_password(proof):
        raise DomainError(_("That is not the password."), code="wrong", field="code")
    _apply(wish)


def settle() -> int:
    """Wishes that were agreed to and have waited come true. Returns how many."""
    ripe = NumberWish.objects.exclude(phone="").filter(
        ended_at=None, agreed_by__isnull=False, asked_at__lte=timezone.now() - WAIT
    )
    return sum(
        _apply(wish)
        for wish in ripe.filter(asked_at__gt=timezone.now() - LAPSE).select_related("user", "asked_by")
    )


@evidence.writing("end_number")
def _apply(wish: NumberWish) -> bool:
    with transaction.atomic():
        still = NumberWish.objects.select_for_update().filter(pk=wish.pk, ended_at=None).exists()
        if not still:
            return False
        try:
            with transaction.atomic():
                note = accounts.change_phone(user=wish.user, phone=wish.phone, by=wish.asked_by)
        except DomainError:  # somebody else has the number meanwhile
            stop(wish=wish)
            return False
        NumberWish.objects.filter(pk=wish.pk).update(ended_at=timezone.now(), done=True)
        if note is not None:
            later(messages.send_text, note.pk)
    return True
