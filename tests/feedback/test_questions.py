"""Asking, finding the answer before asking, and answering each other."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client

from feedback.masking import mask
from feedback.models import Deflection, Notice, PostReport, Question, Reply
from feedback.questions import posts, services
from feedback.questions.services import MOST_LETTERS
from learners.models import Learner, LearningRecord
from learners.people.guests import learner_of
from learners.people.merging import absorb_guest, erase
from mooc.lib.errors import DomainError, TooMany
from tests.acts import hidden, post, read_lesson
from tests.asking import PHOTO, answered, ask, client_of, reply, reporter, send, trusted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]


@pytest.fixture
def trainer(make_user: Any) -> Any:
    return make_user("zhou", role="trainer", display_name="周老师")


@pytest.fixture
def asker(make_user: Any) -> Any:
    return make_user("guixiang", display_name="李桂香")


@pytest.fixture
def neighbour(make_user: Any) -> Any:
    return make_user("changgen", display_name="王长根")


# --- asking ------------------------------------------------------------------------------------------


def test_a_question_from_a_lesson_is_about_the_block_where_the_lesson_was_left(client: Client) -> None:
    send(client, "还没打开就问？", lesson=PHOTO)
    assert Question.objects.get().block is None
    leave = {"id": str(uuid.uuid4()), "verb": "leave", "seconds": "20", "block": "4"}
    post(client, f"/lessons/{PHOTO}/acts/", leave)
    send(client, "没有窗户怎么拍？", lesson=PHOTO)
    assert Question.objects.get(text="没有窗户怎么拍？").block == 4


def test_a_question_keeps_the_lesson_and_the_block_it_came_from() -> None:
    client = Client()
    page = client.get(f"/questions/ask/?lesson={PHOTO}&block=2").content.decode()
    assert hidden(page, "lesson") == PHOTO
    response = send(client, "没有窗户怎么拍？", lesson=PHOTO, block="2")
    question = Question.objects.get()
    assert response.headers["Location"] == f"/questions/{question.pk}/"
    assert (question.lesson.slug, question.block, question.text) == (PHOTO, 2, "没有窗户怎么拍？")
    record = LearningRecord.objects.get(verb="asked")
    assert (record.object_id, record.module_slug) == (str(question.uuid), "window-light")
    assert "没有窗户怎么拍？" in client.get(f"/questions/{question.pk}/").content.decode()
    assert "没有窗户怎么拍？" in client.get("/questions/").content.decode()


@pytest.mark.parametrize(("lang", "word"), [("en", "microphone"), ("zh-hans", "")])
def test_the_box_says_that_one_can_speak_and_the_reader_hears_it(lang: str, word: str) -> None:
    client = Client()
    client.cookies["django_language"] = lang
    text = client.get("/questions/ask/").content.decode()
    hint = text.split('id="th">')[1].split("</span>")[0]
    assert word in hint
    assert 'aria-describedby="th"' in text
    wrong = send(client, "").content.decode()
    assert 'aria-describedby="th te"' in wrong
    assert hint in wrong


def test_one_that_may_be_the_same_is_called_one_and_several_several(asker: Any, trainer: Any) -> None:
    client = Client()
    client.cookies["django_language"] = "en"
    answered(learner_of(asker), "鸡蛋怎么寄不会碎？", "用蛋托。", trainer)
    text = send(client, "鸡蛋怎么寄不会碎", none="").content.decode()
    assert "Is it this one?" in text
    assert "Not this. Ask mine" in text
    answered(learner_of(asker), "鸡蛋怎么寄才不会碎？", "用大蛋托。", trainer)
    text = send(client, "鸡蛋怎么寄不会碎", none="").content.decode()
    assert "Is it one of these?" in text
    assert "None of these. Ask mine" in text


def test_after_a_report_the_way_leads_back_to_the_questions(asker: Any, trainer: Any) -> None:
    row = answered(learner_of(asker), "鸡蛋怎么寄不会碎？", "用蛋托。", trainer)
    page = post(Client(), f"/questions/{row.pk}/report/", {"reason": "rude"}).content.decode()
    assert PostReport.objects.count() == 1
    assert 'class="button go" href="/questions/others/"' in page


def test_after_a_complaint_it_is_said_that_nobody_writes_back() -> None:
    client = Client()
    client.cookies["django_language"] = "en"
    text = post(
        client, "/feedback/complaint/", {"text": "老师要收钱", "id": str(uuid.uuid4())}
    ).content.decode()
    assert "Nobody writes back to this" in text
    assert 'href="/questions/ask/"' in text.split("<main")[1].split("</main>")[0]


def test_from_a_lesson_the_box_is_one_tap_away_and_sending_the_second() -> None:
    page = Client().get(f"/lessons/{PHOTO}/").content.decode()
    assert f'href="/questions/ask/?lesson={PHOTO}' in page


def test_a_double_tap_and_a_resend_ask_once() -> None:
    client, tap = Client(), str(uuid.uuid4())
    places = {send(client, "鸡蛋怎么寄？", id=tap).headers["Location"] for _time in range(3)}
    places.add(send(client, "鸡蛋怎么寄？").headers["Location"])  # the same words from a fresh page
    assert len(places) == 1
    assert Question.objects.count() == 1
    assert LearningRecord.objects.filter(verb="asked").count() == 1


def test_an_id_that_is_taken_asks_nothing_and_tells_nothing_of_its_owner() -> None:
    first, second, tap = Client(), Client(), str(uuid.uuid4())
    send(first, "鸡蛋怎么寄？", id=tap)
    response = send(second, "蜂蜜怎么寄？", id=tap)
    assert response.status_code == 302  # other words: a question of its own, under an id of its own
    assert "鸡蛋" not in second.get(response["Location"]).content.decode()
    assert sorted(Question.objects.values_list("text", flat=True)) == ["蜂蜜怎么寄？", "鸡蛋怎么寄？"]
    assert Question.objects.get(uuid=tap).text == "鸡蛋怎么寄？"


@pytest.mark.parametrize("text", ["", "   \n ", "😀😀😀", "？？？！！", "\x00\x07", "\u200b\u200b", "---"])
def test_without_a_word_nothing_is_asked_and_nobody_is_made(text: str) -> None:
    client = Client()
    response = send(client, text)
    assert response.status_code == 400
    assert "textarea" in response.content.decode()
    assert not Question.objects.exists()
    assert not Learner.objects.exists()
    assert "learner" not in client.cookies


def test_a_novel_is_refused_whole_and_kept_in_the_box() -> None:
    novel = "我想问一下" * 4000  # 20,000 letters
    response = send(Client(), novel)
    assert response.status_code == 400
    assert novel in response.content.decode()
    assert not Question.objects.exists()


@pytest.mark.parametrize("none", ["", "1"])
def test_a_novel_is_refused_before_anything_is_searched_or_stored(
    none: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedback.engine.similar.find_similar", lambda *_a: pytest.fail("searched"))
    assert send(Client(), "字" * (MOST_LETTERS + 1), none=none).status_code == 400
    assert not Question.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>价格怎么定",
        '"><img src=x onerror=alert(1)> 运费',
        "<svg onload=alert(1)><animate onbegin=alert(1)> 标题",
        "[点我](javascript:alert(1)) ![图](http://evil.example/x.png) **粗** 怎么办",
        "{{ settings.SECRET_KEY }} {% load x %} 怎么办",
        "zenme tuihuo",
        "Kuaidi 丢了 怎么 claim 赔偿 ок?",
        "鸡蛋\u202e咋寄\u2066",
        "𠮷野家的葱能寄吗 👩‍🌾",
        "第一行\n\n第二行",
    ],
)
def test_tricks_and_mixed_scripts_are_words_and_nothing_more(text: str) -> None:
    client = Client()
    assert send(client, text).status_code == 302
    question = Question.objects.get()
    for path in (f"/questions/{question.pk}/", "/questions/", "/me/"):
        page = client.get(path).content.decode()
        main = page.split("<main")[1].split("</main>")[0]
        assert "<script>" not in main
        assert "<img" not in main
        assert "onload=alert" not in main.replace("&lt;svg onload=alert", "")
        assert 'javascript:alert(1)"' not in main


def test_one_learner_may_not_flood_and_the_next_at_the_same_address_may_ask(make_user: Any) -> None:
    learner = learner_of(make_user("busy"))
    for number in range(services.AN_HOUR):
        ask(learner, f"第{number}个问题")
    with pytest.raises(TooMany):
        ask(learner, "再问一个")
    response = send(client_of(learner.user), "再问一个")
    assert response.status_code == 400
    assert "再问一个" in response.content.decode()
    assert Question.objects.count() == services.AN_HOUR
    assert send(client_of(make_user("calm")), "我也问一个").status_code == 302


def test_a_classroom_behind_one_address_asks_and_a_flood_of_new_phones_is_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(40):
        assert send(Client(), f"我是第{number}个人，怎么开店").status_code == 302
    monkeypatch.setattr("feedback.questions.views.asking.NEW_GUESTS_AN_HOUR", 40)
    known = Client()
    learners = Learner.objects.count()
    assert send(known, "又来一个").status_code == 400
    assert (Question.objects.count(), Learner.objects.count()) == (40, learners)


# --- is it one of these? -----------------------------------------------------------------------------


def test_what_was_answered_is_offered_before_asking(asker: Any, trainer: Any) -> None:
    answered(learner_of(asker), "鸡蛋怎么寄不会碎？", "用蛋托，外面再套一层箱子。", trainer)
    answered(learner_of(asker), "营业执照要不要办？", "自家种的可以不办。", trainer)
    client = Client()
    page = send(client, "鸡蛋咋寄才不碎", none="").content.decode()
    assert "用蛋托" in page
    assert "自家种的可以不办" not in page
    assert "鸡蛋咋寄才不碎" in page  # still in the box
    assert hidden(page, "none") == "1"
    assert Question.objects.count() == 2


def test_at_most_five_are_offered(asker: Any, trainer: Any) -> None:
    for place in "东南西北中上下":
        answered(learner_of(asker), f"鸡蛋怎么寄到{place}边", "用蛋托。", trainer)
    page = send(Client(), "鸡蛋怎么寄", none="").content.decode()
    assert page.count('<details class="fold">') == 5


@pytest.mark.parametrize("state", ["waiting", "not shared", "hidden"])
def test_only_answered_and_shown_questions_are_offered(asker: Any, trainer: Any, state: str) -> None:
    if state == "waiting":
        ask(learner_of(asker), "鸡蛋怎么寄不会碎？")
    else:
        row = answered(learner_of(asker), "鸡蛋怎么寄不会碎？", "用蛋托。", trainer, share=state == "hidden")
        if state == "hidden":
            posts.hide(reason="wrong", by=trainer, question=row)
    assert send(Client(), "鸡蛋怎么寄不会碎", none="").status_code == 302


def test_this_solved_it_is_counted_once_a_person_and_nothing_is_asked(asker: Any, trainer: Any) -> None:
    row = answered(learner_of(asker), "鸡蛋怎么寄不会碎？", "用蛋托。", trainer)
    client = Client()
    for _tap in range(2):
        response = post(client, f"/questions/{row.pk}/solved/", {"lesson": PHOTO})
        assert response.status_code == 200
    deflection = Deflection.objects.get()
    assert (deflection.question, deflection.lesson.slug) == (row, PHOTO)
    assert Question.objects.count() == 1
    assert "1 人" in send(Client(), "鸡蛋怎么寄", none="").content.decode()


def test_what_nobody_may_see_cannot_have_solved_anything(asker: Any, trainer: Any) -> None:
    hidden_one = ask(learner_of(asker), "鸡蛋怎么寄不会碎？")
    for pk in (hidden_one.pk, 999999):
        assert post(Client(), f"/questions/{pk}/solved/").status_code == 404
    assert not Deflection.objects.exists()
    assert Learner.objects.count() == 1  # nobody was made of who found nothing


# --- who sees what -------------------------------------------------------------------------------------


def test_a_first_post_is_for_its_asker_until_a_trainer_has_looked(asker: Any, trainer: Any) -> None:
    row = ask(learner_of(asker), "鸡蛋怎么寄？")
    assert client_of(asker).get(f"/questions/{row.pk}/").status_code == 200
    assert Client().get(f"/questions/{row.pk}/").status_code == 404
    assert "鸡蛋" not in Client().get("/questions/others/").content.decode()
    posts.let_through(by=trainer, question=row)
    assert Client().get(f"/questions/{row.pk}/").status_code == 200
    assert "鸡蛋怎么寄？" in Client().get("/questions/others/").content.decode()


def test_who_was_let_through_once_is_read_at_once_and_who_was_hidden_is_not(asker: Any, trainer: Any) -> None:
    learner = trusted(asker, trainer)
    assert not ask(learner, "蜂蜜怎么寄？").held
    posts.hide(reason="advert", by=trainer, question=Question.objects.first())
    assert ask(learner, "茶叶怎么寄？").held


def test_a_guest_is_held_every_time(trainer: Any) -> None:
    guest = Learner.objects.create()
    answered(guest, "鸡蛋怎么寄？", "用蛋托。", trainer)
    assert ask(guest, "蜂蜜怎么寄？").held


PRIVATE = [
    "13912345678", "139 1234 5678", "139-1234-5678", "+86 13912345678", "１３９１２３４５６７８", "一三九一二三四五六七八",
    "110101199003078515", "11010119900307851X", "6222 0212 3456 7890 123", "0797-8123456", "https://evil.example/a?b=1",
    "www.evil.com/x", "shop.taobao.com", "wang@qq.com",
]  # fmt: skip
OPEN = ["3斤卖29.9元", "2026年11月25日", "发到18省", "第12345单", "1.5公斤一箱，满88包邮", "12:30开播"]


@pytest.mark.parametrize("secret", PRIVATE)
def test_numbers_and_links_are_masked_for_other_readers(asker: Any, trainer: Any, secret: str) -> None:
    row = answered(learner_of(asker), f"怎么寄鸡蛋，找我 {secret} 谢谢", "用蛋托。", trainer)
    plain = mask(row.text)
    assert "***" in plain
    assert secret not in plain
    assert mask(plain) == plain
    assert secret in client_of(asker).get(f"/questions/{row.pk}/").content.decode()
    for page in (
        Client().get(f"/questions/{row.pk}/"), Client().get("/questions/others/"),
        send(Client(), f"怎么寄鸡蛋，找我 {secret}x", none=""),
    ):  # fmt: skip
        main = page.content.decode().split("<main")[1].split("</main>")[0]
        assert secret not in main.split("<textarea")[0] + main.split("</textarea>")[-1]


@pytest.mark.parametrize("text", OPEN)
def test_prices_dates_and_orders_stay(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    "contact", ["加我微信 wang_tea88", "微信号：wang_tea88", "vx:wang_tea88", "QQ群 12345678"]
)
def test_accounts_of_chat_apps_are_masked(contact: str) -> None:
    assert "wang_tea88" not in mask(contact)
    assert "12345678" not in mask(contact)


# --- neighbours ------------------------------------------------------------------------------------------


def test_a_neighbour_answers_and_the_asker_accepts(asker: Any, neighbour: Any, trainer: Any) -> None:
    row = ask(trusted(asker, trainer), "鸡蛋怎么寄？")
    trusted(neighbour, trainer)
    client = client_of(neighbour)
    form = client.get(f"/questions/{row.pk}/").content.decode()
    data = {"text": "用谷壳垫，\n我寄了三年", "id": hidden(form.split("/reply/")[1], "id")}
    for _tap in range(2):
        assert post(client, f"/questions/{row.pk}/reply/", data).status_code == 302
    answer = Reply.objects.get()
    assert Notice.objects.get(learner=row.learner, question=row).kind == "replied"
    mine = client_of(asker)
    assert "用谷壳垫" in mine.get(f"/questions/{row.pk}/").content.decode()
    for _tap in range(2):
        post(mine, f"/questions/{row.pk}/solved/", {"reply": answer.pk})
    answer.refresh_from_db()
    row.refresh_from_db()
    assert answer.accepted_at
    assert row.solved_at
    assert row.answered_at  # nobody at the desk need write any more
    assert Notice.objects.get(learner=answer.learner, reply=answer).kind == "solved"


def test_one_reply_is_accepted_at_a_time(asker: Any, neighbour: Any, make_user: Any, trainer: Any) -> None:
    row = ask(trusted(asker, trainer), "鸡蛋怎么寄？")
    first, second = (reply(row, trusted(user, trainer)) for user in (neighbour, make_user("third")))
    for chosen in (first, second, first):
        posts.solved(question=row, learner=row.learner, reply=chosen)
        assert [r.pk for r in Reply.objects.filter(accepted_at__isnull=False)] == [chosen.pk]


def test_a_first_reply_is_held_and_the_asker_hears_when_it_is_let_through(
    asker: Any, neighbour: Any, trainer: Any
) -> None:
    row = ask(trusted(asker, trainer), "鸡蛋怎么寄？")
    answer = reply(row, learner_of(neighbour))
    told = Notice.objects.filter(learner=row.learner, kind="replied")
    assert "我家也是" not in client_of(asker).get(f"/questions/{row.pk}/").content.decode()
    assert "我家也是" in client_of(neighbour).get(f"/questions/{row.pk}/").content.decode()
    assert not told.exists()
    posts.let_through(by=trainer, reply=answer)
    posts.let_through(by=trainer, reply=answer)
    assert "我家也是" in client_of(asker).get(f"/questions/{row.pk}/").content.decode()
    assert told.count() == 1


def test_a_neighbours_number_is_masked_for_the_asker_too(asker: Any, neighbour: Any, trainer: Any) -> None:
    row = ask(trusted(asker, trainer), "鸡蛋怎么寄？")
    reply(row, trusted(neighbour, trainer), "找我寄，13912345678")
    assert "13912345678" not in client_of(asker).get(f"/questions/{row.pk}/").content.decode()
    assert "13912345678" in client_of(neighbour).get(f"/questions/{row.pk}/").content.decode()


@pytest.mark.parametrize("text", ["", "😀", "字" * (MOST_LETTERS + 1)])
def test_a_reply_without_sense_is_refused_and_kept_in_the_box(
    asker: Any, neighbour: Any, trainer: Any, text: str
) -> None:
    row = ask(trusted(asker, trainer), "鸡蛋怎么寄？")
    response = post(client_of(neighbour), f"/questions/{row.pk}/reply/", {"text": text})
    assert response.status_code == 400
    assert text in response.content.decode()
    assert not Reply.objects.exists()


def test_guests_sign_in_to_answer_and_nobody_answers_himself(asker: Any, trainer: Any) -> None:
    row = ask(trusted(asker, trainer), "鸡蛋怎么寄？")
    signed_out = post(Client(), f"/questions/{row.pk}/reply/", {"text": "用蛋托"}).content.decode()
    assert "/accounts/login/" in signed_out
    assert "用蛋托" in signed_out  # what was typed stands again
    guest = Client()
    read_lesson(guest, PHOTO)
    assert post(guest, f"/questions/{row.pk}/reply/", {"text": "用蛋托"}).status_code == 400
    assert post(client_of(asker), f"/questions/{row.pk}/reply/", {"text": "用蛋托"}).status_code == 400
    assert not Reply.objects.exists()


def test_answers_are_limited_an_hour(asker: Any, neighbour: Any, trainer: Any) -> None:
    row, helper = ask(trusted(asker, trainer), "鸡蛋怎么寄？"), trusted(neighbour, trainer)
    for number in range(posts.REPLIES_AN_HOUR):
        reply(row, helper, f"第{number}个办法")
    with pytest.raises(TooMany):
        reply(row, helper)
    assert Reply.objects.count() == posts.REPLIES_AN_HOUR


def test_only_the_asker_accepts(asker: Any, neighbour: Any, trainer: Any) -> None:
    row = ask(trusted(asker, trainer), "鸡蛋怎么寄？")
    answer = reply(row, trusted(neighbour, trainer))
    other = client_of(neighbour)
    assert post(other, f"/questions/{row.pk}/solved/", {"reply": answer.pk}).status_code == 404
    answer.refresh_from_db()
    assert answer.accepted_at is None
    with pytest.raises(DomainError):
        posts.solved(question=row, learner=answer.learner, reply=answer)
    with pytest.raises(DomainError):  # nothing is there that could have solved it
        posts.solved(question=row, learner=row.learner)
    row.refresh_from_db()
    assert row.solved_at is None


def test_a_reply_to_another_question_cannot_be_accepted(asker: Any, neighbour: Any, trainer: Any) -> None:
    learner = trusted(asker, trainer)
    row, other = ask(learner, "鸡蛋怎么寄？"), ask(learner, "蜂蜜怎么寄？")
    answer = reply(other, trusted(neighbour, trainer))
    for number in (answer.pk, "x", "999999"):
        assert post(client_of(asker), f"/questions/{row.pk}/solved/", {"reply": number}).status_code == 404
    assert not Reply.objects.filter(accepted_at__isnull=False).exists()


# --- reports and hiding ------------------------------------------------------------------------------


def test_the_third_reporter_takes_a_post_from_view_until_a_trainer_looks(
    asker: Any, trainer: Any, make_user: Any
) -> None:
    row = ask(trusted(asker, trainer), "加群领补贴，先交押金")
    path = f"/questions/{row.pk}/"
    for number in range(3):
        assert Client().get(path).status_code == 200
        client = client_of(reporter(make_user, f"reader{number}").user)
        for _tap in range(2):  # one person counts once
            assert post(client, f"{path}report/", {"reason": "advert"}).status_code in (200, 404)
    assert PostReport.objects.count() == 3
    assert Client().get(path).status_code == 404
    assert client_of(asker).get(path).status_code == 200
    posts.let_through(by=trainer, question=row)
    assert Client().get(path).status_code == 200
    assert not PostReport.objects.filter(handled_at=None).exists()


def test_one_person_who_forgets_the_cookie_hides_nothing(asker: Any, trainer: Any) -> None:
    row = ask(trusted(asker, trainer), "鸡蛋怎么寄？")
    for _time in range(4):
        assert post(Client(), f"/questions/{row.pk}/report/", {"reason": "rude"}).status_code == 200
    assert PostReport.objects.count() == 4  # the desk sees them
    assert Client().get(f"/questions/{row.pk}/").status_code == 200


def test_a_report_does_not_write_over_an_answer_that_came_meanwhile(
    asker: Any, trainer: Any, make_user: Any
) -> None:
    from feedback.questions.answering import answer_question

    stale = ask(trusted(asker, trainer), "鸡蛋怎么寄？")
    answer_question(question=stale, by=trainer, text="用蛋托。", share=True)
    for number in range(3):
        posts.report_post(learner=reporter(make_user, f"r{number}"), reason="rude", question=stale)
    stale.refresh_from_db()
    assert (stale.answer, stale.held) == ("用蛋托。", False)  # what a trainer answered stays in view


def test_a_reply_is_reported_and_hidden_the_same_way(
    asker: Any, neighbour: Any, trainer: Any, make_user: Any
) -> None:
    row = ask(trusted(asker, trainer), "鸡蛋怎么寄？")
    answer = reply(row, trusted(neighbour, trainer))
    for number in range(3):
        client = client_of(reporter(make_user, f"reader{number}").user)
        post(client, f"/questions/{row.pk}/report/", {"reason": "wrong", "reply": answer.pk})
    answer.refresh_from_db()
    assert answer.held
    assert not row.reports.exists()
    assert "我家也是" not in Client().get(f"/questions/{row.pk}/").content.decode()


@pytest.mark.parametrize("reason", ["", "because"])
def test_a_report_needs_a_reason(asker: Any, trainer: Any, reason: str) -> None:
    row = ask(trusted(asker, trainer), "鸡蛋怎么寄？")
    assert post(Client(), f"/questions/{row.pk}/report/", {"reason": reason}).status_code == 400
    assert not PostReport.objects.exists()


def test_nobody_reports_what_he_does_not_see_or_wrote_himself(asker: Any, trainer: Any) -> None:
    row = ask(trusted(asker, trainer), "鸡蛋怎么寄？")
    assert post(client_of(asker), f"/questions/{row.pk}/report/", {"reason": "rude"}).status_code == 404
    Question.objects.filter(pk=row.pk).update(held=True)
    learners = Learner.objects.count()
    assert post(Client(), f"/questions/{row.pk}/report/", {"reason": "rude"}).status_code == 404
    assert not PostReport.objects.exists()
    assert Learner.objects.count() == learners


def test_hidden_with_a_reason_which_the_writer_is_told(asker: Any, trainer: Any) -> None:
    row = ask(trusted(asker, trainer), "加我微信 wang_tea88")
    posts.hide(reason="private", by=trainer, question=row)
    assert Client().get(f"/questions/{row.pk}/").status_code == 404
    notice = Notice.objects.get(learner=row.learner, kind="hidden")
    assert notice.reason == "private"
    assert "露了私人信息" in client_of(asker).get(f"/questions/{row.pk}/").content.decode()
    posts.let_through(by=trainer, question=row)
    assert not Notice.objects.filter(kind="hidden").exists()
    with pytest.raises(DomainError):
        posts.hide(reason="", by=trainer, question=row)


# --- the person behind it ------------------------------------------------------------------------------


def test_everything_said_as_a_guest_goes_to_the_account(asker: Any, neighbour: Any, trainer: Any) -> None:
    known = answered(learner_of(neighbour), "蜂蜜怎么寄？", "用塑料瓶。", trainer)
    client = Client()
    send(client, "鸡蛋怎么寄？")
    post(client, f"/questions/{known.pk}/solved/")
    post(client, f"/questions/{known.pk}/report/", {"reason": "wrong"})
    guest, account = Learner.objects.get(user=None), learner_of(asker)
    question = Question.objects.get(learner=guest)
    answer = reply(question, trusted(neighbour, trainer))
    absorb_guest(guest=guest, target=account)
    assert Question.objects.get(pk=question.pk).learner == account
    assert Deflection.objects.get().learner == account
    assert PostReport.objects.get().learner == account
    assert Notice.objects.get(reply=answer).learner == account
    assert not Learner.objects.filter(pk=guest.pk).exists()


def test_what_guest_and_account_both_said_counts_once(asker: Any, neighbour: Any, trainer: Any) -> None:
    known = answered(learner_of(neighbour), "蜂蜜怎么寄？", "用塑料瓶。", trainer)
    phone, account = Client(), client_of(asker)
    for client in (phone, account):
        post(client, f"/questions/{known.pk}/solved/")
        post(client, f"/questions/{known.pk}/report/", {"reason": "wrong"})
    guest = Learner.objects.get(user=None)
    absorb_guest(guest=guest, target=learner_of(asker))
    assert [row.learner for row in Deflection.objects.all()] == [learner_of(asker)]
    assert [row.learner for row in PostReport.objects.all()] == [learner_of(asker)]


def test_an_erased_asker_leaves_the_answer_to_those_who_share_it(
    asker: Any, neighbour: Any, trainer: Any
) -> None:
    from feedback.questions.answering import merge_questions

    root = answered(learner_of(asker), "鸡蛋怎么寄？", "用蛋托。", trainer)
    same = [ask(learner_of(neighbour), "鸡蛋咋寄"), ask(learner_of(neighbour), "寄鸡蛋咋弄")]
    merge_questions(same=same, into=root, by=trainer)
    reply(root, trusted(neighbour, trainer))
    erase(learner=learner_of(asker))
    assert not Question.objects.filter(pk=root.pk).exists()
    assert not Question.history.filter(id=root.pk).exists()
    for row in same:
        assert "用蛋托" in client_of(neighbour).get(f"/questions/{row.pk}/").content.decode()


def test_what_somebody_said_can_be_taken_along(asker: Any, neighbour: Any, trainer: Any) -> None:
    row = ask(trusted(asker, trainer), "鸡蛋怎么寄？")
    reply(row, trusted(neighbour, trainer))
    data = client_of(neighbour).get("/me/privacy/data.json").json()["feedback"]
    assert [r["text"] for r in data["replies"]] == ["我家也是这么寄的"]


def test_the_passage_a_question_is_about_goes_along_and_nothing_else(client: Client) -> None:
    page = client.get("/questions/ask/?lesson=borrow-the-window&block=2").content.decode()
    assert hidden(page, "block") == "2"
    assert "Node" not in page
    assert 'name="block"' not in client.get("/questions/ask/?lesson=borrow-the-window").content.decode()
