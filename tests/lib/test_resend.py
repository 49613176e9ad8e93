"""The same id again: a resend changes nothing, other words are something of their own, and nothing is lost."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assessments import scoring
from assessments.kinds.lot import rank
from assessments.models import Attempt, Item, Quiz, Response, ReviewCard
from assessments.notebook.services import keep_in_notebook
from courses import standing
from courses.models import Module
from feedback.models import ContentReport, Question, Reaction, Reply
from feedback.questions import posts, reactions
from learners.data import Act, Activity, ObjectType, Verb
from learners.models import Learner, LearningRecord
from learners.record.recording import record_act
from mooc.lib.errors import Conflict
from tests.acts import choice_of, post, read_lesson, take_quiz
from tests.learners.test_phones import item, name, sync

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]


@pytest.fixture
def member(make_user: Any) -> Client:
    client = Client()
    client.force_login(make_user("guixiang"))
    return client


def me(client: Client) -> Learner:
    return Learner.objects.get(user__pk=client.session["_auth_user_id"])


# --- forms ---------------------------------------------------------------------------------------


def test_back_and_another_question_are_two_questions() -> None:
    client, identifier = Client(), name()
    for text in ("山羊怎么挂耳标", "快递丢了找谁", "快递丢了找谁", "山羊怎么挂耳标"):
        answer = post(client, "/questions/ask/", {"id": identifier, "text": text, "none": "1"})
        assert answer.status_code == 302
        shown = client.get(answer["Location"]).content.decode()
        assert text in shown
    assert Counter(Question.objects.values_list("text", flat=True)) == {
        "山羊怎么挂耳标": 1,
        "快递丢了找谁": 1,
    }
    assert Learner.objects.count() == 1


def test_a_question_under_an_id_of_somebody_else_is_ones_own() -> None:
    """A page out of the browser's memory, after somebody else has asked on the same phone."""
    identifier = name()
    for text in ("山羊怎么挂耳标", "快递丢了找谁"):
        post(Client(), "/questions/ask/", {"id": identifier, "text": text, "none": "1"})
    assert Question.objects.count() == Learner.objects.count() == 2
    assert Question.objects.get(uuid=identifier).text == "山羊怎么挂耳标"


@pytest.mark.parametrize("subject", ["wish", "complaint", "report"])
def test_back_and_another_word_are_two_words(subject: str) -> None:
    client, identifier = Client(), name()
    for text in ("first", "second", "second"):
        sent = {"id": identifier, "text": text, "kind": "wrong", "lesson": "clean-ground"}
        assert post(client, f"/feedback/{subject}/", sent).status_code == 200
    assert sorted(ContentReport.objects.values_list("text", flat=True)) == ["first", "second"]
    assert ContentReport.objects.get(uuid=identifier).text == "first"


def test_a_report_of_another_kind_is_another_report() -> None:
    client, identifier = Client(), name()
    for kind in ("wrong", "old", "old"):
        post(
            client,
            "/feedback/report/",
            {"id": identifier, "kind": kind, "text": "", "lesson": "clean-ground"},
        )
    assert sorted(ContentReport.objects.values_list("kind", flat=True)) == ["old", "wrong"]


def test_back_and_another_answer_to_a_neighbour_are_two_answers(member: Client) -> None:
    read_lesson(member, "clean-ground")
    asker = Learner.objects.create()
    question = Question.objects.create(
        learner=asker, text="用什么灯", answer="窗边", answered_at=timezone.now(), held=False
    )
    identifier = name()
    for text in ("窗户边上就行", "阴天用白纸反光", "阴天用白纸反光"):
        sent = {"id": identifier, "text": text}
        assert post(member, f"/questions/{question.pk}/reply/", sent).status_code == 302
    assert sorted(Reply.objects.values_list("text", flat=True)) == ["窗户边上就行", "阴天用白纸反光"]
    with pytest.raises(Conflict):
        posts.reply_to(question=question, learner=me(member), text="x y", reply_id=uuid.UUID(identifier))


def graduate(client: Client) -> Learner:
    """Whoever this browser is has completed the module."""
    read_lesson(client, "borrow-the-window")
    read_lesson(client, "clean-ground")
    take_quiz(client, Quiz.objects.get(module__slug="window-light").pk)
    return Learner.objects.get(enrolments__completed_at__isnull=False)


def test_back_to_a_face_after_another_one_counts(member: Client) -> None:
    graduate(member)
    tap = name()
    for face in ("3", "2", "2", "3"):
        post(member, "/feedback/face/window-light/", {"id": tap, "face": face})
        assert Reaction.objects.get().face == int(face)
    assert LearningRecord.objects.filter(verb="rated").count() == 3


def test_a_face_that_comes_late_changes_nothing_said_after_it() -> None:
    learner, module = graduate(Client()), Module.objects.get(slug="window-light")
    now = timezone.now()
    usual: dict[str, Any] = {"learner": learner, "module": module, "signed_in": False}
    early, tap = now - dt.timedelta(hours=2), uuid.uuid4()
    reactions.react(face=3, tap=uuid.uuid4(), at=now, **usual)
    for _turn in range(2):
        reactions.react(face=1, tap=tap, at=early, **usual)
    assert Reaction.objects.get().face == 3
    assert LearningRecord.objects.filter(verb="rated").count() == 2


# --- the notebook --------------------------------------------------------------------------------


def card_of(learner: Learner) -> ReviewCard:
    wrong = Item.objects.filter(kind="single").first()
    assert wrong is not None
    keep_in_notebook(learner, wrong.pk, False, timezone.now() - dt.timedelta(days=5))
    return ReviewCard.objects.get(learner=learner)


def keep_card(learner: Learner) -> ReviewCard:
    from mooc.lib.privacy import evidence

    with evidence.writing("answer_item"):
        return card_of(learner)


def options(card: ReviewCard) -> tuple[int, int]:
    """A right and a wrong one."""
    key = dict(card.item.options.values_list("right", "pk"))
    return key[True], key[False]


def test_back_and_another_answer_in_the_notebook_is_told_that_the_first_counts(member: Client) -> None:
    member.get("/me/")
    learner = Learner.objects.get(user__username="guixiang")
    card = keep_card(learner)
    right, wrong = options(card)
    said = []
    for choice in (wrong, right, wrong):
        answer = post(
            member, f"/me/review/{card.pk}/answer/", {"round": "0", "choice": choice}
        ).content.decode()
        said.append("第一次为准" in answer)
        assert "不太对" in answer or "Not quite" in answer or "再想想" in answer or 'class="why' in answer
    assert said == [False, True, False]
    card.refresh_from_db()
    assert (card.reviews, card.lapses) == (1, 1)
    assert LearningRecord.objects.get(verb="answered").response == str(wrong)


def test_a_review_made_offline_counts_once() -> None:
    phone = name()
    client = Client()
    sync(client, [item()], phone=phone)
    card = keep_card(Learner.objects.get())
    right, wrong = options(card)
    sent = item("review", card=card.pk, round=0, chosen=[right])
    rows = [sync(client, [sent], phone=phone).json()["results"][0] for _turn in range(2)]
    assert [row["status"] for row in rows] == ["stored", "duplicate"]
    other = sync(client, [sent | {"id": name(), "chosen": [wrong]}], phone=phone).json()["results"][0]
    assert (other["code"], other["keep"]) == ("answered_already", False)
    strangers = sync(Client(), [sent], phone=name()).json()["results"][0]
    assert strangers["code"] == "unknown_card"
    card.refresh_from_db()
    assert (card.reviews, card.lapses) == (1, 0)


# --- batches -------------------------------------------------------------------------------------


def test_every_kind_of_item_is_stored_once_and_refused_with_other_words() -> None:
    client, phone = Client(), name()
    sync(client, [item()], phone=phone)
    learner = graduate(client)
    first = [
        item(verb="suspended", seconds=40, block=2), item("question", text="山羊怎么挂耳标"),
        item("report", about="wish", text="想学养蜂"), item("report", about="wrong", lesson="clean-ground"),
        item("reaction", module="window-light", face=3),
    ]  # fmt: skip
    rows = [sync(client, first, phone=phone).json()["results"] for _turn in range(2)]
    assert [[row["status"] for row in batch] for batch in rows] == [["stored"] * 5, ["duplicate"] * 5]
    before = sorted(Question.objects.values_list("text", flat=True)), ContentReport.objects.count()
    others = [
        first[0] | {"block": 3}, first[1] | {"text": "快递丢了找谁"}, first[2] | {"text": "想学养鱼"},
        first[3] | {"about": "old"},
    ]  # fmt: skip
    for row in sync(client, others, phone=phone).json()["results"]:
        assert (row["status"], row["code"], row["keep"]) == ("rejected", "id_conflict", False)
    assert (sorted(Question.objects.values_list("text", flat=True)), ContentReport.objects.count()) == before
    assert LearningRecord.objects.get(verb="suspended").response == "2"
    assert set(ContentReport.objects.values_list("learner", flat=True)) == {learner.pk}


def test_the_same_question_in_other_clothes_is_known() -> None:
    client, phone = Client(), name()
    rows = [
        sync(client, [item("question", text=text)], phone=phone).json()["results"][0]
        for text in ("快递丢了找谁", "快递丢了找谁 ")
    ]
    assert [row["status"] for row in rows] == ["stored", "duplicate"]
    assert rows[0]["url"] == rows[1]["url"]


def test_an_act_with_another_block_is_no_resend() -> None:
    """The fingerprint of an act holds what was answered."""
    learner = Learner.objects.create()
    activity = Activity(ObjectType.LESSON, "clean-ground", "a", "b")

    def act(response: str) -> Act:
        return Act(
            identifier, Verb.SUSPENDED, activity, timezone.now(), "window-light", seconds=9, response=response
        )

    identifier = uuid.uuid4()
    record_act(learner=learner, act=act("2"))
    with pytest.raises(Conflict):
        record_act(learner=learner, act=act("3"))
    assert LearningRecord.objects.get().response == "2"


# --- a quiz drawn on the phone -------------------------------------------------------------------


def drawn(quiz: Quiz, attempt: str, *, right: bool = True) -> list[dict[str, Any]]:
    """The answers of a phone that drew for itself."""
    found = []
    for code in scoring.draw(list(quiz.live_codes()), quiz.length, uuid.UUID(attempt)):
        chosen = choice_of(code, right=right)
        found.append(item("answer", quiz=quiz.module.slug, attempt=attempt, item=code, chosen=chosen))
    return found


def test_an_offline_try_stands_by_its_own_id_and_the_open_one_is_left(member: Client) -> None:
    quiz, tablet, phone = Quiz.objects.get(module__slug="window-light"), name(), name()
    there = drawn(quiz, tablet, right=False)
    assert sync(member, there[:1]).json()["results"][0]["status"] == "stored"
    own = drawn(quiz, phone)
    rows = [sync(member, own).json()["results"] for _turn in range(2)]
    assert [{row["status"] for row in batch} for batch in rows] == [{"stored"}, {"duplicate"}]
    mine = Attempt.objects.get(uuid=phone)
    assert (mine.right, mine.passed, mine.responses.count()) == (quiz.length, True, quiz.length)
    left = Attempt.objects.get(uuid=tablet)
    assert (left.finished_at is not None, left.score, left.responses.count()) == (True, None, 1)
    late = sync(member, there).json()["results"]  # what was still waiting on the tablet
    assert [row["status"] for row in late] == ["duplicate"] + ["stored"] * (quiz.length - 1)
    left.refresh_from_db()
    assert (left.right, left.passed) == (0, False)
    assert Attempt.objects.filter(finished_at=None).count() == 0


def test_an_answer_changed_afterwards_is_told_so_and_the_first_stands(member: Client) -> None:
    quiz, attempt = Quiz.objects.get(module__slug="window-light"), name()
    first = drawn(quiz, attempt)[0]
    sync(member, [first])
    wrong = drawn(quiz, attempt, right=False)[0]
    row = sync(member, [wrong]).json()["results"][0]
    assert (row["status"], row["code"], row["keep"]) == ("rejected", "answered_already", False)
    assert Response.objects.get().right


def test_a_question_drawn_before_the_questions_changed_is_taken_in(member: Client) -> None:
    quiz = Quiz.objects.get(module__slug="window-light")
    attempt = name()
    own = drawn(quiz, attempt)
    retired = Item.objects.get(code=own[0]["item"])
    retired.live = False
    retired.save()
    standing.forget()
    rows = sync(member, own).json()["results"]
    assert {row["status"] for row in rows} == {"stored"}
    assert Attempt.objects.get(uuid=attempt).passed


def test_nobody_chooses_the_questions_of_a_try(member: Client) -> None:
    quiz, attempt = Quiz.objects.get(module__slug="window-light"), name()
    codes = scoring.draw(list(quiz.live_codes()), quiz.length, uuid.UUID(attempt))
    if quiz.length == quiz.live_codes().count():
        Quiz.objects.filter(pk=quiz.pk).update(length=2)
        codes = codes[:2]
        standing.forget()
    chosen = quiz.module.items.exclude(code__in=codes).first()
    assert chosen is not None
    values = {
        "quiz": "window-light",
        "attempt": attempt,
        "item": chosen.code,
        "chosen": [chosen.options.first().pk],
    }
    row = sync(member, [item("answer", **values)]).json()["results"][0]
    assert (row["code"], row["keep"]) == ("unknown_item", False)
    assert not Response.objects.exists()


def test_the_lot_is_what_a_phone_works_out() -> None:
    """Known values of FNV-1a with the finisher of murmur3, and no code that comes first more often than others."""
    assert [rank(text) for text in ("", "a", "C01-1", "题")] == KNOWN
    codes = [f"C01-{n}" for n in range(1, 9)]
    first = Counter(scoring.draw(codes, 6, uuid.UUID(int=n * 7919, version=4))[0] for n in range(4000))
    assert min(first.values()) > 400
    assert max(first.values()) < 600


KNOWN = [2872998923, 444641715, 3780382927, 3675976081]  # from the same lines in JavaScript
