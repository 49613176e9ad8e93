"""What one address may store without an account: a class of sixty has room, a flood has not."""

from __future__ import annotations

import datetime as dt
import json
import time
import uuid
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from courses.models import SearchQuery
from feedback.models import ContentReport, Deflection, PostReport, Question, Reaction, Reply
from feedback.questions import posts
from learners.models import Learner, LearningRecord
from learners.people.guests import learner_of
from mooc.accounts import desk, gauges
from mooc.accounts.models import TextMessage, User
from mooc.accounts.sign_in import limits
from mooc.lib.privacy import evidence
from mooc.lib.serving import counts
from tests.asking import reporter
from tests.feedback.test_reactions import complete

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
HERE = {"Sec-Fetch-Site": "same-origin"}
CLASS = 60


def say(path: str, address: str = "10.0.0.1", **form: str) -> Any:
    return Client(REMOTE_ADDR=address).post(path, form, headers=HERE)


def code(number: int, address: str = "10.0.0.1") -> Any:
    return Client(REMOTE_ADDR=address).post(
        "/accounts/code/send/", {"phone": f"138{number:08}"}, headers=HERE
    )


def refused() -> float:
    """The number an operator sees on ``/metrics``."""
    return counts.HERE.get_sample_value("mooc_refused_by_address") or 0


def test_sixty_numbers_from_one_address_in_two_seconds_are_not_sixty_messages() -> None:
    most = limits.PER_ADDRESS["texts at once"][1]
    before = refused()
    with time_machine.travel(timezone.now(), tick=False):  # two seconds, however slow the machine
        limits.epoch = time.time()
        for number in range(60):
            code(number)
    assert TextMessage.objects.count() == most < 60
    assert refused() == before + 60 - most
    there = TextMessage.objects.count()
    code(99, "10.0.0.2")  # elsewhere nobody feels it
    assert TextMessage.objects.count() == there + 1


def test_a_class_of_sixty_behind_one_address_has_its_codes_in_half_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(CLASS):
        if number % 20 == 0:
            monkeypatch.setattr(limits, "epoch", limits.epoch - 10)  # ten seconds later
        assert code(number).status_code == 302
    assert TextMessage.objects.count() == CLASS


def test_the_site_sends_no_more_than_its_messages_of_a_day_and_says_so(
    settings: Any, caplog: pytest.LogCaptureFixture, people: dict[str, Any]
) -> None:
    settings.SMS_A_DAY = 10
    assert desk.texts(people["operator"]) is None
    found = [code(number, f"10.0.1.{number}").status_code for number in range(12)]
    assert found[:10] == [302] * 10
    assert 302 not in found[10:] or TextMessage.objects.count() == 10
    assert TextMessage.objects.count() == gauges.sms_today() == 10
    assert "no more text messages today" in caplog.text
    panel = desk.texts(people["operator"])
    assert panel is not None
    assert panel.rows[0].urgent
    assert desk.texts(people["trainer"]) is None
    TextMessage.objects.update(created_at=timezone.now() - dt.timedelta(days=2))
    assert code(50, "10.0.2.1").status_code == 302
    assert gauges.sms_today() == 1


@pytest.mark.parametrize("path", ["/feedback/complaint/", "/feedback/wish/"])
def test_complaints_and_wishes_of_one_address_end(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.PER_ADDRESS, "said", (600, 5))
    for number in range(8):
        say(path, text=f"word {number}")
    assert ContentReport.objects.count() == 5
    say(path, "10.0.0.9", text="elsewhere")
    assert ContentReport.objects.count() == 6


def test_searches_are_answered_all_the_same_but_written_down_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.PER_ADDRESS, "search", (600, 5))
    for _n in range(8):
        found = Client().get("/search/?q=窗边拍照")
        assert found.context["hits"]
        link = found.content.decode().split('<ul class="list">')[1].split('href="')[1].split('"')[0]
        assert Client().get(link, follow=True).status_code == 200
    assert SearchQuery.objects.count() == 5
    assert (
        "We noted" not in Client().get("/search/?q=zzz", headers={"Accept-Language": "en"}).content.decode()
    )


def test_guests_of_one_address_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.PER_ADDRESS, "guest", (600, 5))
    for _n in range(8):
        say("/questions/ask/", text=f"how {uuid.uuid4()}", none="1")
    assert Learner.objects.count() == Question.objects.count() == 5


def test_questions_of_a_guest_who_is_known_end_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.PER_ADDRESS, "asked", (600, 3))
    client = Client()
    for number in range(5):
        client.post("/questions/ask/", {"text": f"how {number}", "none": "1"}, headers=HERE)
    assert (Learner.objects.count(), Question.objects.count()) == (1, 3)


def test_faces_of_one_address_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.PER_ADDRESS, "face", (600, 3))
    client = Client()
    complete(client)
    before = LearningRecord.objects.count()
    for number in range(6):
        tap = {"face": str(1 + number % 3), "id": str(uuid.uuid4())}
        client.post("/feedback/face/window-light/", tap, headers=HERE)
    assert LearningRecord.objects.count() == before + 3
    assert Reaction.objects.get().face == 3
    client.defaults["REMOTE_ADDR"] = "10.0.0.9"
    client.post("/feedback/face/window-light/", {"face": "1", "id": str(uuid.uuid4())}, headers=HERE)
    assert Reaction.objects.get().face == 1


def test_this_solved_it_of_one_address_ends(make_user: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.PER_ADDRESS, "solved", (600, 3))
    row = Question.objects.create(
        learner=learner_of(make_user("asker")), text="鸡蛋咋寄", held=False, answer="用蛋托。",
        answered_at=timezone.now(),
    )  # fmt: skip
    for _n in range(6):
        say(f"/questions/{row.pk}/solved/")
    assert Deflection.objects.filter(question=row).count() == Learner.objects.filter(user=None).count() == 3


@pytest.mark.parametrize("kind", ["question", "report"])
def test_what_a_phone_sends_later_counts_as_the_form_does_and_stays_there(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.PER_ADDRESS, {"question": "asked", "report": "said"}[kind], (600, 3))
    items = [
        {
            "id": str(uuid.uuid4()),
            "kind": kind,
            "text": f"word {number}",
            "about": "wish",
            "at": timezone.now().isoformat(),
        }
        for number in range(5)
    ]
    body = json.dumps({"items": items, "phone": str(uuid.uuid4())})
    answer = Client().post("/api/v1/sync/", body, content_type="application/json", headers=HERE)
    rows = answer.json()["results"]
    assert [(row["status"], row["keep"]) for row in rows] == [("stored", False)] * 3 + [
        ("rejected", True)
    ] * 2
    assert {"question": Question, "report": ContentReport}[kind].objects.count() == 3


def test_new_accounts_of_one_address_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.PER_ADDRESS, "account", (600, 3))

    def join(name: str, address: str = "10.0.0.1") -> int:
        form = {"name": name, "password": "rural-2026-x", "consent": "on", "birth_year": "1970"}
        return int(say("/accounts/join/", address, **form).status_code)

    assert [join(f"Li {number}") for number in range(5)] == [302] * 3 + [400] * 2
    assert User.objects.count() == 3
    assert join("Li elsewhere", "10.0.0.9") == 302


def test_every_limit_leaves_room_for_a_class() -> None:
    for what, (_seconds, most) in limits.PER_ADDRESS.items():
        assert most >= CLASS or what == "texts at once", what


# --- hiding by reports ---------------------------------------------------------------------------------


@pytest.fixture
def post(make_user: Any) -> Question:
    return Question.objects.create(learner=learner_of(make_user("asker")), text="鸡蛋咋寄", held=False)


def report(post: Question, learners: list[Learner]) -> bool:
    for learner in learners:
        posts.report_post(learner=learner, reason="rude", question=post)
    post.refresh_from_db()
    return post.held


def test_three_people_with_some_history_hide_a_post_until_a_trainer_looks(
    post: Question, make_user: Any
) -> None:
    many = [reporter(make_user, f"r{n}") for n in range(3)]
    assert not report(post, many[:2])
    assert report(post, many)


@pytest.mark.parametrize("who", ["guests", "fresh accounts", "accounts that learnt nothing"])
def test_who_costs_nothing_to_make_hides_nothing_but_is_in_the_trainers_list(
    post: Question, make_user: Any, who: str
) -> None:
    if who == "guests":
        several = [Learner.objects.create() for _n in range(5)]
    elif who == "fresh accounts":
        several = [reporter(make_user, f"r{n}", days=0) for n in range(5)]
    else:
        several = [reporter(make_user, f"r{n}", acts=0) for n in range(5)]
    assert not report(post, several)
    assert PostReport.objects.filter(question=post, handled_at=None).count() == 5


@pytest.mark.parametrize("how", ["answered", "let through", "a report settled"])
def test_what_a_trainer_has_dealt_with_is_not_hidden_by_reports(
    post: Question, make_user: Any, people: dict[str, Any], how: str
) -> None:
    if how == "answered":
        Question.objects.filter(pk=post.pk).update(answer="用蛋托。", answered_at=timezone.now())
    elif how == "a report settled":
        report(post, [reporter(make_user, "first")])
        posts.let_through(by=people["trainer"], question=post)
    else:
        posts.let_through(by=people["trainer"], question=post)
    assert not report(post, [reporter(make_user, f"r{n}") for n in range(4)])


@evidence.writing("reply_to")
def test_a_neighbours_answer_that_was_let_through_stays_too(
    post: Question, make_user: Any, people: dict[str, Any]
) -> None:
    row = Reply.objects.create(
        uuid=uuid.uuid4(), question=post, learner=learner_of(make_user("n")), text="用蛋托"
    )
    posts.let_through(by=people["trainer"], reply=row)
    for n in range(4):
        posts.report_post(learner=reporter(make_user, f"r{n}"), reason="rude", reply=row)
    row.refresh_from_db()
    assert not row.held


def test_words_against_posts_of_one_address_end(post: Question, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.PER_ADDRESS, "report", (600, 3))
    for _n in range(6):
        say(f"/questions/{post.pk}/report/", reason="rude")
    assert PostReport.objects.count() == 3
