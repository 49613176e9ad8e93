"""What a scope reaches, as querysets: the one place that says who and what belongs to it.

Counting (:mod:`.counting`) and the lists behind figures (:mod:`.lists`) start from here, so that a list
has as many rows as its figure says.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from assessments.models import Attempt
from courses.models import Course, Module
from feedback.models import Deflection, Question, Reaction
from learners.data import Verb
from learners.models import Cohort, Enrolment, Learner, LearningRecord, LessonProgress
from mooc.accounts.models import Region
from mooc.lib.errors import DomainError

from ..data import Scope, ScopeKind
from ..measure.catalogue import ACTIVE_DAYS
from .stays import ClassTime, memberships, time_of


class UnknownScope(DomainError):
    """There is no such place, class, course or module."""

    code = "unknown_scope"


@dataclass(frozen=True, slots=True)
class Reach:
    """Who and what a scope is about, before ``as_of``. A region is that of the person today.

    :param learners: people with an account whom it can concern, without those who work here.
    :param modules: ids and slugs of its modules; ``None`` for all.
    :param by_module: whether it is a course or module: there guests' questions count too.
    :param time: of a class: what its people do is its own only then, see :mod:`.stays`.
    """

    as_of: dt.datetime
    learners: QuerySet[Learner]
    modules: dict[int, str] | None = None
    by_module: bool = False
    time: ClassTime | None = None

    def module_filter(self, name: str = "module") -> dict[str, Any]:
        """The filter of rows by module, for models with a key to it."""
        return {} if self.modules is None else {f"{name}__in": list(self.modules)}

    def slug_filter(self) -> dict[str, Any]:
        """The same for learning records."""
        return {} if self.modules is None else {"module_slug__in": list(self.modules.values())}

    def _own(self, rows: QuerySet[Any], at: str, module: str = "module") -> QuerySet[Any]:
        """Rows of a moment, as far as they are a class's; all of them elsewhere."""
        return self.time.credited(rows, at, module) if self.time else rows

    def enrolments(self) -> QuerySet[Enrolment]:
        """Enrolments of its people in its modules."""
        rows = Enrolment.objects.filter(enrolled_at__lt=self.as_of, **self.module_filter())
        return rows.filter(learner__in=self.learners)

    def attendances(self) -> QuerySet[Enrolment]:
        """A person and a module acted in, with ``finished``: whether the module was finished."""
        acts = self._acts(learner=OuterRef("learner"), module_slug=OuterRef("module__slug"))
        done = Q(pk__in=self.completions().values("pk")) if self.time else Q(completed_at__lt=self.as_of)
        rows: Any = self.enrolments().filter(Exists(acts) | done)
        found: QuerySet[Enrolment] = rows.annotate(finished=Case(When(done, then=True), default=False))
        return found

    def placed(self) -> QuerySet[Enrolment]:
        """What a class did and nobody yet: enrolled by it, and nothing done there since."""
        acts = LearningRecord.objects.filter(
            happened_at__lt=self.as_of, learner=OuterRef("learner"), module_slug=OuterRef("module__slug")
        )
        rows = self.enrolments().filter(self._unfinished, how=Enrolment.How.COHORT)
        return rows.exclude(Exists(acts.exclude(verb=Verb.REGISTERED)))

    @property
    def _unfinished(self) -> Q:
        return Q(completed_at=None) | Q(completed_at__gte=self.as_of)

    def completions(self) -> QuerySet[Enrolment]:
        """Modules that were finished, with ``reacted`` and ``satisfied``."""
        said = Reaction.objects.filter(
            learner=OuterRef("learner"), module=OuterRef("module"), created_at__lt=self.as_of
        )
        rows: QuerySet[Enrolment] = self._own(
            self.enrolments().filter(completed_at__lt=self.as_of), "completed_at"
        )
        return rows.annotate(reacted=Exists(said), satisfied=Exists(said.filter(face=3)))

    def _acts(self, **whose: Any) -> QuerySet[LearningRecord]:
        rows = LearningRecord.objects.filter(happened_at__lt=self.as_of, **self.slug_filter(), **whose)
        return self._own(rows.exclude(verb=Verb.REGISTERED), "happened_at", "module_slug")

    def records(self) -> QuerySet[LearningRecord]:
        """What its people did themselves: being put in a class is no act of theirs."""
        return self._acts(learner__in=self.learners)

    def lesson_acts(self) -> QuerySet[LearningRecord]:
        """What the person of an outer row did in lessons."""
        return self._acts(learner=OuterRef("pk"), object_type="lesson")

    def tries(self) -> QuerySet[Attempt]:
        """Finished tries at its quizzes, each learner's at a quiz in order."""
        rows = Attempt.objects.filter(finished_at__lt=self.as_of, score__isnull=False)
        rows = rows.filter(learner__in=self.learners, **self.module_filter("quiz__module"))
        return self._own(rows, "finished_at", "quiz__module").order_by(
            "learner_id", "quiz_id", "finished_at", "pk"
        )

    def questions(self) -> QuerySet[Question]:
        """Questions of its people; for a course or module those asked there, for a class also those asked outside
        lessons. Hidden ones do not count."""
        rows = Question.objects.filter(created_at__lt=self.as_of).exclude(hidden_at__lt=self.as_of)
        return self._asked(rows)

    def deflections(self) -> QuerySet[Deflection]:
        """How often a known answer spared a question."""
        return self._asked(Deflection.objects.filter(created_at__lt=self.as_of))

    def _asked(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = rows.filter(learner__in=self.learners)
        if self.time is None:
            return rows.filter(**self.module_filter("lesson__module")) if self.by_module else rows
        if not self.modules:
            return rows.none()
        inside = self._own(
            rows.filter(**self.module_filter("lesson__module")), "created_at", "lesson__module"
        )
        outside = self._own(rows.filter(lesson=None), "created_at", "")
        return rows.filter(Q(pk__in=inside.values("pk")) | Q(pk__in=outside.values("pk")))

    def people(self) -> QuerySet[Learner]:
        """Its people with a yes or no for each step, the same that figures count:
        ``enrolled acted active started passed completed unfinished``. Those of a course or module are the
        enrolled: an act there while signed in enrols."""
        mine = {"learner": OuterRef("pk")}
        enrolled = Enrolment.objects.filter(enrolled_at__lt=self.as_of, **mine, **self.module_filter())
        acted = self._acts(**mine)
        read = LessonProgress.objects.filter(done_at__lt=self.as_of, **mine, **self.module_filter())
        since = self.as_of - dt.timedelta(days=ACTIVE_DAYS)
        people = self.learners.filter(Exists(enrolled)) if self.by_module else self.learners
        return people.annotate(
            enrolled=Exists(enrolled),
            acted=Exists(acted),
            active=Exists(acted.filter(happened_at__gte=since)),
            started=Exists(self._own(read, "done_at")),
            passed=Exists(self._own(enrolled.filter(quiz_passed_at__lt=self.as_of), "quiz_passed_at")),
            completed=Exists(self._own(enrolled.filter(completed_at__lt=self.as_of), "completed_at")),
            unfinished=Exists(enrolled.filter(self._unfinished)),
        )

    def members(self) -> QuerySet[Learner]:
        """Those of its people who were in a class that had begun, with ``graduated``: whether they finished all that
        one of their classes requires."""
        rows: Any = memberships(self.as_of, self.time.cohort if self.time else None).filter(
            learner=OuterRef("pk")
        )
        people = self.learners.filter(Exists(rows))
        return people.annotate(graduated=Exists(rows.filter(graduated=True)))


def reach_of(scope: Scope, as_of: dt.datetime) -> Reach:
    """What a scope reaches; the region without a code is everybody with an account.

    :raises UnknownScope: when there is no such place, class, course or module.
    """
    people: QuerySet[Learner] = Learner.objects.people().not_staff()
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
        people = Learner.objects.not_staff()  # questions of guests count for a module; enrolments have none
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
    time = time_of(cohort)
    people = Learner.objects.people().not_staff().filter(pk__in=time.members(as_of).values("learner"))
    return Reach(as_of, people, dict(cohort.modules.order_by("pk").values_list("pk", "slug")), time=time)


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
