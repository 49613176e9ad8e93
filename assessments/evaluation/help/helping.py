"""Who needs help: found every night, shown with reasons, and what was done about it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models import Attempt
from courses.models import LessonEdition
from feedback.models import Question
from learners.data import Verb
from learners.models import CohortMember, Enrolment, Learner, LearningRecord, LessonProgress
from mooc.accounts.models import User
from mooc.lib.errors import DomainError
from mooc.lib.pages.look import day
from mooc.lib.privacy import evidence
from mooc.lib.text.cleaning import clean

from ..data import HelpAction
from ..models import HelpGiven, HelpNeed
from .points import AMBER, LOOK_AGAIN, Plan, Reason, Signs, reasons

CHUNK = 1000


def needs_of(learners: QuerySet[Learner], as_of: dt.datetime) -> Iterator[HelpNeed]:
    """Unsaved rows for everybody of ``learners`` with enough points: 2 queries, a stream."""
    lessons = dict(_lessons_of_classes())
    for row in _with_signs(learners, as_of).iterator(chunk_size=CHUNK):
        why = reasons(_signs(row, lessons, as_of), as_of)
        points = sum(reason.points for reason in why)
        if points >= AMBER:
            stored = [asdict(reason) for reason in why]
            yield HelpNeed(
                learner_id=row.pk, cohort_id=row.cohort_now, points=points, reasons=stored, as_of=as_of
            )


def replace_needs(learners: QuerySet[Learner], found: list[HelpNeed]) -> None:
    """Put the needs found in the place of those known before, inside the caller's transaction. Somebody
    may have been erased since they were found."""
    there = set(learners.order_by().values_list("pk", flat=True))
    HelpNeed.objects.filter(learner__in=learners).delete()
    HelpNeed.objects.bulk_create((need for need in found if need.learner_id in there), batch_size=CHUNK)


@evidence.writing("log_help")
def log_help(*, learner: Learner, by: User, action: str, note: str, help_id: uuid.UUID) -> HelpGiven:
    """Write down what was done for somebody; the same id again changes nothing.

    :raises DomainError: when it is not said what was done; nothing is stored.
    """
    if action not in HelpAction.values:
        raise DomainError(_("Say what you did: called, visited or messaged."), code="action", field="action")
    need = HelpNeed.objects.filter(learner=learner).first()
    given, _made = HelpGiven.objects.get_or_create(
        uuid=help_id,
        defaults={
            "learner": learner,
            "given_by": by,
            "action": action,
            "note": clean(note)[:200],
            "given_at": timezone.now(),
            "points": need.points if need else 0,
        },
    )
    if given.learner_id != learner.pk:
        raise DomainError(_("This was already stored as something else."), code="id_conflict")
    return given


def in_turn(rows: QuerySet[HelpNeed]) -> QuerySet[HelpNeed]:
    """Needs in the order to look at them: those for whom nothing was done lately first (``handled`` is
    false), then the most points."""
    handled = Exists(helped_lately("learner", timezone.now()))
    return rows.annotate(handled=handled).order_by("handled", "-points", "learner_id")


def helped_lately(learner: str, at: dt.datetime) -> QuerySet[HelpGiven]:
    """What was done for the learner of a row so short before ``at`` that it is not yet time to look again."""
    return HelpGiven.objects.filter(learner=OuterRef(learner), given_at__gt=at - LOOK_AGAIN, given_at__lte=at)


def with_last_help(rows: QuerySet[HelpNeed]) -> QuerySet[HelpNeed]:
    """Needs with what was done last (``last_help``, ``last_help_at``, ``last_help_by``) and whether the
    person came ``back``."""
    given = HelpGiven.objects.filter(learner=OuterRef("learner")).order_by("-given_at")
    by = Coalesce(NullIf("given_by__display_name", Value("")), "given_by__username")
    later = LearningRecord.objects.filter(
        learner=OuterRef("learner"), happened_at__gt=OuterRef("last_help_at")
    ).exclude(verb=Verb.REGISTERED)
    return rows.annotate(
        last_help=Subquery(given.values("action")[:1]),
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
    points = [int(reason["points"]) for reason in reasons]
    added = " + ".join(str(one) for one in points)
    return f"{added} = {sum(points)}" if len(points) > 1 else added


def done_text(action: str, moment: dt.datetime, by: str) -> str:
    """What was done for somebody, by whom, when, and when to look again."""
    texts = {
        HelpAction.CALLED: _("Called by %(who)s on %(day)s."),
        HelpAction.VISITED: _("Visited by %(who)s on %(day)s."),
        HelpAction.MESSAGED: _("Messaged by %(who)s on %(day)s."),
    }
    again = moment + LOOK_AGAIN
    next_time = _("Look again on %(day)s.") if again > timezone.now() else _("Time to look again.")
    done = texts[HelpAction(action)] % {"who": by or _("the office"), "day": day(moment)}
    return _("%(one)s %(two)s") % {"one": done, "two": next_time % {"day": day(again)}}


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
    done = LessonProgress.objects.filter(done_at__lt=as_of, **mine)
    in_class = done.filter(module__cohorts=OuterRef("cohort_now"))
    number = Count("pk", distinct=True)
    return (
        learners.filter(Exists(enrolled))
        .order_by()
        .annotate(
            first_enrolled=Subquery(enrolled.values("learner").annotate(at=Min("enrolled_at")).values("at")),
            last_act=Subquery(acts.order_by().values("learner").annotate(at=Max("happened_at")).values("at")),
            read_one=Exists(done),
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
    )
