"""Who a phone is before it has a cookie: by the random name it sends with every act."""

from __future__ import annotations

import hashlib
import uuid

from django.db import IntegrityError, transaction
from django.http import HttpRequest

from mooc.lib.pages.http import parse_uuid

from ..models import Former, Learner, Phone

FIELDS = ("phone_name", "phone")  # the second is also a telephone number, where a form asks for one
GUESTS = uuid.UUID("2f6f1d0e-1f6b-4a53-8f5e-0c7c5a4f9d31")  # ids of guests, by the names of their phones


def parse(text: object) -> uuid.UUID | None:
    """A phone's name: a random UUID, and nothing that could be guessed."""
    name = parse_uuid(text) if isinstance(text, str) else None
    return name if name is not None and name.version == 4 else None


def in_form(request: HttpRequest) -> uuid.UUID | None:
    """The name in a form that was sent."""
    sent = [text for field in FIELDS for text in request.POST.getlist(field)[:5]]
    return next((name for text in sent if (name := parse(text))), None)


def hash_of(name: uuid.UUID) -> str:
    """What is kept of a name."""
    return hashlib.sha256(str(name).encode()).hexdigest()


def known_guest(name: uuid.UUID) -> Learner | None:
    """The guest of a phone, if it has one: 1 query."""
    row = Phone.objects.filter(name_hash=hash_of(name), learner__user=None).select_related("learner").first()
    return row.learner if row else None


def guest_of(name: uuid.UUID, *, was: uuid.UUID | None = None) -> Learner:
    """The guest of a phone, made at its first act: one, however many acts come at the same moment.

    :param was: who the phone's cookie says it was, when that guest is not here any more.
    """
    known = known_guest(name)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            learner = make_guest(was or guest_id(name))
            Phone.objects.create(name_hash=hash_of(name), learner=learner)
    except IntegrityError:  # the other act was a moment earlier
        return Phone.objects.select_related("learner").get(name_hash=hash_of(name)).learner
    return learner


def guest_id(name: uuid.UUID) -> uuid.UUID:
    """The id of the guest that a phone of this name makes at its first act."""
    return uuid.uuid5(GUESTS, str(name))


def make_guest(wanted: uuid.UUID) -> Learner:
    """A new guest, under an id that stays the same when the database was restored from before its first act:
    what the phone sends again under that name is still its own. Never the id of one who went into an account.
    """
    spent = Former.objects.filter(name=Learner(uuid=wanted).short_name).exists()
    if spent:
        return Learner.objects.create()
    learner, _made = Learner.objects.get_or_create(uuid=wanted, defaults={})
    return learner if learner.is_guest else Learner.objects.create()


def note(name: uuid.UUID, guest: Learner) -> None:
    """This phone is that guest's from now on, should it lose its cookie. A name that is somebody's stays so."""
    Phone.objects.get_or_create(name_hash=hash_of(name), defaults={"learner": guest})


def hand_over(*, guest: Learner, into: Learner) -> None:
    """Acts that still wait under ``guest`` are for ``into`` now. Call before the guest is dropped.

    The phone's name goes to another guest, but never to an account: whoever holds it would be signed in.
    """
    hashes = list(guest.phones.values_list("name_hash", flat=True))
    rows = [Former(name=guest.short_name, phone_hash=known, into=into) for known in hashes or [""]]
    Former.objects.bulk_create(rows, ignore_conflicts=True)
    Former.objects.filter(into=guest).update(into=into)
    if into.is_guest:
        guest.phones.update(learner=into)


def taken_by(name: str, phone: uuid.UUID | None, person: Learner | None) -> Learner | None:
    """The learner a former guest went into, for whoever may say so: that learner, or the guest's own phone."""
    rows = Former.objects.filter(name=name).select_related("into")
    if person is not None and (mine := rows.filter(into=person).first()):
        return mine.into
    by_phone = rows.filter(phone_hash=hash_of(phone)).first() if phone else None
    return by_phone.into if by_phone else None
