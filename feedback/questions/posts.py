"""What neighbours write to each other: answers, "this solved it", reports, hiding."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import Lesson
from learners.models import Learner
from mooc.accounts.models import User
from mooc.lib.errors import Conflict, DomainError, TooMany
from mooc.lib.privacy import evidence

from ..data import NoticeKind, PostReason
from ..inbox.notices import tell
from ..models import Deflection, Notice, PostReport, Question, Reply
from .services import clean_post, is_trusted

REPLIES_AN_HOUR = 10
HIDES_ITSELF = 3  # reports by different people with some history hide a post until a trainer has looked
KNOWN_AFTER = dt.timedelta(days=1)  # an account so old, with so many acts, is somebody
KNOWN_ACTS = 3


@evidence.writing("reply_to")
def reply_to(*, question: Question, learner: Learner, text: str, reply_id: uuid.UUID) -> Reply:
    """Store a neighbour's answer; the same id again gives the one already stored.

    :raises Conflict: when the id stands for other words.
    :raises DomainError: for a guest, an empty or too long text, or after too many.
    """
    words = clean_post(text)
    known = Reply.objects.filter(uuid=reply_id).first()
    if known:
        return _the_same(known, question, learner, words)
    if learner.is_guest:
        raise DomainError(_("Sign in to answer others."), code="guest")
    if learner.pk == question.learner_id:
        raise DomainError(_("This is your own question. Ask on instead."), code="own")
    since = timezone.now() - dt.timedelta(hours=1)
    if Reply.objects.filter(learner=learner, created_at__gt=since).count() >= REPLIES_AN_HOUR:
        raise TooMany(_("That is a lot of answers in one hour. Take a break and go on later."))
    try:
        with transaction.atomic():
            reply = Reply.objects.create(
                uuid=reply_id, question=question, learner=learner, text=words, held=not is_trusted(learner)
            )
            if not reply.held:
                _tell_asker(reply)
    except IntegrityError:  # the same tap, a moment earlier
        return _the_same(Reply.objects.get(uuid=reply_id), question, learner, words)
    return reply


def _the_same(known: Reply, question: Question, learner: Learner, words: str) -> Reply:
    if (known.learner_id, known.question_id, known.text) == (learner.pk, question.pk, words):
        return known
    raise Conflict(_("This was already stored as something else."))


def _tell_asker(reply: Reply) -> None:
    if reply.learner_id != reply.question.learner_id:
        tell(reply.question.learner, NoticeKind.REPLIED, reply.question, reply=reply)


@evidence.writing("solved")
def solved(*, question: Question, learner: Learner, reply: Reply | None = None) -> None:
    """The asker says that the answer, or a neighbour's, solved it. Saying it again changes nothing.

    :raises DomainError: when there is nothing that could have solved it.
    """
    now = timezone.now()
    with transaction.atomic():
        row = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
        root = row.merged_into or row
        if row.learner_id != learner.pk or (reply is None and not root.answer):
            raise DomainError(_("There is no answer yet."), code="no_answer")
        row.solved_at, row.answered_at = row.solved_at or now, row.answered_at or now
        row.save()
        if reply is not None:
            row.replies.exclude(pk=reply.pk).update(accepted_at=None)
            row.replies.filter(pk=reply.pk, accepted_at=None).update(accepted_at=now)
            tell(reply.learner, NoticeKind.SOLVED, row, reply=reply)


@evidence.writing("solved_by_known")
def solved_by_known(*, question: Question, learner: Learner, lesson: Lesson | None) -> None:
    """Somebody who was about to ask found the answer in another's question. Counted once a person."""
    Deflection.objects.get_or_create(question=question, learner=learner, defaults={"lesson": lesson})


@evidence.writing("report_post", "tend_posts")
def report_post(
    *, learner: Learner, reason: str, question: Question | None = None, reply: Reply | None = None
) -> None:
    """A reader says that a post should not stand there. A trainer finds it in the list; the third report by
    people with some history hides it until then, unless a trainer has dealt with it before.

    :raises DomainError: for an unknown reason.
    """
    if reason not in PostReason.values:
        raise DomainError(_("Choose what is wrong with it."), code="reason", field="reason")
    with transaction.atomic():
        post = _locked(question, reply)
        PostReport.objects.get_or_create(
            question=question, reply=reply, learner=learner, defaults={"reason": reason}
        )
        if post.hidden_at is None and not _dealt_with(post) and _reporters(post) >= HIDES_ITSELF:
            post.held = True
            post.save()


def _dealt_with(post: Question | Reply) -> bool:
    """Whether a trainer answered it, let it through, or has settled a report on it: what a trainer has looked
    at is a trainer's to hide."""
    answered = isinstance(post, Question) and bool(post.answer)
    return answered or bool(post.let_through_at) or post.reports.filter(handled_at__isnull=False).exists()


def _reporters(post: Question | Reply) -> int:
    """How many people with some history report it now: an account of yesterday or before that has learnt
    something. Guests and fresh accounts cost nothing to make; their word is for the trainer's list only."""
    known = (
        Learner.objects.filter(user__is_active=True, user__date_joined__lt=timezone.now() - KNOWN_AFTER)
        .filter(pk__in=post.reports.filter(handled_at=None).values("learner"))
        .annotate(acts=Count("records"))
    )
    return known.filter(acts__gte=KNOWN_ACTS).count()


@evidence.writing("tend_posts")
def hide(*, reason: str, by: User, question: Question | None = None, reply: Reply | None = None) -> None:
    """Take a post from all readers but its writer, who is told the reason."""
    if reason not in PostReason.values:
        raise DomainError(_("Choose what is wrong with it."), code="reason", field="reason")
    with transaction.atomic():
        post = _locked(question, reply)
        post.hidden_at, post.hidden_for = post.hidden_at or timezone.now(), reason
        post.save()
        _settle_reports(post, by)
        about = post.question if isinstance(post, Reply) else post
        tell(post.learner, NoticeKind.HIDDEN, about, reply=reply, reason=reason)


@evidence.writing("tend_posts")
def let_through(*, by: User, question: Question | None = None, reply: Reply | None = None) -> None:
    """Show a held or hidden post to everybody; what was reported about it is settled."""
    with transaction.atomic():
        post = _locked(question, reply)
        post.held, post.hidden_at, post.hidden_for, post.let_through_at = False, None, "", timezone.now()
        post.save()
        _settle_reports(post, by)
        about = post.question if isinstance(post, Reply) else post
        Notice.objects.filter(kind=NoticeKind.HIDDEN, question=about, reply=reply).delete()  # no longer true
        if isinstance(post, Reply):
            _tell_asker(post)


def _locked(question: Question | None, reply: Reply | None) -> Question | Reply:
    """The post as it is now: what a page holds may be older than a trainer's answer."""
    if question is not None:
        return Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if reply is None:
        raise ValueError("a question or a reply")
    rows = Reply.objects.select_for_update(of=("self",)).select_related("question__learner", "learner")
    found: Reply = rows.get(pk=reply.pk)
    return found


def _settle_reports(post: Question | Reply, by: User) -> None:
    post.reports.filter(handled_at=None).update(handled_at=timezone.now(), handled_by=by)
