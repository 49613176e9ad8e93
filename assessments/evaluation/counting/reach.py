"""What a scope reaches, as querysets: the one place that says who and what belongs to it.

Counting (:mod:`.counting`) and the lists behind figures (:mod:`.lists`) start from here, so that a list
has as many rows as its figure says.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.models import Attempt
from courses.models import Course, Module
from feedback.models import Deflection, Question, Reaction
from learners.data import Verb
from learners.models import Cohort, CohortMember, Enrolment, Learner, LearningRecord, LessonProgress
from mooc.accounts.models import Region
from mooc.lib.errors import DomainError

from ..data import Scope, ScopeKind
from ..measure.catalogue import ACTIVE_DAYS


class UnknownScope(DomainError):
    """There is no such place, class, course or module."""

    code = "unknown_scope"


@dataclass(frozen=True, slots=True)
class Reach:
    """Who and what a scope is about, before ``as_of``. A region is that of the person today.

    :param learners: people with an account whom it can concern.
    :param modules: ids and slugs of its modules; ``None`` for all.
    :param by_module: whether it is a course or module: there guests' questions count too.
    """

    as_of: dt.datetime
    learners: QuerySet[Learner]
    modules: dict[int, str] | None = None
    by_module: bool = False

    def module_filter(self, name: str = "module") -> dict[str, Any]:
        """The filter of rows by module, for models with a key to it."""
        return {} if self.modules is None else {f"{name}__in": list(self.modules)}

    def slug_filter(self) -> dict[str, Any]:
        """The same for learning records."""
        return {} if self.modules is None else {"module_slug__in": list(self.modules.values())}

    def enrolments(self) -> QuerySet[Enrolment]:
        """Enrolments of its people in its modules."""
        rows = Enrolment.objects.filter(enrolled_at__lt=self.as_of, **self.module_filter())
        return rows.filter(learner__in=self.learners)

    def completions(self) -> QuerySet[Enrolment]:
        """Those of them that are completed, with ``reacted`` and ``satisfied``."""
        reactions = Reaction.objects.filter(
            learner=OuterRef("learner"), module=OuterRef("module"), created_at__lt=self.as_of
        )
        rows = self.enrolments().filter(completed_at__lt=self.as_of)
        return rows.annotate(reacted=Exists(reactions), satisfied=Exists(reactions.filter(face=3)))

    def records(self) -> QuerySet[LearningRecord]:
        """What its people did themselves: being put in a class is no act of theirs."""
        rows = LearningRecord.objects.filter(happened_at__lt=self.as_of, **self.slug_filter())
        return rows.exclude(verb=Verb.REGISTERED).filter(learner__in=self.learners)

    def tries(self) -> QuerySet[Attempt]:
        """Finished tries at its quizzes, each learner's at a quiz in order."""
        rows = Attempt.objects.filter(finished_at__lt=self.as_of, score__isnull=False)
        rows = rows.filter(learner__in=self.learners, **self.module_filter("quiz__module"))
        return rows.order_by("learner_id", "quiz_id", "finished_at", "pk")

    def questions(self) -> QuerySet[Question]:
        """Questions of its people; for a course or module those asked there. Hidden ones do not count."""
        rows = Question.objects.filter(created_at__lt=self.as_of).exclude(hidden_at__lt=self.as_of)
        if self.by_module:
            rows = rows.filter(**self.module_filter("lesson__module"))
        return rows.filter(learner__in=self.learners)

    def deflections(self) -> QuerySet[Deflection]:
        """How often a known answer spared a question."""
        rows = Deflection.objects.filter(created_at__lt=self.as_of, learner__in=self.learners)
        return rows.filter(**self.module_filter("lesson__module")) if self.by_module else rows

    def people(self) -> QuerySet[Learner]:
        """Its people with a yes or no for each step, the same that figures count:
        ``enrolled acted active started passed completed unfinished``. Those of a course or module are the
        enrolled: an act there while signed in enrols."""
        mine = {"learner": OuterRef("pk")}
        enrolled = Enrolment.objects.filter(enrolled_at__lt=self.as_of, **mine, **self.module_filter())
        acted = LearningRecord.objects.filter(happened_at__lt=self.as_of, **mine, **self.slug_filter())
        acted = acted.exclude(verb=Verb.REGISTERED)
        read = LessonProgress.objects.filter(done_at__lt=self.as_of, **mine, **self.module_filter())
        since = self.as_of - dt.timedelta(days=ACTIVE_DAYS)
        late = Q(completed_at=None) | Q(completed_at__gte=self.as_of)
        people = self.learners.filter(Exists(enrolled)) if self.by_module else self.learners
        return people.annotate(
            enrolled=Exists(enrolled),
            acted=Exists(acted),
            active=Exists(acted.filter(happened_at__gte=since)),
            started=Exists(read),
            passed=Exists(enrolled.filter(quiz_passed_at__lt=self.as_of)),
            completed=Exists(enrolled.filter(completed_at__lt=self.as_of)),
            unfinished=Exists(enrolled.filter(late)),
        )


def reach_of(scope: Scope, as_of: dt.datetime) -> Reach:
    """What a scope reaches; the region without a code is everybody with an account.

    :raises UnknownScope: when there is no such place, class, course or module.
    """
    people: QuerySet[Learner] = Learner.objects.people()
    if scope.region:
        people = _within(people, scope.region)
    if scope.kind == ScopeKind.REGION:
        return Reach(as_of, _within(people, scope.key) if scope.key else people)
    if scope.kind == ScopeKind.COHORT:
        return _of_cohort(scope.key, as_of)
    if scope.kind not in ScopeKind.values:
        raise UnknownScope(_("There is no such place, class, course or module."))
    modules = _modules(scope)
    if not scope.region:
        people = Learner.objects.all()  # questions of guests count for a module; enrolments have none
    return Reach(as_of, people, modules, by_module=True)


def _within(people: QuerySet[Learner], code: str) -> QuerySet[Learner]:
    region = Region.objects.coded(code).first()
    if region is None:
        raise UnknownScope(_("There is no such place, class, course or module."))
    return people.filter(region__path__startswith=region.path)


def _of_cohort(code: str, as_of: dt.datetime) -> Reach:
    cohort = Cohort.objects.filter(code=code).first()
    if cohort is None:
        raise UnknownScope(_("There is no such place, class, course or module."))
    members = CohortMember.objects.filter(cohort=cohort, created_at__lt=as_of)
    members = members.filter(Q(left_at=None) | Q(left_at__gte=as_of))
    modules = dict(cohort.modules.order_by("pk").values_list("pk", "slug"))
    return Reach(as_of, Learner.objects.people().filter(pk__in=members.values("learner")), modules or None)


def _modules(scope: Scope) -> dict[int, str]:
    if scope.kind == ScopeKind.MODULE:
        found = Module.objects.filter(slug=scope.key)
    else:
        if not Course.objects.filter(slug=scope.key).exists():
            raise UnknownScope(_("There is no such place, class, course or module."))
        found = Module.objects.filter(course__slug=scope.key)
    modules = dict(found.order_by("pk").values_list("pk", "slug"))
    if not modules and scope.kind == ScopeKind.MODULE:
        raise UnknownScope(_("There is no such place, class, course or module."))
    return modules
