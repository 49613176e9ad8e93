"""A guest's progress goes to an account: all of it, once, in one transaction."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from courses.models import Module
from mooc.accounts.staff import leaving, roles
from mooc.lib import registry
from mooc.lib.errors import DomainError
from mooc.lib.privacy import erasing, evidence

from ..models import Enrolment, Learner, LearningRecord, LessonProgress
from ..personal_data import person_of
from ..record.recording import settle
from ..services import enrol
from . import phone_names

CODE_LIFE = dt.timedelta(days=180)


@evidence.writing("merge_person")
def absorb_guest(*, guest: Learner, target: Learner) -> None:
    """Move everything of ``guest`` to ``target`` and drop the guest. Doing it again changes nothing.

    :raises DomainError: when ``guest`` is not a guest, or is ``target`` itself.
    """
    with transaction.atomic():
        rows = {
            row.pk: row for row in Learner.objects.select_for_update().filter(pk__in=[guest.pk, target.pk])
        }
        if guest.pk not in rows:
            return  # the same tap, a second time
        source, into = rows[guest.pk], rows[target.pk]
        if not source.is_guest or source.pk == into.pk:
            raise DomainError(_("This progress belongs to an account."), code="not_a_guest")
        acts = LearningRecord.objects.filter(learner=source)
        slugs = set(acts.values_list("module_slug", flat=True)) - {""}
        LearningRecord.objects.filter(learner=source).update(learner=into)
        for _name, merge in registry.merge_person:
            merge(source, into)
        for membership in source.memberships.all():
            left = {"left_at": membership.left_at}
            into.memberships.get_or_create(cohort_id=membership.cohort_id, defaults=left)
        source.stays.update(learner=into)
        source.openings.update(learner=into)
        source.pauses.exclude(since__in=into.pauses.values("since")).update(learner=into)
        LessonProgress.objects.filter(learner=source).delete()
        Enrolment.objects.filter(learner=source).delete()
        for module in Module.objects.filter(slug__in=slugs):
            if not into.is_guest:
                enrol(learner=into, module=module, how=Enrolment.How.ACT)
            settle(into, module)
        phone_names.hand_over(guest=source, into=into)
        source.delete()
        Learner.objects.filter(pk=into.pk).update(
            version=F("version") + 1,
            seen_at=timezone.now(),
            region=into.region_id or source.region_id,
            birth_year=into.birth_year or source.birth_year,
            weekly_goal=into.weekly_goal or source.weekly_goal,
        )


def _hash(digits: str) -> str:
    return salted_hmac("learners.progress_code", digits, algorithm="sha256").hexdigest()


def issue_code(*, learner: Learner) -> str:
    """A new progress code for a guest: ten digits, good for 180 days. An older one stops working.

    :returns: the digits; only their keyed hash is stored.
    """
    digits = f"{secrets.randbelow(10**10):010}"
    Learner.objects.filter(pk=learner.pk).update(
        code_hash=_hash(digits), code_expires_at=timezone.now() + CODE_LIFE
    )
    return digits


def redeem_code(*, digits: str) -> Learner:
    """The guest whose progress a code opens.

    :raises DomainError: for a code that is not, or no longer, good.
    """
    wanted = _hash(digits)
    learner = Learner.objects.filter(code_hash=wanted, user=None, code_expires_at__gt=timezone.now()).first()
    if learner is None or not hmac.compare_digest(learner.code_hash, wanted):
        raise DomainError(
            _("No progress has this code. Look at the ten digits again."),
            code="wrong",
            field="code",
        )
    return learner


@evidence.writing("erase_person")
def erase(*, learner: Learner) -> None:
    """Delete a person: what the register of personal data names, the learner, and the account.

    :raises DomainError: when something must be handed over first (a role, a class, open questions, a course), or when
        nobody could run the site any more.
    """
    user = learner.user
    with transaction.atomic():
        if user is not None:
            roles.keep_an_operator(without=user)
            if held := [sentence for _name, found in registry.hand_over for sentence in found(user)]:
                raise DomainError(" ".join(held), code="hand_over")
        person = person_of(learner)
        found = erasing.rows(person)
        for _name, prepare in registry.erase_person:
            prepare(learner)
        erasing.forget(person, found)
        learner.delete()
        if user is not None:
            leaving.leave(user)


def forget_old_guests(*, days: int = 180, most: int = 2000) -> int:
    """Drop guests who did nothing for ``days``. Returns how many, ``most`` at a time."""
    limit = timezone.now() - dt.timedelta(days=days)
    old = Learner.objects.filter(user=None, updated_at__lt=limit).exclude(seen_at__gte=limit)[:most]
    count = 0
    for guest in old:
        erase(learner=guest)
        count += 1
    return count
