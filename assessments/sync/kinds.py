"""What each kind of item stands for. Sent again it changes nothing; the same id with other words is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from courses.models import Lesson, LessonEdition
from courses.selectors import lesson_for_acts
from feedback.models import Question
from feedback.services import ask_question
from learners import services as learning
from learners.models import LearningRecord
from learners.recording import Stored
from learners.senders import Owner
from mooc.lib.errors import Conflict, DomainError

from .. import services
from ..bank import asked_quiz
from ..models import Quiz, Response
from .reading import Item

Kind = Callable[[Owner, Item], "tuple[Stored, str]"]


def store(owner: Owner, item: Item) -> tuple[Stored, str]:
    """Store an item for its owner.

    :returns: what became of it, and where it can be seen (or nothing).
    :raises DomainError: by name, when it is not stored.
    """
    kind = item.values.get("kind")
    known = KINDS.get(kind) if isinstance(kind, str) else None
    item.id  # noqa: B018  # refused here when there is none
    if known is None:
        raise DomainError(_("This kind of item is not known."), code="bad_kind")
    return known(owner, item)


def _lesson(item: Item) -> LessonEdition:
    lesson = lesson_for_acts(item.text("lesson", 80))
    if lesson is None:
        raise DomainError(_("This lesson is not here. The phone keeps it."), code="unknown_lesson")
    return lesson


def _record(owner: Owner, item: Item) -> tuple[Stored, str]:
    lesson, verb, when = _lesson(item), item.text("verb", 12), item.when(owner.learner)
    known = LearningRecord.objects.filter(uuid=item.id).first()
    if known is not None:
        same = known.learner_id == owner.learner.pk and known.object_id == lesson.lesson.slug
        return _same(same and _verb_fits(known, verb)), ""
    common: dict[str, Any] = {
        "learner": owner.learner, "lesson": lesson, "signed_in": owner.signed_in, "at": when.at,
        "claimed": when.claimed,
    }  # fmt: skip
    if verb == "initialized":
        return learning.open_lesson(act_id=item.id, **common), ""
    if verb == "suspended":
        seconds, block = item.number("seconds", 86_400), item.number("block", 999)
        return learning.leave_lesson(act_id=item.id, seconds=seconds, block=block, **common), ""
    if verb == "completed":
        return learning.finish_lesson(**common), ""
    raise DomainError(_("This verb is not known here."), code="bad_verb")


def _verb_fits(known: LearningRecord, verb: str) -> bool:
    return known.verb == verb or (known.verb == "resumed" and verb == "initialized")


def _same(same: bool) -> Stored:
    if same:
        return Stored.DUPLICATE
    raise Conflict(_("This id already stands for something else."))


def _answer(owner: Owner, item: Item) -> tuple[Stored, str]:
    slug, attempt_id = item.text("quiz", 60), item.uuid("attempt")
    quiz = Quiz.objects.filter(module__slug=slug, module__published__isnull=False).values_list(
        "pk", flat=True
    )
    number = quiz.first()
    if number is None:
        raise DomainError(_("This quiz is not here. The phone keeps the answer."), code="unknown_quiz")
    if attempt_id is None:
        raise DomainError(_("“%(name)s” is not usable.") % {"name": "attempt"}, code="bad_value")
    code, chosen = item.text("item", 20), item.chosen()
    url = f"/quizzes/{number}/tries/{attempt_id}/{code}/"
    before = Response.objects.filter(attempt__uuid=attempt_id, item__code=code)
    known = before.annotate(owner=F("attempt__learner")).first()
    if known is not None:
        return _answered_before(known, owner, chosen), url
    when = item.when(owner.learner)
    services.answer_item(
        learner=owner.learner, quiz=asked_quiz(number).quiz, attempt_id=attempt_id, item_code=code, chosen=chosen,
        signed_in=owner.signed_in, at=when.at, claimed=when.claimed,
    )  # fmt: skip
    return Stored.STORED, url


def _answered_before(known: Any, owner: Owner, chosen: list[int]) -> Stored:
    if known.owner != owner.learner.pk:
        raise Conflict(_("This id already stands for something else."))
    if known.chosen != ",".join(map(str, chosen)):
        raise DomainError(
            _("You answered this question before. The first answer counts."), code="answered_already"
        )
    return Stored.DUPLICATE


def _question(owner: Owner, item: Item) -> tuple[Stored, str]:
    text, slug = item.text("text", 20_000), item.text("lesson", 80)
    known = Question.objects.filter(uuid=item.id).first()
    if known is not None:
        same = known.learner_id == owner.learner.pk and known.text == text.strip()
        return _same(same), known.get_absolute_url()
    lesson = Lesson.objects.select_related("module__published").filter(slug=slug).first() if slug else None
    block = item.number("block", 999) or None
    question = ask_question(
        learner=owner.learner, text=text, lesson=lesson, block=block, question_id=item.id,
        signed_in=owner.signed_in,
    )  # fmt: skip
    return Stored.STORED, question.get_absolute_url()


KINDS: dict[str, Kind] = {"record": _record, "answer": _answer, "question": _question}
