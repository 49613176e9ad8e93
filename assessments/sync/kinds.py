"""What each kind of item stands for. Sent again it changes nothing; the same id with other words is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from courses.models import Lesson, LessonEdition, Module
from courses.selectors import lesson_for_acts
from feedback.models import ContentReport, Question
from feedback.questions.reactions import react
from feedback.questions.services import ask_question, report_content
from learners import services as learning
from learners.models import LearningRecord
from learners.record.recording import Stored
from learners.record.senders import Owner
from mooc.lib.errors import Conflict, DomainError

from ..bank import editions
from ..kinds.base import Choice
from ..models import Attempt, Quiz, Response, ReviewCard
from ..notebook.services import review_item
from ..quiz.asked import asked_quiz
from ..quiz.services import answer_item
from .reading import Item

Kind = Callable[[Owner, Item], "tuple[Stored, str]"]


def store(owner: Owner, item: Item) -> tuple[Stored, str]:
    """Store an item for its owner.

    :returns: what became of it, and where it can be seen (or nothing).
    :raises DomainError: by name, when it is not stored.
    """
    return KINDS[item.values["kind"]](owner, item)


def _lesson(item: Item) -> LessonEdition:
    lesson = lesson_for_acts(item.values["lesson"])
    if lesson is None:
        raise DomainError(_("This lesson is not here. The phone keeps it."), code="unknown_lesson")
    return lesson


def _record(owner: Owner, item: Item) -> tuple[Stored, str]:
    lesson, verb, when = _lesson(item), item.values["verb"], item.when(owner.learner)
    known = LearningRecord.objects.filter(uuid=item.id).first()
    if known is not None:
        if known.learner_id == owner.learner.pk and _says(known, lesson, verb, item):
            return Stored.DUPLICATE, ""
        raise Conflict(_("This id already stands for something else."))
    common: dict[str, Any] = {
        "learner": owner.learner, "lesson": lesson, "signed_in": owner.signed_in, "at": when.at,
        "claimed": when.claimed,
    }  # fmt: skip
    if verb == "initialized":
        return learning.open_lesson(act_id=item.id, **common), ""
    if verb == "suspended":
        seconds, block = item.values["seconds"], item.values["block"]
        return learning.leave_lesson(act_id=item.id, seconds=seconds, block=block, **common), ""
    return learning.finish_lesson(**common), ""


def _says(known: LearningRecord, lesson: LessonEdition, verb: str, item: Item) -> bool:
    """Whether a stored act is what is sent now. Of the seconds fewer may have counted than were claimed."""
    if known.object_id != lesson.lesson.slug:
        return False
    if verb != "suspended":
        return known.verb == verb or (known.verb == "resumed" and verb == "initialized")
    claimed = (item.values["seconds"], str(item.values["block"]))
    return known.verb == verb and claimed[0] >= (known.seconds or 0) and claimed[1] == known.response


def _answer(owner: Owner, item: Item) -> tuple[Stored, str]:
    attempt_id, code, choice = item.values["attempt"], item.values["item"], item.values["chosen"]
    quiz = Quiz.objects.filter(module__slug=item.values["quiz"], module__published__isnull=False)
    number = quiz.values_list("pk", flat=True).first()
    if number is None:
        raise DomainError(_("This quiz is not here. The phone keeps the answer."), code="unknown_quiz")
    url = reverse("assessments:quiz_explained", args=[number, attempt_id, code])
    before = Response.objects.filter(attempt__uuid=attempt_id, item__code=code)
    known = before.annotate(owner=F("attempt__learner")).select_related("item").first()
    if known is not None:
        return _answered_before(known, owner, choice), url
    when = item.when(owner.learner)
    try:
        answer_item(
            learner=owner.learner, quiz=asked_quiz(number).quiz, attempt_id=attempt_id, item_code=code, choice=choice,
            signed_in=owner.signed_in, at=when.at, claimed=when.claimed, by_its_id=True,
            edition=item.values.get("edition"),
        )  # fmt: skip
    except DomainError as error:
        if error.code != "unknown_item":
            raise
        said = _("This question was taken out of the quiz. The other answers count.")
        raise DomainError(said, code=error.code) from error
    except Attempt.DoesNotExist:  # another phone began one in the same moment
        raise DomainError(_("Not stored. Send it again later."), code="moved") from None
    return Stored.STORED, url


def _answered_before(known: Any, owner: Owner, choice: Choice) -> Stored:
    if known.owner != owner.learner.pk:
        raise Conflict(_("This id already stands for something else."))
    wording = editions.wording(known.item, known.edition)
    try:
        same = wording.kind.read(choice, wording.options) == known.answer
    except DomainError:
        same = False
    if not same:
        raise _answered_already()
    return Stored.DUPLICATE


def _answered_already() -> DomainError:
    said = _("You answered this question before. The first answer counts.")
    return DomainError(said, code="answered_already")


def _question(owner: Owner, item: Item) -> tuple[Stored, str]:
    when = item.when(owner.learner)
    known = Question.objects.filter(uuid=item.id).exists()
    question = ask_question(
        learner=owner.learner, text=item.values["text"], lesson=_lesson_of(item.values["lesson"]),
        block=item.values["block"] or None, question_id=item.id, signed_in=owner.signed_in, at=when.at,
        claimed=when.claimed,
    )  # fmt: skip
    fresh = not known and question.uuid == item.id  # else the same words of today
    return Stored.STORED if fresh else Stored.DUPLICATE, question.get_absolute_url()


def _lesson_of(slug: str) -> Lesson | None:
    """The lesson something was written in, published now or not; an unknown one stops nobody."""
    return Lesson.objects.select_related("module__published").filter(slug=slug).first() if slug else None


def _report(owner: Owner, item: Item) -> tuple[Stored, str]:
    known = ContentReport.objects.filter(uuid=item.id).exists()
    report_content(
        learner=owner.learner, lesson=_lesson_of(item.values["lesson"]), kind=item.values["about"],
        text=item.values["text"], report_id=item.id,
    )  # fmt: skip
    return Stored.DUPLICATE if known else Stored.STORED, ""


def _reaction(owner: Owner, item: Item) -> tuple[Stored, str]:
    slug, when = item.values["module"], item.when(owner.learner)
    module = Module.objects.select_related("published").filter(slug=slug).first()
    if module is None:
        raise DomainError(_("This course is not here. The phone keeps it."), code="unknown_module")
    stored = react(
        learner=owner.learner, module=module, face=item.values["face"], tap=item.id, at=when.at,
        signed_in=owner.signed_in, claimed=when.claimed,
    )  # fmt: skip
    return stored, reverse("courses:module", args=[slug])


def _review(owner: Owner, item: Item) -> tuple[Stored, str]:
    choice, when = item.values["chosen"], item.when(owner.learner)
    card = ReviewCard.objects.filter(pk=item.values["card"], learner=owner.learner).first()
    if card is None:
        raise DomainError(_("This question is not in your notebook any more."), code="unknown_card")
    done = review_item(
        card=card, round_number=item.values["round"], choice=choice, signed_in=owner.signed_in,
        now=when.at, claimed=when.claimed,
        edition=item.values.get("edition"),
    )  # fmt: skip
    if not done.same:
        raise _answered_already()
    return done.stored, reverse("assessments:notebook")


KINDS: dict[str, Kind] = {
    "record": _record, "answer": _answer, "review": _review, "question": _question, "reaction": _reaction,
    "report": _report,
}  # fmt: skip
