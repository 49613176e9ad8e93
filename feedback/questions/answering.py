"""Writes of the trainers' queue: claiming, answering, merging, and whose theme it is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from mooc.accounts.models import User
from mooc.lib.errors import Conflict, DomainError
from mooc.lib.text.cleaning import clean

from ..answers import entries
from ..data import CLAIM_LASTS, NoticeKind, ThemeSource
from ..inbox.notices import tell
from ..models import AnswerEntry, AnswerModule, Notice, Question, Theme, TrainingExample

MOST_LETTERS = 4000


def claim(*, question: Question, by: User, take_over: bool = False) -> None:
    """Say that one is writing the answer, for half an hour.

    :raises Conflict: when somebody else is, unless it is taken over.
    """
    now = timezone.now()
    free = Q(claimed_by=None) | Q(claimed_by=by) | Q(claimed_at__lt=now - CLAIM_LASTS)
    rows = Question.objects.filter(pk=question.pk)
    if not (rows if take_over else rows.filter(free)).update(claimed_by=by, claimed_at=now):
        raise Conflict(_("Somebody else is writing an answer."), code="claimed")


def give_back(*, question: Question, by: User) -> None:
    """Give up a claim of one's own."""
    Question.objects.filter(pk=question.pk, claimed_by=by).update(claimed_by=None, claimed_at=None)


def mark_of(answer: str) -> str:
    """A short mark of an answer as somebody saw it, to notice that another one came in between."""
    return hashlib.sha256(answer.encode()).hexdigest()[:16]


def answer_question(
    *, question: Question, by: User, text: str, share: bool, to_theme_page: bool = False, seen: str = ""
) -> Question:
    """Answer, or mend an answer. All who asked the same are told, once.

    :param share: whether other readers may see question and answer.
    :param to_theme_page: whether it also goes to the draft of its theme's answer module.
    :param seen: :func:`mark_of` the answer the writer had before the eyes; empty to write over any.
    :raises Conflict: when somebody else is writing, or has answered meanwhile; nothing is changed.
    :raises DomainError: for an empty or too long answer, a theme page without a theme, or a question
        that is answered together with another.
    """
    words = _answer_words(text)
    with transaction.atomic():
        row = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
        if row.merged_into_id is not None:
            raise DomainError(
                _("It is answered together with another question. Answer that one."), code="merged"
            )
        if seen and seen != mark_of(row.answer):
            raise Conflict(
                _("Somebody has answered meanwhile. Yours is kept below: read both."), code="answered"
            )
        claim(question=row, by=by)
        row.answer, row.answered_by, row.held = words, by, not share
        row.claimed_by, row.claimed_at = None, None
        row.save()
        _tell_all(row)
        if to_theme_page:
            put_on_theme_page(question=row)
    return row


def _answer_words(text: str) -> str:
    words = clean(text, lines=True)
    if not words:
        raise DomainError(_("Write the answer first."), code="empty", field="answer")
    if len(words) > MOST_LETTERS:
        raise DomainError(_("That is too long: 4000 letters at most."), code="too_long", field="answer")
    return words


def _tell_all(root: Question) -> None:
    """Date the answer of everybody whose question this is, and tell them."""
    for one in (root, *root.merged.select_related("learner__user")):
        if one.answered_at is None:
            one.answered_at = timezone.now()
            one.save()
        tell(one.learner, NoticeKind.ANSWERED, one)


def merge_questions(*, same: Iterable[Question], into: Question, by: User) -> int:
    """Say that waiting questions are the same as one: its answer is theirs. What has an answer of its own
    stays as it is. Returns how many were merged.

    :raises DomainError: when that one is itself merged into another.
    """
    count, wanted = 0, {row.pk for row in same} - {into.pk}
    with transaction.atomic():
        rows = Question.objects.select_for_update(of=("self",)).filter(pk__in=wanted | {into.pk})
        locked = {
            row.pk: row for row in rows.order_by("pk")
        }  # in one order: two trainers never wait in a ring
        root = locked.pop(into.pk)
        if root.merged_into_id is not None:
            raise DomainError(_("This question is itself part of another. Choose that one."), code="merged")
        for one in locked.values():
            if one.answered_at is not None or one.merged_into_id is not None:
                continue
            one.merged.update(merged_into=root)  # no chains
            one.merged_into, one.claimed_by, one.claimed_at = root, None, None
            one.save()
            count += 1
        _pass_theme_on(root)
        if root.answer:
            _tell_all(root)
    return count


def _pass_theme_on(root: Question) -> None:
    """What is answered together is of one theme: that of the question that has the answer."""
    if root.theme_id is None:
        return
    for one in root.merged.all():
        if (one.theme_id, one.theme_source) != (root.theme_id, root.theme_source):
            one.theme, one.theme_source = root.theme, root.theme_source
            one.save()


def unmerge(*, question: Question) -> None:
    """Undo a merging: the question stands for itself again, and waits."""
    with transaction.atomic():
        row = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
        if row.merged_into_id is None:
            return
        row.merged_into, row.answered_at = None, None
        row.save()
        Notice.objects.filter(question=row, kind=NoticeKind.ANSWERED).delete()  # the real answer is told anew


def set_theme(*, question: Question, theme: Theme, by: User) -> TrainingExample:
    """A person says which theme it is; the engine learns from it, and what is merged into it follows.

    :raises DomainError: when it is itself merged into another: its theme is that one's.
    """
    with transaction.atomic():
        row = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
        if row.merged_into_id is not None:
            raise DomainError(
                _("It is answered together with another question, and has the theme of that one."),
                code="merged",
            )
        row.theme, row.theme_source = theme, ThemeSource.PERSON
        row.save()
        _pass_theme_on(row)
        example, _made = TrainingExample.objects.update_or_create(
            question=row, defaults={"theme": theme, "guessed": (row.top_codes or [""])[0], "said_by": by}
        )
    return example


def put_on_theme_page(*, question: Question) -> AnswerEntry:
    """Take a question with its answer into the draft of its theme's answer module, once, without
    anybody's numbers.

    :raises DomainError: when it has no theme.
    """
    if question.theme is None:
        raise DomainError(_("Choose the theme first."), code="no_theme", field="theme")
    known = question.entries.first()
    if known is not None:
        return known
    module, _made = AnswerModule.objects.get_or_create(theme=question.theme)
    return entries.put_together(module=module, questions=[question])
