"""Who hands in what waited on a phone: for each act the one who made it, and nobody else."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils.translation import gettext as _

from mooc.accounts.sign_in import limits
from mooc.lib.errors import DomainError, TooMany

from ..models import Learner
from ..people import guests, phone_names

BATCHES_OF_A_PHONE, BATCHES_OF_AN_ADDRESS = 60, 1800  # a minute: sixty phones behind one address, thirty each


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose an act is."""

    learner: Learner
    signed_in: bool


@dataclass(slots=True)
class Sender:
    """A phone that hands in a batch: somebody signed in, a guest, or a phone that was nobody yet."""

    request: HttpRequest
    phone: uuid.UUID | None
    person: guests.Person | None
    _owners: dict[str, Owner] = field(default_factory=dict)

    @property
    def short_name(self) -> str:
        """What the page's script calls who sends; empty for nobody yet."""
        return self.person.learner.short_name if self.person else ""

    def owner_of(self, who: str) -> Owner:
        """Whose an act is that was made under the short name ``who``; empty: under none yet.

        :raises DomainError: when it belongs to somebody else; the phone keeps it for them.
        """
        if who not in self._owners:
            self._owners[who] = self._find(who)
        return self._owners[who]

    def _find(self, who: str) -> Owner:
        if not who or who == self.short_name:
            return self._own()
        into = phone_names.taken_by(who, self.phone, self.person.learner if self.person else None)
        if into is None and self.person is None and who in self._names_to_come():
            return self._own()
        if into is None:
            raise DomainError(
                _("This belongs to somebody else. It stays on this phone for them."), code="other_person"
            )
        return Owner(into, not into.is_guest)

    def _names_to_come(self) -> set[str]:
        """What a guest made now may be called: who it was before the database was restored to an earlier day."""
        was = guests.guest_uuid(self.request)
        ids = [was, phone_names.guest_id(self.phone) if self.phone else None]
        return {Learner(uuid=one).short_name for one in ids if one}

    def _own(self) -> Owner:
        """Whoever sends; a guest is made here when there is nobody yet."""
        if self.person is None:
            self.person = guests.acting_person(self.request, phone=self.phone)
        return Owner(self.person.learner, self.person.signed_in)


def guest(request: HttpRequest, phone: uuid.UUID | None, person: guests.Person | None) -> Sender:
    """A phone without an account: by its cookie, else by the name it made for itself.

    :raises TooMany: when it, or everybody behind its address, sends far too often.
    """
    name = phone_names.hash_of(phone) if phone else str(person and person.learner.pk)
    address = limits.address(request)
    if (
        limits.count(f"sync:{name}", 60) > BATCHES_OF_A_PHONE
        or limits.count(f"sync at:{address}", 60) > BATCHES_OF_AN_ADDRESS
    ):
        raise TooMany(_("Sent too often. What waits stays on the phone; try again in a minute."))
    if phone is not None:
        if person is not None:
            phone_names.note(phone, person.learner)
        elif (known := phone_names.known_guest(phone)) is not None:
            person = guests.Person(request, known, False)
            guests.is_new(request, known)  # its cookie got lost
    return Sender(request, phone, person)
