"""The one way acts of learning enter the database: a record and its summaries, together."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from enum import Enum

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import Module
from mooc.lib.errors import Conflict, DomainError
from mooc.lib.privacy import evidence

from ..data import Act, Activity, ObjectType, Verb
from ..models import Enrolment, Learner, LearningRecord
from . import pace, summaries
from .requirements import asked_of

NAMESPACE = uuid.UUID("6f1f3a52-6f55-4f0e-9a57-1e7f1f0c8a11")  # for acts a phone without script makes
OLDEST = dt.timedelta(days=180)
AHEAD = dt.timedelta(minutes=10)  # a phone's clock may be wrong; the server's word counts beyond this


class Stored(Enum):
    """What became of an act."""

    STORED = "stored"
    DUPLICATE = "duplicate"


def derived_id(learner: Learner, *words: str) -> uuid.UUID:
    """The id of an act that can happen once only, for phones that make none."""
    return uuid.uuid5(NAMESPACE, "|".join([learner.uuid.hex, *words]))


def fingerprint(act: Act) -> str:
    """Hash of what was sent: the same id with another body is a conflict, not a resend. Whether a lesson was
    opened for the first time the server says, not the phone: a resend finds it open already."""
    verb = Verb.INITIALIZED if act.verb == Verb.RESUMED else act.verb
    body = [
        verb,
        act.object.type,
        act.object.id,
        act.module,
        act.success,
        act.score,
        act.response,
        act.seconds,
        str(act.attempt or ""),
    ]
    return hashlib.sha256(json.dumps(body, default=str).encode()).hexdigest()


def record_act(
    *, learner: Learner, act: Act, signed_in: bool = False, module: Module | None = None
) -> Stored:
    """Store one act and bring the summaries up to date, in one transaction.

    :param signed_in: whether this act enrols the learner in the module (see "Counted words").
    :param module: the module of ``act.module``, when the caller has it at hand.
    :raises Conflict: when ``act.id`` already stands for something else; nothing is changed.
    """
    try:
        with transaction.atomic():
            _take_turn(learner)
            record = _insert(learner, act, pace.counted_seconds(learner, act))
            _follow_up(record, module, signed_in=signed_in)
    except IntegrityError:  # nothing of it stands: the id is taken, or something is truly wrong
        known = LearningRecord.objects.filter(uuid=act.id).first()
        if known is None:
            raise
        return _resend(known, learner, act)
    return Stored.STORED


def _take_turn(learner: Learner) -> None:
    """Hold the learner's row until the transaction ends: two tabs cannot both count the same lesson.

    In SQL, like :func:`_class_of`.

    :raises DomainError: when the row is gone: a guest who became an account, or was deleted.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_TURN, [connection.ops.adapt_datetimefield_value(timezone.now()), learner.pk])
        if not cursor.rowcount:
            raise DomainError(_("This progress has moved. Load the page again."), code="moved")


_TAKE_TURN = "UPDATE learners_learner SET version = version + 1, seen_at = %s WHERE id = %s"


def _follow_up(record: LearningRecord, module: Module | None, *, signed_in: bool) -> None:
    """Enrol at the first act while signed in, update the summaries, notice completion."""
    if module is None and record.module_slug:
        module = Module.objects.filter(slug=record.module_slug).first()
    if module is None:
        return
    learner = record.learner
    if record.verb == Verb.ANSWERED and summaries.touch_known(
        learner.pk, module, record.happened_at, enrolled=signed_in
    ):
        return
    if signed_in and record.verb != Verb.REGISTERED:
        _enrol_once(learner, module, record)
    if record.verb == Verb.ANSWERED:
        summaries.touch(learner.pk, module, record.happened_at)
        return
    lesson = record.object_id if record.object_type == ObjectType.LESSON else summaries.NO_LESSON
    settle(learner, module, only_lesson=lesson)


def settle(learner: Learner, module: Module, *, only_lesson: str = "", at: dt.datetime | None = None) -> None:
    """Bring one module's summaries up to date, and write down its completion when it is complete.

    :param at: when it became complete, where that is not the learner's last act.
    """
    summary = summaries.bring_up_to_date(learner.pk, module, only_lesson=only_lesson)
    if summary.completed_at is not None or not _is_complete(module, summary):
        return
    act = Act(
        id=derived_id(learner, "completed", module.slug),
        verb=Verb.COMPLETED,
        object=Activity(ObjectType.MODULE, module.slug, *module_titles(module)),
        happened_at=at or summary.last_at or timezone.now(),
        module=module.slug,
        completion=True,
    )
    _insert(learner, act)
    summaries.bring_up_to_date(learner.pk, module, only_lesson=only_lesson)


def _enrol_once(learner: Learner, module: Module, record: LearningRecord) -> None:
    if Enrolment.objects.filter(learner=learner, module=module, enrolled_at__isnull=False).exists():
        return
    identifier = derived_id(learner, "registered", module.slug)
    if not LearningRecord.objects.filter(uuid=identifier).exists():
        activity = Activity(ObjectType.MODULE, module.slug, *module_titles(module))
        _insert(
            learner,
            Act(
                id=identifier,
                verb=Verb.REGISTERED,
                object=activity,
                happened_at=record.happened_at,
                module=module.slug,
                response=Enrolment.How.ACT,
            ),
        )
    summaries.bring_up_to_date(learner.pk, module, only_lesson=summaries.NO_LESSON)


def _is_complete(module: Module, summary: summaries.ModuleSummary) -> bool:
    """All that the module asks, by what is published now. The lessons come first: without them nothing is asked."""
    return all(one.met(module, summary) for _name, one in asked_of(module, fresh=True))


def module_titles(module: Module) -> tuple[str, str]:
    """Both titles of what is published (or of the draft), for the snapshot in a record."""
    edition = module.published or module.draft
    if edition is None:
        return module.slug, module.slug
    return edition.title_zh or edition.title_en, edition.title_en or edition.title_zh


def _resend(known: LearningRecord, learner: Learner, act: Act) -> Stored:
    if known.learner_id == learner.pk and known.fingerprint == fingerprint(act):
        return Stored.DUPLICATE
    raise Conflict(_("This was already stored as something else."))


def _class_of(learner: Learner, module_slug: str) -> tuple[int | None, int | None]:
    """The class this act belongs to and the region it counts for: 1 query.

    In SQL because it runs with every act and building it costs thirty times what asking it does.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLASS_OF, [learner.pk, module_slug])
        found = cursor.fetchone()
    return found or (None, learner.region_id)


_CLASS_OF = """
    SELECT cohort.id, cohort.region_id FROM learners_cohortmember member
    JOIN learners_cohort cohort ON cohort.id = member.cohort_id
    JOIN learners_cohort_modules holds ON holds.cohort_id = cohort.id
    JOIN courses_module module ON module.id = holds.module_id
    WHERE member.learner_id = %s AND member.left_at IS NULL AND module.slug = %s
    ORDER BY member.id LIMIT 1"""


@evidence.writing("record_act")
def _insert(learner: Learner, act: Act, seconds: int | None = None) -> LearningRecord:
    cohort_id, region_id = _class_of(learner, act.module) if act.module else (None, learner.region_id)
    return LearningRecord.objects.create(
        uuid=act.id,
        learner=learner,
        verb=act.verb,
        object_type=act.object.type,
        object_id=act.object.id,
        edition=act.object.edition,
        title_zh=act.object.title_zh[:200],
        title_en=act.object.title_en[:300],
        module_slug=act.module,
        success=act.success,
        completion=act.completion,
        score=act.score,
        seconds=seconds,
        response=act.response[:500],
        attempt=act.attempt,
        cohort_id=cohort_id,
        region_id=region_id,
        shown=act.shown,
        happened_at=act.happened_at if act.trusted else believable_time(act.happened_at),
        claimed_at=act.claimed_at,
        fingerprint=fingerprint(act),
    )


def believable_time(claimed: dt.datetime) -> dt.datetime:
    """The phone's time when it can be true, else the server's.

    :raises DomainError: for a time without a zone.
    """
    if timezone.is_naive(claimed):
        raise DomainError(_("The time lacks its zone."), code="bad_time")
    now = timezone.now()
    return claimed if now - OLDEST <= claimed <= now + AHEAD else now
