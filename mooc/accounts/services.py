"""Writes of accounts: codes, new accounts, numbers, messages."""

from __future__ import annotations

import datetime as dt
import hmac
import logging
import secrets

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.signing import BadSignature, TimestampSigner
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from mooc.lib import jobrow
from mooc.lib.errors import DomainError, TooMany
from mooc.lib.jobrow import Hold
from mooc.lib.privacy import evidence
from mooc.lib.serving.unwritten import may_go_unwritten, or_refuse
from mooc.lib.text import names
from mooc.lib.text.cleaning import mask_phone

from .messages import sms
from .models import LoginCode, PhoneChange, TextMessage, User
from .staff import deeds, once

logger = logging.getLogger(__name__)
CODE_LIFE = dt.timedelta(minutes=10)
PAUSE = dt.timedelta(seconds=60)
CODES_AN_HOUR = 5
TRIES = 5
WRONG_A_DAY = 25
ALIKE = 5  # accounts of one spelling that are older than the rule against them
WARN_AT = 0.8  # of the messages of a day: the operator is told
NOT_NOW = _("Codes do not work just now. Sign in with your password, or call the station.")
CHILD_UNDER = 14  # who turns 14 this year may still be 13
_signer = TimestampSigner(salt="accounts.phone")


def sign_phone(phone: str, purpose: str) -> str:
    """A short-lived word for the browser that stands for a number."""
    return _signer.sign(f"{purpose}:{phone}")


def unsign_phone(token: str, purpose: str, *, minutes: int = 30) -> str:
    """The number of a word made by :func:`sign_phone`.

    :raises DomainError: when it is not ours, for something else, or too old.
    """
    try:
        found, phone = _signer.unsign(token[:200], max_age=minutes * 60).split(":", 1)
    except (BadSignature, ValueError) as error:
        raise DomainError(_("That took too long. Start again with your number."), code="stale") from error
    if found != purpose:
        raise DomainError(_("That took too long. Start again with your number."), code="stale")
    return phone


def _hash(phone: str, code: str) -> str:
    return salted_hmac("accounts.code", f"{phone}:{code}", algorithm="sha256").hexdigest()


@or_refuse(NOT_NOW)
def send_code(*, phone: str) -> TextMessage:
    """Make a code for a number and queue its message. The same for known and unknown numbers.

    :raises TooMany: within a minute of the last one, after five in an hour, or when the site has sent all it
        may in a day: each costs the county money.
    """
    now = timezone.now()
    _within_the_day(now)
    with transaction.atomic():
        recent = list(
            LoginCode.objects.filter(phone=phone, made_at__gt=now - dt.timedelta(hours=1)).order_by(
                "-made_at"
            )
        )
        if recent and recent[0].made_at > now - PAUSE:
            raise TooMany(_("You asked for a code just now. Wait a minute before the next one."))
        if len(recent) >= CODES_AN_HOUR:
            raise TooMany(_("Too many codes for this number. Try again in an hour, or call the station."))
        code = f"{secrets.randbelow(10**6):06}"
        LoginCode.objects.create(phone=phone, code_hash=_hash(phone, code), expires_at=now + CODE_LIFE)
        text = _("%(code)s is your code for %(site)s. Give it to nobody.") % {
            "code": code,
            "site": settings.SITE_NAME["zh-hans"],
        }
        return TextMessage.objects.create(phone=phone, text=text, expires_at=now + CODE_LIFE)


def _live_codes(phone: str) -> list[LoginCode]:
    """Codes of a number that can still be typed, the newest first, locked: several messages may be under way.

    A wrong try is written to the newest one. It counts for every code that was out then, so two codes
    under way give no more tries than one.
    """
    since = timezone.now() - CODE_LIFE
    out = (
        LoginCode.objects.select_for_update()
        .filter(phone=phone, made_at__gt=since)
        .order_by("-made_at", "-pk")
    )
    live, wrong = [], 0
    for code in out:
        wrong += code.tries
        if code.used_at is None and code.expires_at > timezone.now() and wrong < TRIES:
            live.append(code)
    return live


def texts_today(now: dt.datetime | None = None) -> int:
    """Text messages of the last 24 hours, those that wait too."""
    since = (now or timezone.now()) - dt.timedelta(days=1)
    return TextMessage.objects.filter(created_at__gt=since).count()


def _within_the_day(now: dt.datetime) -> None:
    sent = texts_today(now)
    if sent >= settings.SMS_A_DAY:
        logger.error("no more text messages today: %s were sent, MOOC_SMS_A_DAY is the limit", sent)
        raise TooMany(
            _("No more messages can be sent today. Sign in with your password, or call the station.")
        )
    if sent >= settings.SMS_A_DAY * WARN_AT and sent % 20 == 0:
        logger.warning("%s text messages in 24 hours, the limit is %s", sent, settings.SMS_A_DAY)


@or_refuse(NOT_NOW)
def check_code(*, phone: str, code: str) -> None:
    """Accept any code of a number that is still good, once; the others end with it.

    :raises DomainError: wrong or no longer good; the try is counted and stays counted.
    """
    now = timezone.now()
    with transaction.atomic():
        live = _live_codes(phone)
        today = LoginCode.objects.filter(phone=phone, made_at__gt=now - dt.timedelta(days=1))
        wrong = sum(today.values_list("tries", flat=True))
        matches = [hmac.compare_digest(row.code_hash, _hash(phone, code)) for row in live]
        good = wrong < WRONG_A_DAY and any(matches)
        if good:
            today.filter(used_at=None).update(used_at=now)
        elif live:
            LoginCode.objects.filter(pk=live[0].pk).update(tries=F("tries") + 1)
    if good:
        return
    if wrong >= WRONG_A_DAY:
        raise TooMany(_("Too many wrong codes today. Call the station, they help."))
    if not live:
        raise DomainError(
            _("This code is no longer good. Have a new one sent."), code="expired", field="code"
        )
    raise DomainError(_("That is not the code. Look at the message again."), code="wrong", field="code")


def user_with_phone(phone: str) -> User | None:
    """The active account of a checked number."""
    return User.objects.filter(phone=phone, is_active=True).first()


def user_by_password(*, name: str, number: str | None, password: str) -> User | None:
    """The active account of a name or number with this password; as slow when there is none."""
    wanted = Q(phone=number) if number else _spelt(name)
    found = list(User.objects.filter(wanted, is_active=True).order_by("pk")[:ALIKE])
    if not found:
        make_password(names.password(password))
    return next((user for user in found if _fits(user, password)), None)


def _fits(user: User, password: str) -> bool:
    """Whether it is this account's. A right one may be hashed anew, and on a full disk not be kept so."""
    with may_go_unwritten("password hashed anew"):
        return user.check_password(password)
    return True


def lockout_key(*, name: str, number: str | None) -> str:
    """What wrong passwords are counted by: the account, by name or number and however spelt; else what was typed."""
    wanted = Q(phone=number) if number else _spelt(name)
    first = User.objects.filter(wanted).order_by("pk").values_list("pk", flat=True).first()
    return f"#{first}" if first else number or names.key(name)


def _spelt(name: str) -> Q:
    """Accounts of a name, however it is spelt. More than one only where both are older than ``name_key``."""
    key = names.key(name)
    alike = Q(name_key=key) | Q(name_key__startswith=f"{key} ") if key else Q(pk=None)
    return Q(username=name) | alike


def _must_consent(*, consent: bool, birth_year: int | None, guardian: bool) -> None:
    if not consent:
        raise DomainError(_("We need your word that this is all right."), code="consent", field="consent")
    if birth_year and timezone.localdate().year - birth_year <= CHILD_UNDER and not guardian:
        raise DomainError(
            _("Under 14, a parent or guardian has to agree."), code="guardian", field="guardian"
        )


def make_account(
    *,
    name: str,
    phone: str = "",
    username: str = "",
    password: str = "",
    birth_year: int | None = None,
    consent: bool,
    guardian: bool = False,
    language: str = "",
) -> User:
    """Make an account after consent; under 14 a guardian's too.

    :raises DomainError: without consent, or when name or number are taken.
    """
    _must_consent(consent=consent, birth_year=birth_year, guardian=guardian)
    user = User(
        username=username or f"u{secrets.token_hex(6)}",
        display_name=name,
        phone=phone or None,
        phone_verified=bool(phone),
        language=language,
        consented_at=timezone.now(),
        guardian_consent=guardian,
    )
    if password:
        user.set_password(password)
    else:
        user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise DomainError(
            _("This name is taken. Add a number or your village."), code="taken", field="name"
        ) from error
    return user


@evidence.writing("change_phone")
def change_phone(*, user: User, phone: str, by: User | None) -> TextMessage | None:
    """Give an account another number, after a lost or changed phone. Who may is decided by the caller.

    Every session of the account ends (see ``User._get_session_auth_hash``): the lost phone may be in
    other hands. The old number is told.

    :returns: the message to the old number, to be sent; ``None`` when there was none.
    :raises DomainError: when the number belongs to another account.
    """
    before = user.phone or ""
    if before == phone:
        raise DomainError(_("This is the number already."), code="same", field="phone")
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(phone=phone, phone_verified=False)
            PhoneChange.objects.create(
                user=user, changed_by=by, before=mask_phone(before) if before else "", after=mask_phone(phone)
            )
            deeds.note(by=by, did=deeds.Did.NUMBER, about=user)
            if not before:
                return None
            text = _("%(site)s: your account now has the number %(new)s. Not you? Call %(station)s.") % {
                "site": settings.SITE_NAME["zh-hans"],
                "new": mask_phone(phone),
                "station": settings.STATION_PHONE,
            }
            until = timezone.now() + dt.timedelta(days=1)
            return TextMessage.objects.create(phone=before, text=text, expires_at=until)
    except IntegrityError as error:
        raise DomainError(
            _("This number belongs to another account."), code="taken", field="phone"
        ) from error


def send_text(*, message_id: int) -> bool:
    """Send one waiting message. Returns whether it went out now. No transaction is open while the gateway
    works: it may take seconds."""
    return bool(jobrow.run(TextMessage, message_id, _send))


def _send(hold: Hold[TextMessage]) -> bool:
    sms.sender().send(hold.row.phone, hold.row.text)
    return hold.end()


def forget_old_codes() -> int:
    """Drop codes, messages and marks of sent forms older than two days. Returns how many."""
    old = timezone.now() - dt.timedelta(days=2)
    codes, _rows = LoginCode.objects.filter(made_at__lt=old).delete()
    texts, _rows = TextMessage.objects.filter(created_at__lt=old).delete()
    return codes + texts + once.forget()


def has_open_code(phone: str) -> bool:
    """Whether a code that was sent to the number can still be typed."""
    with transaction.atomic():
        return bool(_live_codes(phone))
