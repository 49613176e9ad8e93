"""Who needs help: found every night, shown with reasons, and what was done about it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models import Attempt
from courses.models import LessonEdition
from feedback.models import Question
from learners.data import StopReason, Verb
from learners.models import CohortMember, Enrolment, Learner, LearningRecord, LessonProgress
from mooc.accounts.models import User
from mooc.lib.errors import DomainError
from mooc.lib.pages.look import day
from mooc.lib.privacy import evidence
from mooc.lib.text.cleaning import clean

from ..data import AGAIN_IN, HelpAction, HelpOutcome
from ..models import HelpGiven, HelpNeed
from .points import AMBER, LOOK_AGAIN, Plan, Reason, Signs, agreed, reasons

CHUNK = 1000
UNANSWERED_CALLS = (HelpOutcome.NO_ANSWER, HelpOutcome.WRONG_NUMBER)


def needs_of(learners: QuerySet[Learner], as_of: dt.datetime) -> Iterator[HelpNeed]:
    """Unsaved rows for everybody of ``learners`` with enough points, and for whom this is the day to call
    again; not for whoever said they stop for good and did nothing since: 2 queries, a stream."""
    told_us = {"due": Exists(due_calls("pk", as_of)), "ended": Exists(said_they_stop("pk", as_of))}
    for row, why in _judged(_with_signs(learners, as_of).annotate(**told_us), as_of):
        points = sum(reason.points for reason in why)
        if row.due:
            why = [agreed(), *why]
        if row.due or (points >= AMBER and not row.ended):
            stored = [asdict(reason) for reason in why]
            yield HelpNeed(
                learner_id=row.pk, cohort_id=row.cohort_now, points=points, reasons=stored, as_of=as_of
            )


def pointed_at(learners: QuerySet[Learner], as_of: dt.datetime) -> Iterator[int]:
    """Ids of whom the points alone tell to call, whatever was done for them: 2 queries, a stream."""
    for row, why in _judged(_with_signs(learners, as_of), as_of):
        if sum(reason.points for reason in why) >= AMBER:
            yield row.pk


def _judged(rows: Any, as_of: dt.datetime) -> Iterator[tuple[Any, list[Reason]]]:
    lessons = dict(_lessons_of_classes())
    for row in rows.iterator(chunk_size=CHUNK):
        yield row, reasons(_signs(row, lessons, as_of), as_of)


def replace_needs(learners: QuerySet[Learner], found: Iterable[HelpNeed]) -> None:
    """Put the needs found in the place of those known before, inside the caller's transaction. Somebody
    may have been erased since they were found: 2 queries for each thousand found."""
    HelpNeed.objects.filter(learner__in=learners).delete()
    rest = iter(found)
    while part := list(islice(rest, CHUNK)):
        ids = [need.learner_id for need in part]
        there = set(learners.filter(pk__in=ids).order_by().values_list("pk", flat=True))
        HelpNeed.objects.bulk_create(need for need in part if need.learner_id in there)


@evidence.writing("log_help")
def log_help(
    *, learner: Learner, by: User, action: str, note: str, help_id: uuid.UUID, outcome: str = "", reason: str = "",
    again_in: int | None = None,
) -> HelpGiven:  # fmt: skip
    """Write down what was done for somebody; the same id again changes nothing.

    :param outcome: of a call or visit. :param reason: why they stopped, if they said.
    :param again_in: days until the next call.
    :raises DomainError: when it is not said what was done, or what came of it; nothing is stored.
    """
    if action not in HelpAction.values:
        raise DomainError(_("Say what you did: called, visited or messaged."), code="action", field="action")
    if action != HelpAction.MESSAGED and outcome not in HelpOutcome.values:
        raise DomainError(_("Say what came of it."), code="outcome", field="outcome")
    now = timezone.now()
    need = HelpNeed.objects.filter(learner=learner).first()
    given, _made = HelpGiven.objects.get_or_create(
        uuid=help_id,
        defaults={
            "learner": learner,
            "given_by": by,
            "action": action,
            "note": clean(note)[:200],
            "given_at": now,
            "points": need.points if need else 0,
            "outcome": "" if action == HelpAction.MESSAGED else outcome,
            "reason": reason if reason in StopReason.values else "",
            "next_on": timezone.localdate(now) + dt.timedelta(days=again_in)
            if again_in in AGAIN_IN
            else None,
        },
    )
    if given.learner_id != learner.pk:
        raise DomainError(_("This was already stored as something else."), code="id_conflict")
    return given


def in_turn(rows: QuerySet[HelpNeed]) -> QuerySet[HelpNeed]:
    """Needs in the order to look at them: calls that are ``due`` today, those for whom nothing was done lately
    (``handled`` is false), then the most points."""
    now = timezone.now()
    marked = rows.annotate(
        due=Exists(due_calls("learner", now)), handled=Exists(helped_lately("learner", now))
    )
    return marked.order_by("-due", "handled", "-points", "learner_id")


def helped_lately(learner: str, at: dt.datetime) -> QuerySet[HelpGiven]:
    """The last that was done for the learner of a row, where nothing more is to be done at ``at``: the next
    call has a later date, or they were spoken with so lately that it is not yet time to look again, or they
    stop for good. A call nobody answered is no help."""
    lately = Q(next_on=None, given_at__gt=at - LOOK_AGAIN) & ~Q(outcome__in=UNANSWERED_CALLS)
    stopped = Q(outcome=HelpOutcome.STOPPED) & ~Exists(_acts_since(at))
    return _last_done(learner, at).filter(lately | stopped | Q(next_on__gt=timezone.localdate(at)))


def due_calls(learner: str, at: dt.datetime) -> QuerySet[HelpGiven]:
    """The last that was done for the learner of a row, where that day or before was the day to call again and
    they did nothing since."""
    rows = _last_done(learner, at).filter(next_on__lte=timezone.localdate(at))
    return rows.exclude(outcome=HelpOutcome.STOPPED).filter(~Exists(_acts_since(at)))


def said_they_stop(learner: str, at: dt.datetime) -> QuerySet[HelpGiven]:
    """The last that was done for the learner of a row, where they said they stop, and did."""
    return _last_done(learner, at).filter(outcome=HelpOutcome.STOPPED).filter(~Exists(_acts_since(at)))


def _last_done(learner: str, at: dt.datetime) -> QuerySet[HelpGiven]:
    newer = HelpGiven.objects.filter(
        learner=OuterRef("learner"), given_at__gt=OuterRef("given_at"), given_at__lte=at
    )
    return HelpGiven.objects.filter(~Exists(newer), learner=OuterRef(learner), given_at__lte=at)


def _acts_since(at: dt.datetime) -> QuerySet[LearningRecord]:
    """What the learner of a row did after its ``given_at``, up to ``at``."""
    acts = LearningRecord.objects.exclude(verb=Verb.REGISTERED)
    return acts.filter(learner=OuterRef("learner"), happened_at__gt=OuterRef("given_at"), happened_at__lte=at)


def with_last_help(rows: QuerySet[HelpNeed]) -> QuerySet[HelpNeed]:
    """Needs with what was done last (``last_help``, ``last_outcome``, ``last_reason``, ``last_next``,
    ``last_help_at``, ``last_help_by``) and whether the person came ``back``."""
    given = HelpGiven.objects.filter(learner=OuterRef("learner")).order_by("-given_at")
    by = Coalesce(NullIf("given_by__display_name", Value("")), "given_by__username")
    later = LearningRecord.objects.filter(
        learner=OuterRef("learner"), happened_at__gt=OuterRef("last_help_at")
    ).exclude(verb=Verb.REGISTERED)
    return rows.annotate(
        last_help=Subquery(given.values("action")[:1]),
        last_outcome=Subquery(given.values("outcome")[:1]),
        last_reason=Subquery(given.values("reason")[:1]),
        last_next=Subquery(given.values("next_on")[:1]),
        last_help_at=Subquery(given.values("given_at")[:1]),
        last_help_by=Subquery(given.annotate(by=by).values("by")[:1]),
    ).annotate(back=Exists(later))


def given_to(learner: Learner) -> list[HelpGiven]:
    """What was done for somebody, the newest first, twenty at most: 1 query."""
    return list(HelpGiven.objects.filter(learner=learner).select_related("given_by")[:20])


def sentence(reason: dict[str, Any]) -> str:
    """A reason in one sentence."""
    found = Reason(**reason)
    texts = {
        "agreed": _("Today is the day to call again, as agreed."),
        "paused": _("Learns alone, something is unfinished, and not here for %(number)s days."),
        "absent": _("Not here for %(number)s days while the class runs."),
        "behind": _("Class lessons %(number)s of %(of)s: behind the plan."),
        "weak": _("The last two quizzes were %(number)s%% or less."),
        "unanswered": _("A question has waited %(number)s hours for an answer: the trainer's turn."),
        "not_begun": _("Enrolled %(number)s days ago, no lesson finished yet."),
    }
    text = texts[found.code]
    if found.outside:
        text = _("Class lessons %(number)s of %(of)s, %(outside)s outside the class: behind the plan.")
    return text % {"number": found.number, "of": found.of, "outside": found.outside}


def points_text(reasons: Sequence[dict[str, Any]]) -> str:
    """The points of each reason and what they add up to, in the order of the reasons: "3 + 2 = 5"."""
    points = [int(reason["points"]) for reason in reasons if reason["points"]] or [0]
    added = " + ".join(str(one) for one in points)
    return f"{added} = {sum(points)}" if len(points) > 1 else added


@dataclass(frozen=True, slots=True)
class Done:
    """What was done last for somebody: when, by whom, and what came of it."""

    action: str
    at: dt.datetime
    by: str = ""
    outcome: str = ""
    reason: str = ""
    next_on: dt.date | None = None


def done_text(done: Done) -> str:
    """What was done for somebody, by whom, when, what came of it, and when to look again."""
    texts = {
        HelpAction.CALLED: _("Called by %(who)s on %(day)s."),
        HelpAction.VISITED: _("Visited by %(who)s on %(day)s."),
        HelpAction.MESSAGED: _("Messaged by %(who)s on %(day)s."),
    }
    told = texts[HelpAction(done.action)] % {"who": done.by or _("the office"), "day": day(done.at)}
    for more in (outcome_text(done.outcome, done.reason), _next_time(done)):
        told = _("%(one)s %(two)s") % {"one": told, "two": more} if more else told
    return told


def outcome_text(outcome: str, reason: str) -> str:
    """What came of a call, and why they stopped where they said; nothing where neither is known."""
    came = {
        HelpOutcome.REACHED: _("Spoke with them."),
        HelpOutcome.PROMISED: _("They mean to go on."),
        HelpOutcome.NO_ANSWER: _("No answer."),
        HelpOutcome.WRONG_NUMBER: _("Wrong number."),
        HelpOutcome.STOPPED: _("They stop for good."),
    }
    texts = [str(came[HelpOutcome(outcome)])] if outcome else []
    if reason:
        texts.append(_("Reason: %(why)s.") % {"why": StopReason(reason).label})
    return _("%(one)s %(two)s") % {"one": texts[0], "two": texts[1]} if len(texts) > 1 else "".join(texts)


def _next_time(done: Done) -> str:
    """When to look again: the date that was set, else a week after somebody was spoken with."""
    now = timezone.now()
    if done.next_on is not None:
        due = done.next_on <= timezone.localdate(now)
        text = _("To call again since %(day)s.") if due else _("Call again on %(day)s.")
        return text % {"day": day(done.next_on)}
    if done.outcome == HelpOutcome.STOPPED:
        return ""
    if done.outcome in UNANSWERED_CALLS:
        return str(_("Try again."))
    again = done.at + LOOK_AGAIN
    return _("Look again on %(day)s.") % {"day": day(again)} if again > now else str(_("Time to look again."))


def _with_signs(learners: QuerySet[Learner], as_of: dt.datetime) -> Any:
    mine: dict[str, Any] = {"learner": OuterRef("pk")}
    enrolled = Enrolment.objects.filter(enrolled_at__lt=as_of, **mine)
    acts = LearningRecord.objects.filter(happened_at__lt=as_of, **mine).exclude(verb=Verb.REGISTERED)
    tries = Attempt.objects.filter(finished_at__lt=as_of, score__isnull=False, **mine).order_by(
        "-finished_at"
    )
    asked = Question.objects.filter(created_at__lt=as_of, **mine).exclude(hidden_at__lt=as_of)
    waiting = asked.filter(Q(answered_at=None) | Q(answered_at__gte=as_of)).order_by("created_at")
    classes = _running(as_of).filter(**mine).order_by("-cohort__starts_on", "pk")
    to_come = CohortMember.objects.filter(
        cohort__starts_on__gt=timezone.localdate(as_of), left_at=None, **mine
    )
    unfinished = enrolled.filter(module__published__isnull=False).exclude(completed_at__lt=as_of)
    done = LessonProgress.objects.filter(done_at__lt=as_of, **mine)
    in_class = done.filter(module__cohorts=OuterRef("cohort_now"))
    number = Count("pk", distinct=True)
    return (
        learners.filter(Exists(enrolled))
        .order_by()
        .annotate(
            first_enrolled=Subquery(enrolled.values("learner").annotate(at=Min("enrolled_at")).values("at")),
            last_enrolled=Subquery(enrolled.values("learner").annotate(at=Max("enrolled_at")).values("at")),
            last_act=Subquery(acts.order_by().values("learner").annotate(at=Max("happened_at")).values("at")),
            read_one=Exists(done),
            unfinished=Exists(unfinished),
            class_to_come=Exists(to_come),
            score_1=Subquery(tries.values("score")[:1]),
            score_2=Subquery(tries.values("score")[1:2]),
            asked_at=Subquery(waiting.values("created_at")[:1]),
            cohort_now=Subquery(classes.values("cohort")[:1]),
            starts_on=Subquery(classes.values("cohort__starts_on")[:1]),
            ends_on=Subquery(classes.values("cohort__ends_on")[:1]),
        )
        .annotate(
            read_in_class=Subquery(in_class.order_by().values("learner").annotate(n=number).values("n")),
            read_in_all=Subquery(done.order_by().values("learner").annotate(n=number).values("n")),
        )
    )


def _running(as_of: dt.datetime) -> QuerySet[CohortMember]:
    today = timezone.localdate(as_of)
    rows = CohortMember.objects.filter(cohort__starts_on__lte=today, cohort__ends_on__gte=today)
    return rows.filter(Q(left_at=None) | Q(left_at__gte=as_of))


def _lessons_of_classes() -> Any:
    """(class, lessons published in its modules)."""
    rows = LessonEdition.objects.filter(edition__published_of__cohorts__isnull=False).order_by()
    cohorts = rows.values(cohort=F("edition__published_of__cohorts"))
    return cohorts.annotate(n=Count("pk", distinct=True)).values_list("cohort", "n")


def _signs(row: Any, lessons: dict[int, int], as_of: dt.datetime) -> Signs:
    plan = None
    if row.cohort_now is not None:
        days = (row.ends_on - row.starts_on).days + 1
        gone = (timezone.localdate(as_of) - row.starts_on).days
        read, every = row.read_in_class or 0, row.read_in_all or 0
        plan = Plan(min(1.0, gone / days), lessons.get(row.cohort_now, 0), read, every - read)
    scores = tuple(score for score in (row.score_1, row.score_2) if score is not None)
    return Signs(
        enrolled_at=row.first_enrolled,
        last_at=row.last_act,
        finished_a_lesson=row.read_one,
        last_scores=scores,
        waiting_since=row.asked_at,
        plan=plan,
        unfinished=row.unfinished,
        class_to_come=row.class_to_come,
        enrolled_last=row.last_enrolled,
    )
