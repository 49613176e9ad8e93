"""Being told: the inbox, and e-mail and text message for whoever wants them."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from feedback.inbox import notices
from feedback.models import Notice, NoticeChoice, Question
from feedback.questions import posts
from feedback.questions.answering import answer_question
from learners.models import Learner
from learners.people.guests import learner_of
from mooc.accounts.models import TextMessage
from mooc.jobs.tasks import sweep
from tests.acts import post
from tests.asking import answered, ask, client_of, reply, send, trusted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
PHONE = "13912345678"


@pytest.fixture
def trainer(make_user: Any) -> Any:
    return make_user("zhou", role="trainer", display_name="周老师")


@pytest.fixture
def asker(make_user: Any) -> Learner:
    user = make_user("guixiang", display_name="李桂香", phone=PHONE, phone_verified=True)
    return learner_of(user)


def wants(learner: Learner, **choice: Any) -> Any:
    return post(client_of(learner.user), "/inbox/", choice)


# --- the inbox -----------------------------------------------------------------------------------------


def test_an_answer_stands_in_the_inbox_and_on_the_page_until_it_is_opened(
    asker: Learner, trainer: Any
) -> None:
    row = answered(asker, "鸡蛋怎么寄？", "用蛋托。", trainer)
    client = client_of(asker.user)
    for path in ("/", "/questions/"):
        assert "1 条新消息" in client.get(path).content.decode(), path
    notice = Notice.objects.get()
    page = client.get("/inbox/").content.decode()
    assert "你的问题有答复了" in page
    assert f'href="/inbox/{notice.pk}/"' in page
    assert client.get(f"/inbox/{notice.pk}/").headers["Location"] == f"/questions/{row.pk}/"
    for path in ("/", "/questions/"):
        assert "新消息" not in client.get(path).content.decode(), path
    assert 'href="/inbox/"' in client.get("/me/").content.decode()  # also when nothing is new
    first = Notice.objects.get().read_at
    client.get(f"/inbox/{notice.pk}/")
    assert Notice.objects.get().read_at == first


def test_a_guest_has_an_inbox_on_the_phone_that_asked(trainer: Any) -> None:
    client = Client()
    send(client, "鸡蛋怎么寄？")
    row = Learner.objects.get(user=None).questions.get()
    answer_question(question=row, by=trainer, text="用蛋托。", share=True)
    assert "1 条新消息" in client.get("/").content.decode()
    assert "你的问题有答复了" in client.get("/inbox/").content.decode()
    assert Client().get("/inbox/").status_code == 200


def test_another_persons_notice_is_not_there_and_stays_unread(
    asker: Learner, trainer: Any, make_user: Any
) -> None:
    answered(asker, "鸡蛋怎么寄？", "用蛋托。", trainer)
    notice = Notice.objects.get()
    other = client_of(make_user("other"))
    assert other.get(f"/inbox/{notice.pk}/").status_code == 404
    assert "鸡蛋" not in other.get("/inbox/").content.decode()
    assert Client().get(f"/inbox/{notice.pk}/").headers["Location"].startswith("/accounts/login/")
    notice.refresh_from_db()
    assert notice.read_at is None


def test_a_link_in_a_message_leads_to_the_very_reply(asker: Learner, trainer: Any, make_user: Any) -> None:
    row = ask(trusted(asker.user, trainer), "鸡蛋怎么寄？")
    said = reply(row, trusted(make_user("neighbour"), trainer))
    notice = Notice.objects.get(reply=said)
    place = client_of(asker.user).get(f"/inbox/{notice.pk}/").headers["Location"]
    assert place == f"/questions/{row.pk}/#r{said.pk}"
    assert f'id="r{said.pk}"' in client_of(asker.user).get(f"/questions/{row.pk}/").content.decode()


def test_what_is_told_twice_stands_once(asker: Learner, trainer: Any) -> None:
    row = answered(asker, "鸡蛋怎么寄？", "用蛋托。", trainer)
    for _time in range(2):
        notices.tell(asker, "answered", row)  # type: ignore[arg-type]  # the value of the choice
    assert Notice.objects.count() == 1


# --- by which ways -------------------------------------------------------------------------------------


def test_nothing_is_sent_to_who_chose_nothing(asker: Learner, trainer: Any) -> None:
    answered(asker, "鸡蛋怎么寄？", "用蛋托。", trainer)
    sweep("urgent")
    assert mail.outbox == []
    assert not TextMessage.objects.exists()


def test_by_text_message_a_line_with_an_address_and_nothing_personal(
    asker: Learner, trainer: Any, settings: Any, capsys: Any
) -> None:
    settings.SITE_URL = "https://school.example"
    assert wants(asker, by_sms="on").status_code == 302
    answered(asker, "鸡蛋怎么寄？", "用蛋托。", trainer)
    message = TextMessage.objects.get()
    assert message.phone == PHONE
    assert f"https://school.example/inbox/{Notice.objects.get().pk}/" in message.text
    assert "鸡蛋" not in message.text
    assert "桂香" not in message.text
    sweep("urgent")
    sweep("urgent")
    message.refresh_from_db()
    assert message.state == "done"
    assert capsys.readouterr().out.count("SMS to") == 1


def test_three_text_messages_a_day_and_everything_in_the_inbox(asker: Learner, trainer: Any) -> None:
    wants(asker, by_sms="on")
    for number in range(5):
        answered(asker, f"鸡蛋怎么寄？{number}", "用蛋托。", trainer)
    assert (TextMessage.objects.count(), Notice.objects.count()) == (3, 5)
    yesterday = timezone.now() - dt.timedelta(hours=25)
    Notice.objects.update(created_at=yesterday)
    Question.objects.update(created_at=yesterday)
    answered(asker, "蜂蜜怎么寄？", "用瓶子。", trainer)
    assert (TextMessage.objects.count(), Notice.objects.count()) == (4, 6)


def test_by_e_mail_in_the_learners_language_once(asker: Learner, trainer: Any, settings: Any) -> None:
    settings.SITE_URL = "https://school.example"
    type(asker.user).objects.filter(pk=asker.user.pk).update(language="en")
    asker.user.refresh_from_db()
    assert wants(asker, by_mail="on", email="li@example.org").status_code == 302
    answered(asker, "鸡蛋怎么寄？", "用蛋托。", trainer)
    for _round in range(3):
        sweep("urgent")
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["li@example.org"], "Your question has an answer")
    assert f"https://school.example/inbox/{Notice.objects.get().pk}/" in letter.body
    assert "鸡蛋" not in letter.body  # the address may be somebody else's


def test_the_choice_is_shown_and_taken_back(asker: Learner, trainer: Any) -> None:
    wants(asker, by_mail="on", by_sms="on", email="li@example.org")
    page = client_of(asker.user).get("/inbox/").content.decode()
    assert page.count(" checked") == 2
    assert 'value="li@example.org"' in page
    wants(asker, email="li@example.org")
    choice = NoticeChoice.objects.get()
    assert (choice.by_mail, choice.by_sms) == (False, False)
    answered(asker, "鸡蛋怎么寄？", "用蛋托。", trainer)
    sweep("urgent")
    assert mail.outbox == []
    assert not TextMessage.objects.exists()


@pytest.mark.parametrize(
    "choice", [{"by_mail": "on"}, {"by_mail": "on", "email": "not an address"}, {"by_sms": "on"}]
)
def test_a_way_that_leads_nowhere_is_refused_and_says_so(make_user: Any, choice: dict[str, str]) -> None:
    learner = learner_of(make_user("without", phone=None))
    response = wants(learner, **choice)
    assert response.status_code == 400
    assert 'class="error"' in response.content.decode()
    assert not NoticeChoice.objects.exists()


def test_a_guest_has_no_ways_to_choose() -> None:
    client = Client()
    send(client, "鸡蛋怎么寄？")
    assert "by_sms" not in client.get("/inbox/").content.decode()
    assert post(client, "/inbox/", {"by_mail": "on", "email": "a@b.cn"}).status_code in (400, 404)
    assert not NoticeChoice.objects.exists()


# --- faults -----------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(asker: Learner, trainer: Any) -> Notice:
    """A notice whose e-mail waits."""
    wants(asker, by_mail="on", email="li@example.org")
    answered(asker, "鸡蛋怎么寄？", "用蛋托。", trainer)
    return Notice.objects.get()


def a_minute_later(notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk).update(seen_at=timezone.now() - dt.timedelta(seconds=61))


def test_killed_midway_the_sweeper_sends_it_once(waiting: Notice, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*args: Any, **kwargs: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(notices, "send_mail", dies)
        with pytest.raises(SystemExit):
            notices.send_notice_mail(notice_id=waiting.pk)
    sweep("urgent")
    assert mail.outbox == []  # the worker may still be at it
    a_minute_later(waiting)
    for _round in range(2):
        sweep("urgent")
    assert len(mail.outbox) == 1
    waiting.refresh_from_db()
    assert (waiting.state, waiting.tries) == ("done", 2)


def test_a_mail_server_that_is_away_is_tried_five_times_and_no_more(
    waiting: Notice, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def away(*args: Any, **kwargs: Any) -> None:
        tries.append(1)
        raise ConnectionRefusedError

    monkeypatch.setattr(notices, "send_mail", away)
    for _round in range(8):
        sweep("urgent")
        a_minute_later(waiting)
    waiting.refresh_from_db()
    assert len(tries) == Notice.most_tries
    assert waiting.state == "failed"


def test_one_letter_that_cannot_be_sent_keeps_no_other_waiting(
    waiting: Notice, trainer: Any, make_user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = learner_of(make_user("other"))
    wants(other, by_mail="on", email="other@example.org")
    answered(other, "蜂蜜怎么寄？", "用塑料瓶。", trainer)
    real = notices.send_mail

    def picky(subject: str, body: str, sender: Any, to: list[str]) -> None:
        if to == ["li@example.org"]:
            raise ValueError("a header that cannot be")
        real(subject, body, sender, to)

    monkeypatch.setattr(notices, "send_mail", picky)
    sweep("urgent")
    assert [letter.to for letter in mail.outbox] == [["other@example.org"]]


def test_an_account_that_is_gone_gets_no_letter(waiting: Notice) -> None:
    user = waiting.learner.user
    type(user).objects.filter(pk=user.pk).update(email="")
    sweep("urgent")
    waiting.refresh_from_db()
    assert waiting.state == "failed"
    assert mail.outbox == []


@pytest.mark.parametrize(("mail", "sms"), [(False, True), (True, False), (False, False)])
def test_what_this_site_cannot_send_is_not_offered_and_not_promised(
    make_user: Any, settings: Any, mail: bool, sms: bool
) -> None:
    settings.MAIL_READY, settings.SMS_READY = mail, sms
    user = make_user("liu", phone="13805716021", phone_verified=True, email="liu@example.org")
    client = Client()
    client.force_login(user)
    html = client.get("/inbox/").content.decode()
    assert ('name="by_mail"' in html, 'name="by_sms"' in html) == (mail, sms)
    client.post("/inbox/", {"by_mail": "on", "by_sms": "on", "email": "liu@example.org"})
    choice = NoticeChoice.objects.get()
    assert (choice.by_mail, choice.by_sms) == (mail, sms)
    user.refresh_from_db()
    assert user.email == "liu@example.org"


# --- being told how --------------------------------------------------------------------------------------


def english(client: Client, path: str) -> str:
    client.cookies["django_language"] = "en"
    return client.get(path).content.decode().split("<main")[1].split("</main>")[0]


def test_a_guest_is_told_that_the_answer_stays_on_this_phone_and_how_to_keep_it(trainer: Any) -> None:
    client = Client()
    send(client, "鸡蛋怎么寄？")
    row = Learner.objects.get(user=None).questions.get()
    for path in (f"/questions/{row.pk}/", "/questions/"):
        text = english(client, path)
        assert "The answer stands on this phone only" in text, path
        assert f'href="/accounts/login/?next={path}"' in text, path
    assert "We tell you" not in english(client, f"/questions/{row.pk}/")
    answer_question(question=row, by=trainer, text="用蛋托。", share=True)
    text = english(client, f"/questions/{row.pk}/")
    assert "this phone only" in text
    assert "text message" not in text  # it is answered: nobody will send one
    posts.hide(question=row, by=trainer, reason="rude")
    assert "this phone only" not in english(client, f"/questions/{row.pk}/")
    posts.let_through(question=row, by=trainer)
    assert "this phone only" not in english(Client(), f"/questions/{row.pk}/")  # another reader asked nothing
    assert "this phone only" not in english(Client(), "/questions/")


def test_a_guest_is_promised_a_text_message_only_where_one_can_be_sent(settings: Any) -> None:
    client = Client()
    send(client, "鸡蛋怎么寄？")
    settings.SMS_READY = True
    assert "text message" in english(client, "/questions/")
    settings.SMS_READY = False
    assert "text message" not in english(client, "/questions/")


def test_who_is_signed_in_sees_the_ways_that_were_chosen_and_can_be_sent(
    asker: Learner, trainer: Any, settings: Any
) -> None:
    settings.SMS_READY = settings.MAIL_READY = True
    row, client = ask(asker, "鸡蛋怎么寄？"), client_of(asker.user)
    path = f"/questions/{row.pk}/"
    assert "We tell you: in your inbox." in english(client, path)
    notices.choose(learner=asker, by_mail=True, by_sms=True, email="a@example.org")
    assert "We tell you: in your inbox, by text message, by e-mail." in english(client, path)
    settings.SMS_READY = False  # what cannot be sent is not promised
    assert "We tell you: in your inbox, by e-mail." in english(client, path)
    assert "this phone only" not in english(client, path)
    answer_question(question=row, by=trainer, text="用蛋托。", share=True)
    assert "We tell you" not in english(client, path)


def test_one_tap_below_the_question_adds_the_text_message_and_leaves_the_rest(
    asker: Learner, trainer: Any, settings: Any
) -> None:
    settings.SMS_READY = settings.MAIL_READY = True
    notices.choose(learner=asker, by_mail=True, email="a@example.org")
    row, client = ask(asker, "鸡蛋怎么寄？"), client_of(asker.user)
    path = f"/questions/{row.pk}/"
    assert 'name="also_by_sms"' in english(client, path)
    answer = post(client, "/inbox/", {"also_by_sms": "1", "next": path})
    assert answer.headers["Location"] == path
    choice = NoticeChoice.objects.get(learner=asker)
    assert (choice.by_sms, choice.by_mail, choice.learner.user.email) == (True, True, "a@example.org")
    text = english(client, path)
    assert "by text message" in text
    assert 'name="also_by_sms"' not in text
    answer_question(question=row, by=trainer, text="用蛋托。", share=True)
    assert TextMessage.objects.filter(phone=PHONE).count() == 1


def test_without_a_proven_number_or_a_sender_the_one_tap_changes_nothing(
    asker: Learner, make_user: Any, settings: Any
) -> None:
    settings.SMS_READY = True
    without = learner_of(make_user("nobody"))
    assert 'name="also_by_sms"' not in english(
        client_of(without.user), f"/questions/{ask(without, '茶怎么寄').pk}/"
    )
    post(client_of(without.user), "/inbox/", {"also_by_sms": "1"})
    settings.SMS_READY = False
    post(client_of(asker.user), "/inbox/", {"also_by_sms": "1"})
    assert not NoticeChoice.objects.exists()
    guest = Client()
    send(guest, "鸡蛋怎么寄？")
    assert post(guest, "/inbox/", {"also_by_sms": "1"}).status_code == 404
    assert not NoticeChoice.objects.exists()


def test_question_pages_say_dates_as_people_do(asker: Learner, trainer: Any) -> None:
    row = answered(asker, "鸡蛋怎么寄？", "用蛋托。", trainer)
    client = client_of(asker.user)
    for path in ("/inbox/", "/questions/", f"/questions/{row.pk}/"):
        for lang, form in (("en", r"\d{1,2}\xa0[A-Z][a-z]+"), ("zh-hans", r"\d{1,2}\xa0月\xa0\d{1,2}\xa0日")):
            client.cookies["django_language"] = lang
            text = client.get(path).content.decode().split("<main")[1].split("</main>")[0]
            assert re.search(form, text), (path, lang)
            assert not re.search(r">[^<]*\d{4}-\d\d-\d\d", text), (path, lang)
