"""A phone names itself: one guest whatever the order, the number and the loss of answers. Batches of guests."""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assessments.models import Attempt, Quiz, Response
from courses.models import Module
from feedback.models import Question
from learners.models import Former, Learner, LearningRecord, LessonProgress, Phone
from learners.people import guests
from tests.acts import HERE, hidden, post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
LESSON = "borrow-the-window"


def name() -> str:
    return str(uuid.uuid4())


def sync(client: Client, items: list[Any], *, phone: str = "", **more: Any) -> Any:
    """A batch as the page's script or its worker sends it."""
    body = {"items": items, **({"phone": phone} if phone else {}), **more}
    return client.post("/api/v1/sync/", json.dumps(body), content_type="application/json", **HERE)


def item(kind: str = "record", **values: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {"id": name(), "kind": kind, "who": "", "at": timezone.now().isoformat()}
    if kind == "record":
        usual |= {"lesson": LESSON, "verb": "completed"}
    return usual | values


def question(phone: str) -> tuple[str, dict[str, Any]]:
    return "/questions/ask/", {"id": name(), "text": f"鸡蛋咋寄 {phone[:6]}", "none": "1", "phone": phone}


def answer(phone: str) -> tuple[str, dict[str, Any]]:
    """The first question of the quiz, as the page of a phone without a cookie shows it."""
    quiz = Quiz.objects.get(module__slug="window-light")
    html = Client().get(f"/quizzes/{quiz.pk}/").content.decode()
    choice = re.findall(r'name="choice" value="(\d+)"', html)[0]
    fields = {
        "attempt": hidden(html, "attempt"),
        "item": hidden(html, "item"),
        "choice": choice,
        "phone": phone,
    }
    return f"/quizzes/{quiz.pk}/answer/", fields


def public_question() -> Question:
    asker = Learner.objects.create()
    return Question.objects.create(
        learner=asker, text="用什么灯", answer="窗边的光", answered_at=timezone.now(), held=False
    )


#: Every address at which a phone that is nobody yet becomes a guest.
ACTS: dict[str, Any] = {
    "opened": lambda phone: (f"/lessons/{LESSON}/acts/", {"id": name(), "verb": "open", "phone": phone}),
    "read": lambda phone: (f"/lessons/{LESSON}/done/", {"phone": phone}),
    "answered": answer,
    "asked": question,
    "solved": lambda phone: (f"/questions/{public_question().pk}/solved/", {"phone": phone}),
    "reported": lambda phone: (
        f"/questions/{public_question().pk}/report/", {"reason": "rude", "phone": phone},
    ),
}  # fmt: skip


@pytest.mark.parametrize("first", ACTS)
@pytest.mark.parametrize("second", ["opened", "read", "answered", "asked"])
def test_two_acts_before_the_first_answer_are_one_guests(first: str, second: str) -> None:
    phone, known = name(), set(Learner.objects.values_list("pk", flat=True))
    sent = [ACTS[kind](phone) for kind in (first, second)]
    known |= set(Question.objects.values_list("learner", flat=True))  # who asked what is solved or reported
    cookies = []
    for path, fields in sent:  # each from a browser without a cookie: no answer has come yet
        client = Client()
        assert post(client, path, fields).status_code < 400, path
        cookies.append(client.cookies[guests.COOKIE].value)
    made = Learner.objects.exclude(pk__in=known)
    mine = [row for row in made if row.phones.exists()]
    assert len(mine) == 1
    assert cookies[0] == cookies[1]  # whichever answer is the slower: its cookie is the same guest's


def test_every_view_that_makes_a_guest_is_among_these_acts() -> None:
    """A new caller of ``acting_person`` needs an act above."""
    from pathlib import Path

    root = Path(__file__).resolve().parent.parent.parent
    found = {
        path.relative_to(root).as_posix(): path.read_text().count("acting_person(")
        for folder in ("mooc", "courses", "learners", "feedback", "assessments")
        for path in (root / folder).rglob("*.py")
        if "acting_person(" in path.read_text()
    }
    assert found == {
        "learners/people/guests.py": 1, "learners/record/senders.py": 1, "learners/record/views.py": 3,
        "assessments/quiz/views/quizzes.py": 1, "feedback/questions/views/asking.py": 1,
        "feedback/questions/views/questions.py": 2,
    }  # fmt: skip
    makers = [
        path.relative_to(root).as_posix()
        for folder in ("learners", "feedback", "assessments", "mooc/accounts")
        for path in sorted((root / folder).rglob("*.py"))
        if "Learner.objects.create" in path.read_text()
    ]
    assert makers == ["learners/people/guests.py", "learners/people/phone_names.py"]


def test_a_cookie_counts_before_the_phones_name() -> None:
    client, phone = Client(), name()
    post(client, f"/lessons/{LESSON}/done/")
    mine = Learner.objects.get()
    post(client, "/lessons/clean-ground/acts/", {"id": name(), "verb": "open", "phone": phone})
    assert Learner.objects.get() == mine
    assert set(mine.records.values_list("object_id", flat=True)) == {LESSON, "clean-ground"}


def test_a_cookie_whose_guest_is_gone_gives_way_to_the_phones_name() -> None:
    client, phone = Client(), name()
    post(Client(), f"/lessons/{LESSON}/done/", {"phone": phone})
    mine = Learner.objects.get()
    stale = Learner.objects.create()
    client.cookies[guests.COOKIE] = guests._signer.sign(str(stale.uuid))
    stale.delete()
    post(client, "/lessons/clean-ground/done/", {"phone": phone})
    assert Learner.objects.get() == mine


def test_a_telephone_number_is_no_name_of_a_phone() -> None:
    for phone in ("13912345678", "00000000-0000-0000-0000-000000000000", "x" * 36):
        post(Client(), f"/lessons/{LESSON}/done/", {"phone": phone})
    assert not Phone.objects.exists()
    assert Learner.objects.count() == 3


def test_the_name_is_kept_as_a_hash_only() -> None:
    phone = name()
    post(Client(), f"/lessons/{LESSON}/done/", {"phone": phone})
    row = Phone.objects.get()
    assert phone not in json.dumps([row.name_hash, str(row.learner.uuid)])


# --- batches of guests ---------------------------------------------------------------------------


def test_a_guests_batch_is_stored_and_the_receipt_says_by_whom() -> None:
    client, phone = Client(), name()
    items = [item(verb="initialized"), item(), item("question", text="鸡蛋咋寄")]
    body = sync(client, items, phone=phone).json()
    assert [row["status"] for row in body["results"]] == ["stored"] * 3
    learner = Learner.objects.get()
    assert (body["mark"], body["who"]) == ("xiangji-sync", learner.short_name)
    assert uuid.UUID(body["server"])
    assert LessonProgress.objects.get(learner=learner).done_at is not None
    assert client.cookies[guests.COOKIE].value.startswith(str(learner.uuid))
    again = sync(Client(), items, phone=phone).json()
    assert [row["status"] for row in again["results"]] == ["duplicate"] * 3
    assert Learner.objects.get() == learner


def test_a_batch_of_nobody_at_all_is_refused() -> None:
    assert sync(Client(), [item()]).status_code == 401
    assert sync(Client(), [item()], phone="13912345678").status_code == 401
    assert not Learner.objects.exists()


def test_a_cookie_counts_only_where_the_browser_says_the_page_is_ours() -> None:
    client = Client()
    post(client, f"/lessons/{LESSON}/done/")
    body = json.dumps({"items": [item(lesson="clean-ground")]})
    for header in ("same-site", "cross-site", "none"):
        answer = client.post(
            "/api/v1/sync/", body, content_type="application/json", HTTP_SEC_FETCH_SITE=header
        )
        assert answer.status_code == 401
    assert not LearningRecord.objects.filter(object_id="clean-ground").exists()


def test_a_session_counts_only_where_the_browser_says_the_page_is_ours(make_user: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("guixiang"))
    body = json.dumps({"items": [item()]})
    for header in ("same-site", "cross-site"):
        answer = client.post(
            "/api/v1/sync/", body, content_type="application/json", HTTP_SEC_FETCH_SITE=header
        )
        assert answer.status_code in (401, 404)
    assert not LearningRecord.objects.exists()
    assert sync(client, [item()]).json()["results"][0]["status"] == "stored"
    assert LearningRecord.objects.filter(learner__user__username="guixiang").exists()


def test_a_page_of_a_neighbouring_name_cannot_post_for_a_guest() -> None:
    """``same-site`` is another host of the same domain: not ours."""
    client = Client(enforce_csrf_checks=True)
    post(client, f"/lessons/{LESSON}/done/")
    answer = client.post("/lessons/clean-ground/done/", HTTP_SEC_FETCH_SITE="same-site")
    assert answer.status_code == 400
    assert not LearningRecord.objects.filter(object_id="clean-ground").exists()


def test_what_is_anothers_stays_on_the_phone(make_user: Any) -> None:
    client, user = Client(), make_user("wang")
    client.force_login(user)
    theirs = item(who="g0123456789ab")
    row = sync(client, [theirs, item(lesson="clean-ground")], phone=name()).json()["results"]
    assert (row[0]["status"], row[0]["code"], row[0]["keep"]) == ("rejected", "other_person", True)
    assert row[1]["status"] == "stored"
    assert set(LearningRecord.objects.filter(verb="completed").values_list("object_id", flat=True)) == {
        "clean-ground"
    }


def test_a_late_act_of_a_guest_goes_to_the_account_that_took_it_over(make_user: Any) -> None:
    client, phone = Client(), name()
    sync(client, [item(verb="initialized")], phone=phone)
    guest, account = Learner.objects.get(), guests.learner_of(make_user("guixiang"))
    was = guest.short_name
    from learners.people.merging import absorb_guest

    absorb_guest(guest=guest, target=account)
    late = item(who=was, lesson="clean-ground")
    body = sync(Client(), [late], phone=phone).json()  # signed out again, and without a cookie
    assert body["results"][0]["status"] == "stored"
    assert body["who"] == ""  # the name opens nobody's pages
    assert LessonProgress.objects.filter(learner=account, lesson__slug="clean-ground").exists()
    assert not Learner.objects.filter(user=None).exists()
    stranger = sync(Client(), [item(who=was)], phone=name()).json()["results"][0]
    assert stranger["code"] == "other_person"


def test_the_name_of_a_taken_over_guest_opens_no_account(make_user: Any) -> None:
    phone = name()
    sync(Client(), [item()], phone=phone)
    from learners.people.merging import absorb_guest

    account = guests.learner_of(make_user("guixiang"))
    absorb_guest(guest=Learner.objects.get(user=None), target=account)
    client = Client()
    sync(client, [item(lesson="clean-ground")], phone=phone)
    assert "guixiang" not in client.get("/me/").content.decode()
    assert Learner.objects.filter(user=None).count() == 1
    assert not LearningRecord.objects.filter(learner=account, object_id="clean-ground").exists()
    assert Former.objects.get().into == account


def test_a_phone_that_sends_without_end_is_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("learners.record.senders.BATCHES_OF_A_PHONE", 2)
    phone = name()
    for _turn in range(2):
        assert sync(Client(), [], phone=phone).status_code == 200
    refused = sync(Client(), [item()], phone=phone)
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert not LearningRecord.objects.exists()
    assert sync(Client(), [item()], phone=name()).status_code == 200  # the neighbour at the next table


# --- acts of what is withdrawn -------------------------------------------------------------------


def withdrawn() -> Module:
    module = Module.objects.get(slug="window-light")
    Module.objects.filter(pk=module.pk).update(published=None)
    return module


def test_an_act_in_a_lesson_that_is_withdrawn_for_an_hour_is_stored() -> None:
    withdrawn()
    client, phone = Client(), name()
    assert post(client, f"/lessons/{LESSON}/acts/", {"id": name(), "verb": "done"}).status_code == 204
    assert sync(Client(), [item()], phone=phone).json()["results"][0]["status"] == "stored"
    assert LessonProgress.objects.filter(lesson__slug=LESSON, done_at__isnull=False).count() == 2


def test_an_act_of_a_lesson_nobody_has_ever_seen_is_kept_on_the_phone() -> None:
    row = sync(Client(), [item(lesson="not-yet-there")], phone=name()).json()["results"][0]
    assert (row["code"], row["keep"]) == ("unknown_lesson", True)
    assert not LearningRecord.objects.exists()


def test_an_answer_to_a_withdrawn_quiz_is_kept_on_the_phone() -> None:
    module = withdrawn()
    code = module.items.first().code
    values = {"quiz": module.slug, "attempt": name(), "item": code, "chosen": [1]}
    row = sync(Client(), [item("answer", **values)], phone=name()).json()["results"][0]
    assert (row["status"], row["code"], row["keep"]) == ("rejected", "unknown_quiz", True)
    assert not Response.objects.exists()
    assert not Attempt.objects.exists()


# --- clocks --------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [dt.timedelta(days=-20), dt.timedelta(hours=5), dt.timedelta(0)])
def test_a_clock_that_is_wrong_by_days_is_put_right(wrong: dt.timedelta) -> None:
    """An act of two hours ago, by a clock that is behind, ahead or right."""
    now = timezone.now()
    claimed, sent = now + wrong - dt.timedelta(hours=2), now + wrong
    sync(Client(), [item(at=claimed.isoformat())], phone=name(), sent=sent.isoformat())
    record = LearningRecord.objects.get()
    assert abs(record.happened_at - (now - dt.timedelta(hours=2))) < dt.timedelta(seconds=20)
    assert record.claimed_at == claimed


def test_a_late_act_is_dated_right_up_to_half_a_year() -> None:
    now = timezone.now()
    for days, lesson in ((170, LESSON), (200, "clean-ground")):
        claimed = now - dt.timedelta(days=days)
        sync(Client(), [item(lesson=lesson, at=claimed.isoformat())], phone=name(), sent=now.isoformat())
    old, older = (LearningRecord.objects.get(object_id=lesson) for lesson in (LESSON, "clean-ground"))
    assert (now - old.happened_at).days in (169, 170)
    assert now - older.happened_at < dt.timedelta(minutes=1)


def test_without_a_time_of_sending_nobody_did_anything_before_they_came(make_user: Any) -> None:
    client = Client()
    client.force_login(make_user("guixiang"))
    for claimed in (timezone.now() - dt.timedelta(days=20), timezone.now() + dt.timedelta(hours=3)):
        sent = {"id": name(), "verb": "open", "at": claimed.isoformat()}
        assert post(client, f"/lessons/{LESSON}/acts/", sent).status_code == 204
    for record in LearningRecord.objects.filter(object_type="lesson"):
        assert abs(record.happened_at - timezone.now()) < dt.timedelta(minutes=1)
        assert record.claimed_at is not None


def test_a_claimed_time_never_makes_study_time() -> None:
    now = timezone.now()
    items = [
        item(verb="initialized", at=(now - dt.timedelta(hours=3)).isoformat()),
        item(verb="suspended", seconds=0, at=now.isoformat()),
    ]
    sync(Client(), items, phone=name(), sent=now.isoformat())
    assert LessonProgress.objects.get().seconds == 0
