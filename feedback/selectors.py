"""Page-shaped reads of feedback, each with a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.http import Http404

from courses.blocks.check import CheckQuestion
from courses.models import LessonEdition
from learners.models import Learner
from mooc.lib.text.localized import read

from .answers import checks
from .masking import mask
from .models import AnswerModule, AnswerVersion, Notice, Question, Reply, Theme

NEWEST = 20  # questions a theme's page shows below what was published


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """A neighbour's answer as a reader sees it."""

    pk: int
    text: str
    name: str
    accepted: bool
    mine: bool
    waiting: bool


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """A question as one reader sees it: masked for everybody but its asker."""

    row: Question
    text: str
    answer: str
    answered_by: str
    replies: list[ReplyRow]
    mine: bool
    deflected: bool

    @property
    def solved(self) -> bool:
        """Whether this reader said that it was solved."""
        return self.deflected or (self.mine and self.row.solved_at is not None)


def question_for(pk: int, learner: Learner | None) -> QuestionPage:
    """One question for one reader: 3 queries.

    :raises Http404: when it is not there, or not for this reader.
    """
    rows = Question.objects.select_related(
        "lesson", "answered_by", "theme", "merged_into__answered_by", "merged_into__theme"
    )
    wanted = Q(held=False, hidden_at=None, merged_into=None)
    if learner is not None:
        wanted |= Q(learner=learner)
        rows = rows.annotate(deflected=Count("deflections", filter=Q(deflections__learner=learner)))
    row = rows.filter(wanted, pk=pk).first()
    if row is None:
        raise Http404
    mine = learner is not None and row.learner_id == learner.pk
    root = row.merged_into or row
    return QuestionPage(
        row=row,
        text=row.text if mine else mask(row.text),
        answer=root.answer,
        answered_by=str(root.answered_by or ""),
        replies=_replies(row, learner),
        mine=mine,
        deflected=bool(getattr(row, "deflected", 0)),
    )


def _replies(question: Question, learner: Learner | None) -> list[ReplyRow]:
    wanted = Q(held=False, hidden_at=None)
    if learner is not None:
        wanted |= Q(learner=learner)
    rows = question.replies.filter(wanted).select_related("learner__user")[:50]
    replies = [_reply(row, learner) for row in rows]
    return sorted(replies, key=lambda reply: not reply.accepted)


def _reply(row: Reply, learner: Learner | None) -> ReplyRow:
    own = learner is not None and row.learner_id == learner.pk
    return ReplyRow(
        pk=row.pk,
        text=row.text if own else mask(row.text),
        name=str(row.learner.user or ""),
        accepted=row.accepted_at is not None,
        mine=own,
        waiting=row.held or row.hidden_at is not None,
    )


def questions_of(learner: Learner | None) -> QuerySet[Question]:
    """My questions, the newest first."""
    return Question.objects.filter(learner=learner).select_related("lesson", "merged_into")


def others_questions(theme: str, learner: Learner | None) -> QuerySet[Question]:
    """What others asked and all may read; those without an answer first, they can use a neighbour."""
    visible = Q(replies__held=False, replies__hidden_at=None)
    rows = (
        Question.objects.open_to_all()
        .select_related("theme")
        .annotate(repliers=Count("replies__learner", filter=visible, distinct=True))
    )
    if theme:
        rows = rows.filter(theme__code=theme)
    if learner is not None:
        rows = rows.exclude(learner=learner)
    return rows.order_by(F("answered_at").asc(nulls_first=True), "-created_at")


def inbox(learner: Learner) -> QuerySet[Notice]:
    """What somebody was told, the newest first."""
    return Notice.objects.filter(learner=learner).select_related("question", "reply__learner__user")


def unread(learner: Learner) -> int:
    """How much of it is new."""
    return Notice.objects.filter(learner=learner, read_at=None).count()


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """A theme in the list of answer modules, and how many questions with answers stand on its page."""

    theme: Theme
    answers: int


def themes_with_answers() -> list[ThemeRow]:
    """All themes with something to read first, then the rest: 2 queries. Counted as ``theme_page`` shows
    them: somebody who opens a theme finds as many."""
    modules = AnswerModule.objects.select_related("published").exclude(published=None)
    versions = {row.theme_id: row.published for row in modules}
    shared = Q(questions__held=False, questions__hidden_at=None, questions__merged_into=None)
    since = shared & ~Q(questions__answer="")
    for pk, version in versions.items():
        since &= ~Q(pk=pk, questions__in=_taken(version))
    rows = Theme.objects.annotate(since=Count("questions", filter=since, distinct=True))
    found = [ThemeRow(row, len(_entries(versions.get(row.pk))) + min(row.since, NEWEST)) for row in rows]
    return sorted(found, key=lambda row: (-(row.answers > 0), row.theme.order))


def _entries(version: AnswerVersion | None) -> list[dict[str, Any]]:
    return version.entries if version else []


def _taken(version: AnswerVersion | None) -> list[int]:
    """Ids of the questions that a version has merged: they do not stand on the page once more."""
    return sorted({pk for entry in _entries(version) for pk in entry.get("sources", [])})


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One merged answer in the reader's language."""

    question: str
    answer: str
    asked: int
    lessons: list[tuple[LessonEdition, int]]  # with the block to read, 0 for the whole lesson


@dataclass(frozen=True, slots=True)
class ThemePage:
    """The page of a theme: what trainers published, then questions answered since."""

    theme: Theme
    version: AnswerVersion | None
    entries: list[EntryRow]
    newest: list[QuestionPage]
    checks: list[CheckQuestion]

    @property
    def answers(self) -> int:
        """How many questions with answers stand here: what the list of themes says."""
        return len(self.entries) + len(self.newest)


def theme_page(slug: str) -> ThemePage:
    """The answer module of a theme: 4 queries.

    :raises Http404: for no theme of ours.
    """
    theme = Theme.objects.filter(code=slug.replace("-", "_")).first()
    if theme is None or slug != theme.slug:
        raise Http404
    version = AnswerVersion.objects.filter(module__theme=theme).order_by("-number").first()
    entries = _entries(version)
    wanted = {slug for entry in entries for slug in entry.get("lessons", [])}
    lessons = {
        row.lesson.slug: row
        for row in LessonEdition.objects.filter(
            lesson__slug__in=wanted, edition__published_of__isnull=False
        ).select_related("lesson")
    }
    entry_rows = [_entry(entry, lessons) for entry in entries]
    rows = Question.objects.to_offer().filter(theme=theme).exclude(pk__in=_taken(version))
    rows = rows.select_related("answered_by", "lesson").with_others()
    newest = [
        QuestionPage(
            row=row,
            text=mask(row.text),
            answer=row.answer,
            answered_by=str(row.answered_by or ""),
            replies=[],
            mine=False,
            deflected=False,
        )
        for row in rows.order_by("-same", "-answered_at")[:NEWEST]
    ]
    return ThemePage(theme, version, entry_rows, newest, checks.readable(version.checks) if version else [])


def _in_language(entry: dict[str, Any], name: str) -> str:
    """As ``Localized`` reads columns: the reader's language, else the other."""
    return read(entry[f"{name}_zh"].strip(), entry[f"{name}_en"].strip())


def _entry(entry: dict[str, Any], lessons: dict[str, LessonEdition]) -> EntryRow:
    passages = entry.get("passages", {})
    return EntryRow(
        _in_language(entry, "question"),
        _in_language(entry, "answer"),
        int(entry.get("asked", 0)),
        [(lessons[slug], int(passages.get(slug, 0))) for slug in entry.get("lessons", []) if slug in lessons],
    )


def lesson_titles(lessons: set[int]) -> dict[int, str]:
    """Published titles of lessons by id: 1 query."""
    rows = LessonEdition.objects.filter(lesson__in=lessons, edition__published_of__isnull=False)
    return {row.lesson_id: row.title for row in rows}


def queue_counts(user: Any, now: dt.datetime) -> dict[str, int]:
    """How much waits for a trainer: 1 query."""
    return (
        Question.objects.visible_to(user)
        .waiting()
        .aggregate(
            waiting=Count("pk", distinct=True), overdue=Count("pk", filter=Q(due_at__lt=now), distinct=True)
        )
    )
