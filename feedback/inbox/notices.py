"""Telling learners: the inbox first, e-mail and text message where they chose so."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from learners.models import Learner
from mooc.accounts.models import TextMessage
from mooc.accounts.services import WARN_AT, texts_today
from mooc.lib import jobrow
from mooc.lib.errors import DomainError
from mooc.lib.jobrow import Hold, JobState

from ..data import NoticeKind
from ..models import Notice, NoticeChoice, Question, Reply

SMS_GOOD_FOR = dt.timedelta(days=2)
SMS_A_DAY = 3  # each costs the county money; the fourth answer of a day is found in the inbox


@dataclass(frozen=True, slots=True)
class Ways:
    """How somebody hears of an answer. The inbox is always one; what was not chosen may still be offered."""

    sms: bool
    mail: bool
    sms_free: bool

    @property
    def may_choose(self) -> bool:
        """Whether this site can send anything besides the inbox."""
        return bool(settings.SMS_READY or settings.MAIL_READY)

    @property
    def labels(self) -> list[str]:
        """In words, to be read in a row."""
        chosen = ((True, _("in your inbox")), (self.sms, _("by text message")), (self.mail, _("by e-mail")))
        return [words for yes, words in chosen if yes]


def ways_of(learner: Learner) -> Ways:
    """The ways this site can send and somebody chose: 1 query."""
    user = learner.user
    if user is None:
        return Ways(sms=False, mail=False, sms_free=False)
    choice = NoticeChoice.objects.filter(learner=learner).first() or NoticeChoice()
    can_text = bool(settings.SMS_READY and user.phone and user.phone_verified)
    return Ways(
        sms=can_text and choice.by_sms,
        mail=bool(settings.MAIL_READY and user.email and choice.by_mail),
        sms_free=can_text and not choice.by_sms,
    )


def tell(
    learner: Learner, kind: NoticeKind, question: Question, *, reply: Reply | None = None, reason: str = ""
) -> Notice:
    """Put one thing in somebody's inbox, once; call inside the transaction that makes it true.

    The text message is a row of its own and the e-mail waits on the notice: the sweep sends both.
    """
    notice, made = Notice.objects.get_or_create(
        learner=learner, kind=kind, question=question, reply=reply, defaults={"reason": reason}
    )
    if not made:
        return notice
    Learner.objects.filter(pk=learner.pk).update(version=F("version") + 1)  # pages show the count
    user, ways = learner.user, ways_of(learner)
    if user is None:
        return notice
    if ways.mail:
        Notice.objects.filter(pk=notice.pk).update(state=JobState.QUEUED)
    if ways.sms and _may_text(learner):
        TextMessage.objects.create(
            phone=user.phone or "",
            text=_short(notice, user.language),
            expires_at=timezone.now() + SMS_GOOD_FOR,
        )
    return notice


def _may_text(learner: Learner) -> bool:
    """Whether a message may follow the notice that was just made: three in 24 hours."""
    lately = Notice.objects.filter(learner=learner, created_at__gt=timezone.now() - dt.timedelta(days=1))
    return (
        lately.count() <= SMS_A_DAY and texts_today() < settings.SMS_A_DAY * WARN_AT
    )  # the rest is for codes


def _short(notice: Notice, language: str) -> str:
    """One line without anything personal: the phone may lie on the table."""
    language = language or settings.LANGUAGE_CODE
    with translation.override(language):
        name = settings.SITE_NAME.get(language, settings.SITE_NAME["zh-hans"])
        return f"{name}: {notice.get_kind_display()}. {settings.SITE_URL}{address_of(notice)}"[:200]


def address_of(notice: Notice) -> str:
    """Where a notice leads."""
    return reverse("feedback:notice", args=[notice.pk])


def send_notice_mail(*, notice_id: int) -> bool:
    """Send the e-mail of a notice. Returns whether it went out now. Nothing anybody wrote stands in it:
    the address is not proven to be the learner's."""
    return bool(jobrow.run(Notice, notice_id, _send))


def _send(hold: Hold[Notice]) -> bool:
    notice, user = hold.row, hold.row.learner.user
    if user is None or not user.email:
        hold.end(JobState.FAILED, "no address")
        return False
    with translation.override(user.language or settings.LANGUAGE_CODE):
        subject = str(notice.get_kind_display())
        body = _("Read it here: %(address)s") % {"address": f"{settings.SITE_URL}{address_of(notice)}"}
        send_mail(subject, body, None, [user.email])
    return hold.end()


def mark_read(notice: Notice) -> None:
    """Remember that its owner opened it."""
    if Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=timezone.now()):
        Learner.objects.filter(pk=notice.learner_id).update(version=F("version") + 1)


def choose(
    *, learner: Learner, by_mail: bool = False, by_sms: bool = False, email: str | None = None
) -> NoticeChoice:
    """By which ways somebody wants to hear. ``email`` is kept with the account; ``None`` leaves it."""
    user = learner.user
    if user is not None and email is not None and email != user.email:
        user.email = email
        user.save(update_fields=["email"])
    choice, _made = NoticeChoice.objects.update_or_create(
        learner=learner, defaults={"by_mail": by_mail and bool(email), "by_sms": by_sms}
    )
    return choice


def also_by_sms(*, learner: Learner) -> None:
    """Text messages from now on too; the other ways stay as they are.

    :raises DomainError: without a number that was proven, or where nothing can be sent.
    """
    ways = ways_of(learner)
    if not (ways.sms or ways.sms_free):
        raise DomainError(_("Your account has no number yet. The station adds it."), code="no_number")
    NoticeChoice.objects.update_or_create(learner=learner, defaults={"by_sms": True})
