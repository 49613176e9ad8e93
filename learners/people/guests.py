"""Learning without an account: the phone holds a signed name, the server the progress."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.core import signing
from django.db.models import F
from django.http import HttpRequest, HttpResponse

from mooc.accounts.sign_in import limits
from mooc.lib.pages.request import on

from ..models import Learner, LearningRecord
from ..record.clocks import COOKIE as CLOCK
from . import phone_names

COOKIE = "learner"
WAS_COOKIE = "was"  # read once by the page's script
MAX_AGE = 180 * 24 * 3600
_signer = signing.Signer(salt="learners.guest")


Answer = TypeVar("Answer", bound=HttpResponse)


@dataclass(slots=True)
class _New:
    """The guest made in this request."""

    learner: Learner | None = None


@dataclass(slots=True)
class Person:
    """Who looks at a page: somebody signed in, or a phone that has learnt before."""

    request: HttpRequest
    learner: Learner
    signed_in: bool

    @property
    def version(self) -> str:
        """Changes with anything laid over a page for this person, and every hour: reviews come due by the clock."""
        token = self.request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")[:32]
        hour = int(time.time() // 3600)
        clock = self.request.COOKIES.get(CLOCK, "")[:12]
        return f"{self.learner.pk}.{self.learner.version}.{int(self.signed_in)}.{hour}.{token}.{clock}"


def guest_uuid(request: HttpRequest) -> uuid.UUID | None:
    """The guest's id from the cookie; ``None`` when missing or not signed by us."""
    value = request.COOKIES.get(COOKIE, "")
    if not value:
        return None
    try:
        return uuid.UUID(_signer.unsign(value))
    except (signing.BadSignature, ValueError):
        return None


def set_cookie(response: HttpResponse, learner: Learner) -> None:
    """Remember a guest on this phone for 180 days."""
    response.set_cookie(
        COOKIE,
        _signer.sign(str(learner.uuid)),
        max_age=MAX_AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def drop_cookie(response: HttpResponse) -> None:
    """Forget the guest on this phone."""
    response.delete_cookie(COOKIE, samesite="Lax")


def short_name(learner: Learner) -> str:
    """What the page's script calls a learner."""
    return learner.short_name


def hand_over_waiting(response: HttpResponse, was: str) -> None:
    """Tell the script that acts still waiting on this phone under ``was`` are the signed-in learner's now."""
    response.set_cookie(WAS_COOKIE, was, max_age=3600, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)


def person_of(request: HttpRequest) -> Person | None:
    """Who looks at this page, with at most two queries; ``None`` for somebody unknown."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
        return Person(request, learner_of(request.user), True)
    identifier = guest_uuid(request)
    if identifier is None:
        return None
    learner = Learner.objects.filter(uuid=identifier, user=None).first()
    return Person(request, learner, False) if learner else None


def learner_of(user: Any) -> Learner:
    """The learner row of an account, made at first need."""
    learner: Learner | None = getattr(user, "learner", None)
    if learner is None:
        learner, _made = Learner.objects.get_or_create(user=user)
    return learner


def acting_person(
    request: HttpRequest, act_id: uuid.UUID | None = None, *, phone: uuid.UUID | None = None
) -> Person:
    """Who stores something now: a guest's row is made here, at the first stored act.

    :param act_id: of the act, when the phone made one. A phone that sends a stored act again without a
        cookie never got the answer to it: it is that guest. Nobody else knows the id.
    :param phone: the phone's own name; without it the form's. Acts that cross each other are one guest's.
    """
    person = person_of(request)
    if person is None:
        limits.address_must(request, "guest")
        learner = _guest(phone or phone_names.in_form(request), act_id, guest_uuid(request))
        person = Person(request, learner, False)
        is_new(request, learner)
    return person


def _guest(phone: uuid.UUID | None, act_id: uuid.UUID | None, was: uuid.UUID | None) -> Learner:
    if phone is not None:
        return phone_names.guest_of(phone, was=was)
    sent = Learner.objects.filter(records__uuid=act_id, user=None).first() if act_id else None
    return sent or (phone_names.make_guest(was) if was else Learner.objects.create())


def is_new(request: HttpRequest, learner: Learner) -> None:
    """This phone is that guest from now on: :func:`remember` answers with the cookie."""
    on(request, _New).learner = learner


def remember(request: HttpRequest, response: Answer) -> Answer:
    """Give a guest made in this request the cookie."""
    learner = on(request, _New).learner
    if learner is not None:
        set_cookie(response, learner)
    return response


def unmake(request: HttpRequest) -> None:
    """Take back the guest made in this request: nothing was stored for it. A phone with a name keeps its guest,
    whom another act of it may be using at this moment."""
    learner = on(request, _New).learner
    if learner is not None and not learner.records.exists() and not learner.phones.exists():
        learner.delete()


def waiting_guest(request: HttpRequest) -> Learner | None:
    """The guest of this phone's cookie, when anything was learnt: 2 queries, none without a cookie."""
    identifier = guest_uuid(request)
    guest = Learner.objects.filter(uuid=identifier, user=None).first() if identifier else None
    return guest if guest and LearningRecord.objects.filter(learner=guest).exists() else None


def newcomer(request: HttpRequest, user: Any, birth_year: int | None) -> None:
    """A new account gets its learner row. What its phone learnt before waits for the answer to "Was this you?":
    phones are shared. Called inside the account's transaction."""
    learner = learner_of(user)
    if birth_year:
        Learner.objects.filter(pk=learner.pk).update(birth_year=birth_year, version=F("version") + 1)


def year_known(user: Any) -> int | None:
    """The year of birth an account has stated, if any."""
    return Learner.objects.filter(user=user).values_list("birth_year", flat=True).first()
