"""The trainers' desk: what waits, who writes, one answer for all who asked, and whose theme it is."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from courses.models import Module
from feedback import tasks
from feedback.models import AnswerEntry, AnswerModule, Notice, Question, SavedReply, Theme, TrainingExample
from feedback.questions import answering, classify, posts
from learners.models import Learner
from learners.people.guests import learner_of
from mooc.lib.errors import Conflict, DomainError
from tests.acts import hidden
from tests.asking import PHOTO, answered, ask, client_of, reply, trusted
from tests.site.test_faults import run_together

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
QUEUE = "/admin/feedback/question/"


@pytest.fixture
def trainer(make_user: Any) -> Any:
    return make_user("zhou", role="trainer", display_name="周老师")


@pytest.fixture
def colleague(make_user: Any) -> Any:
    return make_user("wu", role="trainer", display_name="吴老师")


@pytest.fixture
def asker(make_user: Any) -> Learner:
    return learner_of(make_user("guixiang", display_name="李桂香"))


def form_of(client: Client, question: Question) -> dict[str, str]:
    """What the browser would send of the form, without a button."""
    page = client.get(f"{QUEUE}{question.pk}/change/").content.decode()
    answer = re.search(r'<textarea name="answer"[^>]*>\s?(.*?)</textarea>', page, re.DOTALL)
    theme = re.search(r'<select name="theme".*?</select>', page, re.DOTALL)
    chosen = re.search(r'value="(\d*)" selected', theme[0]) if theme else None
    assert answer
    return {
        "answer": answer[1], "theme": chosen[1] if chosen else "", "initial-theme": chosen[1] if chosen else "",
        "seen": hidden(page, "seen"), "share": "on",
    }  # fmt: skip


def press(client: Client, question: Question, button: str, **fields: Any) -> Any:
    """Press one button of the form as it is shown now."""
    value = fields.pop("value", "1")
    return client.post(f"{QUEUE}{question.pk}/change/", form_of(client, question) | fields | {button: value})


def answer(client: Client, question: Question, text: str = "用蛋托。", **fields: Any) -> Any:
    return press(client, question, "_answer", answer=text, **fields)


def listed(client: Client, state: str = "") -> list[int]:
    """Ids in the list, top first."""
    page = client.get(QUEUE, {"state": state} if state else {}).content.decode()
    return [int(found) for found in re.findall(r'href="/admin/feedback/question/(\d+)/change/', page)]


def age(question: Question, hours: int) -> None:
    then = timezone.now() - dt.timedelta(hours=hours)
    Question.objects.filter(pk=question.pk).update(created_at=then, due_at=then + dt.timedelta(hours=24))


# --- the list --------------------------------------------------------------------------------------------


def test_a_question_is_due_in_a_day_and_the_overdue_stand_on_top(asker: Learner, trainer: Any) -> None:
    new, late, later = (ask(asker, text) for text in ("新问的", "前天问的", "昨天问的"))
    assert abs((new.due_at - new.created_at) - dt.timedelta(hours=24)) < dt.timedelta(seconds=2)
    age(late, 50)
    age(later, 30)
    client = client_of(trainer)
    assert listed(client) == [late.pk, later.pk, new.pk]
    assert listed(client, "overdue") == [late.pk, later.pk]
    page = client.get(QUEUE).content.decode()
    assert "晚了 1\xa0天" in page
    assert "还剩" in page


def test_what_is_answered_merged_or_hidden_waits_no_more(asker: Learner, trainer: Any) -> None:
    rows = {name: ask(asker, name) for name in ("答了的", "并掉的", "藏起的", "等着的")}
    answering.answer_question(question=rows["答了的"], by=trainer, text="好", share=True)
    answering.merge_questions(same=[rows["并掉的"]], into=rows["等着的"], by=trainer)
    posts.hide(question=rows["藏起的"], by=trainer, reason="rude")
    client = client_of(trainer)
    assert listed(client) == [rows["等着的"].pk]
    assert listed(client, "answered") == [rows["答了的"].pk]
    assert set(listed(client, "all")) == {row.pk for row in rows.values()}


def test_unsure_ones_claimed_ones_and_reported_ones_are_found(
    asker: Learner, trainer: Any, make_user: Any
) -> None:
    unsure, mine, bad = ask(asker, "那个咋弄"), ask(asker, "鸡蛋怎么寄"), ask(asker, "加群领钱")
    Question.objects.filter(pk=unsure.pk).update(theme_source="unsure")
    answering.claim(question=mine, by=trainer)
    posts.report_post(learner=learner_of(make_user("reader")), reason="advert", question=bad)
    client = client_of(trainer)
    assert listed(client, "unsure") == [unsure.pk]
    assert listed(client, "mine") == [mine.pk]
    assert listed(client, "reported") == [bad.pk]


def test_the_list_takes_as_many_queries_at_ten_times_the_rows(
    asker: Learner, trainer: Any, django_assert_max_num_queries: Any
) -> None:
    module = Module.objects.get(slug="window-light")
    module.course.trainers.add(trainer)
    rows = [ask(asker, f"问题{n}", PHOTO if n % 2 else "") for n in range(3)]
    client = client_of(trainer)
    client.get(QUEUE)
    with django_assert_max_num_queries(12) as few:
        client.get(QUEUE)
    Question.objects.bulk_create(
        Question(learner=asker, text=f"更多{n}", lesson=rows[1].lesson, claimed_by=trainer) for n in range(30)
    )
    with django_assert_max_num_queries(len(few)):
        client.get(QUEUE)


# --- whose it is -------------------------------------------------------------------------------------------


def test_a_trainer_of_another_course_finds_nothing_and_changes_nothing(
    asker: Learner, trainer: Any, colleague: Any
) -> None:
    Module.objects.get(slug="window-light").course.trainers.add(trainer)
    mine, anybodys = ask(asker, "窗户朝北怎么拍", PHOTO), ask(asker, "怎么开店")
    assert listed(client_of(trainer)) == [mine.pk, anybodys.pk]
    other = client_of(colleague)
    assert listed(other) == [anybodys.pk]
    path = f"{QUEUE}{mine.pk}/change/"
    assert other.get(path).status_code in (302, 404)
    assert other.get(f"{QUEUE}{mine.pk}/history/").status_code in (302, 404)
    sent = {"answer": "不该有的", "_answer": "1", "share": "on", "seen": answering.mark_of("")}
    assert other.post(path, sent).status_code in (302, 404)
    press(other, anybodys, "_merge", same=[mine.pk])
    mine.refresh_from_db()
    assert (mine.answer, mine.merged_into) == ("", None)
    assert not Notice.objects.exists()


@pytest.mark.parametrize("role", ["", "supervisor", "helper"])
def test_other_roles_have_no_queue(asker: Learner, make_user: Any, regions: Any, role: str) -> None:
    row = ask(asker, "怎么开店")
    client = client_of(make_user("who", role=role, region=regions["county"] if role else None))
    for path in (QUEUE, f"{QUEUE}{row.pk}/change/"):
        assert client.get(path).status_code == 404
        assert client.post(path, {"_answer": "1", "answer": "x"}).status_code == 404
    row.refresh_from_db()
    assert row.answer == ""


def test_questions_and_neighbours_answers_are_hidden_but_never_deleted(
    asker: Learner, trainer: Any, make_user: Any
) -> None:
    row = ask(trusted(asker.user, trainer), "鸡蛋怎么寄？")
    said = reply(row, learner_of(make_user("neighbour")))
    client = client_of(trainer)
    for path in (f"{QUEUE}{row.pk}/delete/", f"/admin/feedback/reply/{said.pk}/delete/"):
        assert client.post(path, {"post": "yes"}).status_code == 404
    chosen = {"action": "delete_selected", "_selected_action": [said.pk], "post": "yes"}
    client.post("/admin/feedback/reply/", chosen)
    assert Question.objects.filter(pk=row.pk).exists()
    said.refresh_from_db()


def test_held_replies_are_let_through_or_hidden_from_the_list(
    asker: Learner, trainer: Any, make_user: Any
) -> None:
    row = ask(trusted(asker.user, trainer), "鸡蛋怎么寄？")
    said = reply(row, learner_of(make_user("neighbour")))
    client = client_of(trainer)
    for action, shown in (("let_through", True), ("hide_wrong", False), ("let_through", True)):
        client.post("/admin/feedback/reply/", {"action": action, "_selected_action": [said.pk]})
        page = Client().get(f"/questions/{row.pk}/").content.decode()
        assert (said.text in page) is shown


def test_the_list_of_neighbours_answers_says_in_words_what_each_waits_for(
    asker: Learner, trainer: Any, make_user: Any
) -> None:
    row, client = ask(trusted(asker.user, trainer), "鸡蛋怎么寄？"), client_of(trainer)
    client.cookies["django_language"] = "en"
    shown, held, reported, hidden = (
        reply(row, learner_of(make_user(f"n{number}")), f"答复{number}号") for number in range(4)
    )
    for said in (shown, reported, hidden):
        posts.let_through(by=trainer, reply=said)
    posts.report_post(learner=asker, reason="rude", reply=reported, question=None)
    posts.hide(by=trainer, reply=hidden, reason="rude")
    page = client.get("/admin/feedback/reply/").content.decode()
    found = re.findall(r"答复(\d)号</a>.*?field-read_by[^>]*>([^<]+)<", page, re.DOTALL)
    assert found == [
        ("2", "1 reader reported this"), ("1", "waits for your look"), ("0", "everybody"), ("3", "hidden"),
    ]  # fmt: skip
    assert client.get(f"/admin/feedback/reply/{held.pk}/change/").status_code == 200


# --- writing -------------------------------------------------------------------------------------------


def test_answered_in_one_form_and_the_asker_is_told(asker: Learner, trainer: Any) -> None:
    row = ask(asker, "鸡蛋怎么寄？")
    response = answer(client_of(trainer), row, "用蛋托，\n外面套箱子。")
    assert response.status_code == 302
    row.refresh_from_db()
    assert (row.answer, row.answered_by, row.held) == ("用蛋托，\n外面套箱子。", trainer, False)
    assert row.answered_at
    assert Notice.objects.get().kind == "answered"
    assert "周老师" in Client().get(f"/questions/{row.pk}/").content.decode()


def test_an_answer_may_stay_between_the_two(asker: Learner, trainer: Any) -> None:
    row = ask(asker, "我家的账怎么算？")
    data = form_of(client_of(trainer), row) | {"answer": "打电话说吧。", "_answer": "1"}
    del data["share"]
    client_of(trainer).post(f"{QUEUE}{row.pk}/change/", data)
    row.refresh_from_db()
    assert (row.answer, row.held) == ("打电话说吧。", True)
    assert Client().get(f"/questions/{row.pk}/").status_code == 404
    assert (
        'name="share" id="id_share" checked'
        not in client_of(trainer).get(f"{QUEUE}{row.pk}/change/").content.decode()
    )


def test_mending_an_answer_keeps_its_time_and_its_history_and_tells_nobody_twice(
    asker: Learner, trainer: Any
) -> None:
    row = answered(asker, "鸡蛋怎么寄？", "用蛋托。", trainer)
    first = row.answered_at
    answer(client_of(trainer), row, "用蛋托，再加谷壳。")
    row.refresh_from_db()
    assert (row.answer, row.answered_at) == ("用蛋托，再加谷壳。", first)
    assert "用蛋托。" in row.history.values_list("answer", flat=True)
    assert Notice.objects.count() == 1


@pytest.mark.parametrize("text", ["", "  \n", "字" * 4001])
def test_without_an_answer_nothing_is_sent(asker: Learner, trainer: Any, text: str) -> None:
    row = ask(asker, "鸡蛋怎么寄？")
    assert answer(client_of(trainer), row, text).status_code == 200
    row.refresh_from_db()
    assert row.answered_at is None
    assert not Notice.objects.exists()


def test_who_claims_writes_and_the_others_see_it(asker: Learner, trainer: Any, colleague: Any) -> None:
    row, first, second = ask(asker, "鸡蛋怎么寄？"), client_of(trainer), client_of(colleague)
    press(first, row, "_claim")
    assert "周老师" in second.get(QUEUE).content.decode()
    page = second.get(f"{QUEUE}{row.pk}/change/").content.decode()
    assert "周老师 正在写答复" in page
    press(second, row, "_claim")
    assert answer(second, row, "抢着答").status_code == 200  # the form says why, the text is still there
    row.refresh_from_db()
    assert (row.claimed_by, row.answer) == (trainer, "")
    press(second, row, "_take_over")
    row.refresh_from_db()
    assert row.claimed_by == colleague
    assert answer(second, row).status_code == 302


def test_a_claim_is_given_back_or_runs_out_after_half_an_hour(
    asker: Learner, trainer: Any, colleague: Any
) -> None:
    row = ask(asker, "鸡蛋怎么寄？")
    answering.claim(question=row, by=trainer)
    answering.give_back(question=row, by=colleague)  # not one's own: nothing
    with pytest.raises(Conflict):
        answering.claim(question=row, by=colleague)
    answering.give_back(question=row, by=trainer)
    answering.claim(question=row, by=colleague)
    Question.objects.filter(pk=row.pk).update(claimed_at=timezone.now() - dt.timedelta(minutes=31))
    answering.claim(question=row, by=trainer)
    row.refresh_from_db()
    assert row.claimed_by == trainer


def test_an_answer_sent_after_anothers_does_not_go_over_it(
    asker: Learner, trainer: Any, colleague: Any
) -> None:
    row, second = ask(asker, "鸡蛋怎么寄？"), client_of(colleague)
    opened = form_of(second, row)
    answer(client_of(trainer), row, "用蛋托。")
    response = second.post(
        f"{QUEUE}{row.pk}/change/", opened | {"answer": "用谷壳。", "_answer": "1"}, follow=True
    )
    row.refresh_from_db()
    assert row.answer == "用蛋托。"
    page = response.content.decode()
    assert "刚才已经有人答复了" in page
    assert "用蛋托。" in page
    assert "用谷壳。" in page
    assert "问过的人都会收到" not in page


def test_what_was_typed_outlives_every_other_button(asker: Learner, trainer: Any) -> None:
    row, client = ask(asker, "鸡蛋怎么寄？"), client_of(trainer)
    theme = Theme.objects.get(code="logistics_packaging")
    press(client, row, "_theme", value=theme.code, answer="写了一半的")
    press(client, row, "_claim")
    assert form_of(client, row)["answer"] == "写了一半的"
    answer(client, row, "写完的")
    row.refresh_from_db()
    assert (row.answer, row.theme) == ("写完的", theme)
    assert form_of(client, row)["answer"] == "写完的"


def test_after_an_answer_comes_the_next_that_nobody_else_is_writing(
    asker: Learner, trainer: Any, colleague: Any
) -> None:
    rows = [ask(asker, text) for text in ("鸡蛋怎么寄？", "怎么开店？", "直播卖什么？")]
    for hours, row in zip((9, 8, 7), rows, strict=True):
        age(row, hours)
    answering.claim(question=rows[1], by=colleague)
    client = client_of(trainer)
    assert answer(client, rows[0]).url == f"/admin/feedback/question/{rows[2].pk}/change/"
    assert answer(client, rows[2]).url == "/admin/feedback/question/"
    assert answer(client, rows[0], "改过的").url == "../../"  # mending an old one starts no round


def test_hiding_needs_a_reason(asker: Learner, trainer: Any) -> None:
    row, client = ask(asker, "加我微信领红包"), client_of(trainer)
    press(client, row, "_hide", reason="")
    row.refresh_from_db()
    assert row.hidden_at is None
    assert not Notice.objects.exists()
    press(client, row, "_hide", reason="advert")
    assert listed(client) == []
    assert Notice.objects.get().kind == "hidden"


def test_the_form_shows_the_askers_place_and_the_lessons_title(
    asker: Learner, trainer: Any, regions: Any
) -> None:
    Learner.objects.filter(pk=asker.pk).update(region=regions["village"])
    Module.objects.get(slug="window-light").course.trainers.add(trainer)
    row = ask(asker, "窗户朝北怎么拍", PHOTO)
    assert row.lesson
    client = client_of(trainer)
    page = client.get(f"{QUEUE}{row.pk}/change/").content.decode()
    assert regions["village"].name in page
    assert row.lesson.title in page
    assert row.lesson.title in client.get(QUEUE).content.decode()


def test_the_theme_is_said_with_one_tap_in_the_list_of_the_unsure(asker: Learner, trainer: Any) -> None:
    row, client = ask(asker, "鸡蛋怎么寄？"), client_of(trainer)
    Question.objects.filter(pk=row.pk).update(
        theme=None, theme_source="unsure", top="logistics_packaging,open_shop"
    )
    page = client.get(QUEUE, {"state": "unsure"}).content.decode()
    button = rf'formaction="({row.pk}/theme/\?[^"]*)" name="theme-{row.pk}" value="logistics_packaging"'
    assert re.search(button, page)
    assert "formaction" not in client.get(QUEUE).content.decode()
    sent = {f"theme-{row.pk}": "logistics_packaging"}
    narrowed = client.get(QUEUE, {"state": "unsure", "q": "鸡蛋"}).content.decode()
    again = re.search(button, narrowed)
    assert again
    done = client.post(QUEUE + again[1].replace("&amp;", "&"), sent)
    assert unquote(done.url) == "../../?state=unsure&q=鸡蛋"  # the list as it was narrowed
    row.refresh_from_db()
    assert (row.theme.code, row.theme_source) == ("logistics_packaging", "person")  # type: ignore[union-attr]  # it has one
    assert TrainingExample.objects.get().theme == row.theme
    assert listed(client, "unsure") == []


def test_the_theme_of_anothers_question_is_not_said_from_the_list(
    asker: Learner, trainer: Any, colleague: Any, make_user: Any
) -> None:
    Module.objects.get(slug="window-light").course.trainers.add(trainer)
    row = ask(asker, "窗户朝北怎么拍", PHOTO)
    path, sent = f"{QUEUE}{row.pk}/theme/", {f"theme-{row.pk}": "logistics_packaging"}
    for user in (colleague, make_user("learner")):
        assert client_of(user).post(path, sent).status_code == 404
    assert client_of(trainer).get(path).status_code == 404
    assert client_of(trainer).post(path, {f"theme-{row.pk}": "nonsense"}).status_code == 404
    guarded = Client(enforce_csrf_checks=True)
    guarded.force_login(trainer)
    assert guarded.post(path, sent).status_code == 400  # no token: the page of a stale form
    assert not TrainingExample.objects.exists()


def test_a_saved_reply_comes_into_the_answer_with_one_tap(
    asker: Learner, trainer: Any, colleague: Any
) -> None:
    row, client = ask(asker, "鸡蛋怎么寄？"), client_of(trainer)
    everybodys = SavedReply.objects.create(title="打包", text="看打包那一课。")
    private = SavedReply.objects.create(title="别人的", text="不给看", owner=colleague)
    assert "别人的" not in client.get(f"{QUEUE}{row.pk}/change/").content.decode()
    press(client, row, "_insert", answer="用蛋托。", saved_reply=everybodys.pk)
    assert form_of(client, row)["answer"] == "用蛋托。\n看打包那一课。"
    press(client, row, "_insert", saved_reply=private.pk)
    assert "不给看" not in form_of(client, row)["answer"]
    row.refresh_from_db()
    assert row.answer == ""


def test_a_trainer_keeps_saved_replies_for_all_or_alone(trainer: Any, colleague: Any) -> None:
    client = client_of(trainer)
    data = {"title": "打包", "text": "看打包那一课。", "owner": trainer.pk}
    assert client.post("/admin/feedback/savedreply/add/", data).status_code == 302
    saved = SavedReply.objects.get()
    assert saved.owner == trainer
    path = f"/admin/feedback/savedreply/{saved.pk}/change/"
    assert client_of(colleague).get(path).status_code in (302, 404)
    assert client.post("/admin/feedback/savedreply/add/", data | {"owner": colleague.pk}).status_code == 200
    assert SavedReply.objects.count() == 1


# --- the same at the same moment -----------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_claim_at_once_one_has_it(make_user: Any) -> None:
    row = ask(learner_of(make_user("guixiang")), "鸡蛋怎么寄？")
    team = [make_user(f"t{n}", role="trainer") for n in range(8)]
    won: list[Any] = []

    def claim() -> None:
        by = team.pop()
        try:
            answering.claim(question=row, by=by)
            won.append(by)
        except Conflict:
            pass
        finally:
            connection.close()

    run_together(claim, 8)
    row.refresh_from_db()
    assert won == [row.claimed_by]


@pytest.mark.django_db(transaction=True)
def test_of_four_answers_at_once_one_stands_and_the_asker_is_told_once(make_user: Any) -> None:
    row = ask(learner_of(make_user("guixiang")), "鸡蛋怎么寄？")
    team = [make_user(f"t{n}", role="trainer") for n in range(4)]
    sent: list[str] = []

    def write() -> None:
        by = team.pop()
        try:
            answering.answer_question(
                question=row, by=by, text=f"{by.username}答的", share=True, seen=answering.mark_of("")
            )
            sent.append(f"{by.username}答的")
        except Conflict:
            pass
        finally:
            connection.close()

    run_together(write, 4)
    row.refresh_from_db()
    assert sent == [row.answer]
    assert Notice.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_merge_crosswise_end_without_a_ring(make_user: Any) -> None:
    learner, trainer = learner_of(make_user("guixiang")), make_user("zhou", role="trainer")
    first, second = ask(learner, "鸡蛋怎么寄"), ask(learner, "寄鸡蛋咋弄")
    pairs = [(first, second), (second, first)] * 2

    def merge() -> None:
        one, other = pairs.pop()
        try:
            answering.merge_questions(same=[one], into=other, by=trainer)
        except DomainError:
            pass
        finally:
            connection.close()

    run_together(merge, 4)
    assert Question.objects.filter(merged_into=None).count() == 1


# --- one answer for all ----------------------------------------------------------------------------------


def test_answered_once_all_who_asked_are_told_once(asker: Learner, trainer: Any, make_user: Any) -> None:
    root = ask(asker, "鸡蛋怎么寄不会碎？")
    others = [
        ask(learner_of(make_user(f"n{n}")), text)
        for n, text in enumerate(("鸡蛋咋寄才不碎", "寄鸡蛋不碎咋弄"))
    ]
    client = client_of(trainer)
    page = client.get(f"{QUEUE}{root.pk}/change/").content.decode()
    assert others[0].text in page  # offered for merging
    press(client, root, "_merge", same=[row.pk for row in others])
    assert listed(client) == [root.pk]
    answer(client, root)
    assert sorted(Notice.objects.values_list("question", flat=True)) == [root.pk, *(row.pk for row in others)]
    for row in others:
        row.refresh_from_db()
        assert row.answered_at
        assert "用蛋托。" in client_of(row.learner.user).get(f"/questions/{row.pk}/").content.decode()
        assert "答复了" in client_of(row.learner.user).get("/questions/").content.decode()
    answer(client, root, "用蛋托，再加谷壳。")
    assert Notice.objects.count() == 3


def test_a_question_answered_before_is_answered_by_that_with_one_tap(
    asker: Learner, trainer: Any, make_user: Any
) -> None:
    known = answered(asker, "鸡蛋怎么寄不会碎？", "用蛋托。", trainer)
    row = ask(learner_of(make_user("other")), "鸡蛋咋寄才不碎")
    client = client_of(trainer)
    assert "用蛋托。" in client.get(f"{QUEUE}{row.pk}/change/").content.decode()
    press(client, row, "_into", value=known.pk)
    row.refresh_from_db()
    assert row.merged_into == known
    assert Notice.objects.filter(learner=row.learner, kind="answered").count() == 1


def test_a_merged_one_is_not_answered_apart_until_it_is_parted(asker: Learner, trainer: Any) -> None:
    root, row = answered(asker, "鸡蛋怎么寄？", "用蛋托。", trainer), ask(asker, "鹅蛋怎么寄？")
    answering.merge_questions(same=[row], into=root, by=trainer)
    client = client_of(trainer)
    path, sent = f"{QUEUE}{row.pk}/change/", {"_answer": "1", "answer": "鹅蛋用大蛋托", "share": "on"}
    assert "请去答那一条" in client.post(path, sent, follow=True).content.decode()
    client.post(path, {"_part": "1"})
    row.refresh_from_db()
    assert (row.merged_into, row.answered_at) == (None, None)
    assert row.pk in listed(client)
    answer(client, row, "鹅蛋用大蛋托")
    assert Notice.objects.filter(question=row, kind="answered", read_at=None).count() == 1


def test_merging_never_takes_an_answer_away_and_makes_no_chains(asker: Learner, trainer: Any) -> None:
    done, waits, third = (
        answered(asker, "鸡蛋怎么寄？", "用蛋托。", trainer),
        ask(asker, "蛋怎么寄"),
        ask(asker, "寄蛋"),
    )
    assert answering.merge_questions(same=[done], into=waits, by=trainer) == 0
    assert answering.merge_questions(same=[third], into=waits, by=trainer) == 1
    assert answering.merge_questions(same=[waits], into=done, by=trainer) == 1
    with pytest.raises(DomainError):
        answering.merge_questions(same=[ask(asker, "又一个")], into=waits, by=trainer)
    third.refresh_from_db()
    assert third.merged_into == done


def test_a_merged_one_has_the_theme_of_its_answer_and_leaves_the_list_of_the_unsure(
    asker: Learner, trainer: Any
) -> None:
    root, row = ask(asker, "鸡蛋怎么寄？"), ask(asker, "鹅蛋怎么寄？")
    Question.objects.update(theme_source="unsure", top="logistics_packaging,open_shop")
    answering.merge_questions(same=[row], into=root, by=trainer)
    client = client_of(trainer)
    assert listed(client, "unsure") == [root.pk]
    for code in ("logistics_packaging", "pricing_cost"):  # and again when it is corrected
        press(client, root, "_theme", value=code)
        row.refresh_from_db()
        assert row.theme == Theme.objects.get(code=code)
    assert listed(client, "unsure") == []
    late = ask(asker, "鸭蛋怎么寄？")
    answering.set_theme(question=late, theme=Theme.objects.get(code="livestream"), by=trainer)
    answering.merge_questions(same=[late], into=root, by=trainer)
    late.refresh_from_db()
    assert late.theme == Theme.objects.get(code="pricing_cost")
    with pytest.raises(DomainError):
        answering.set_theme(question=late, theme=Theme.objects.get(code="livestream"), by=trainer)


def test_a_merged_one_follows_the_engine_too_whichever_is_classed_first(asker: Learner, trainer: Any) -> None:
    root, row = ask(asker, "快递把我的鸡蛋摔碎了，找快递公司怎么赔"), ask(asker, "那个弄了半天不行咋整")
    answering.merge_questions(same=[row], into=root, by=trainer)
    for order in ((row, root), (root, row)):
        Question.objects.update(theme=None, theme_source="")
        for one in order:
            tasks.classify_question(one.pk)
        root.refresh_from_db()
        row.refresh_from_db()
        assert root.theme is not None
        assert (row.theme, row.theme_source) == (root.theme, "engine")


def test_the_page_of_a_merged_one_shows_theme_and_answer_and_has_no_box_for_another(
    asker: Learner, trainer: Any
) -> None:
    root, row = answered(asker, "鸡蛋怎么寄？", "用蛋托。", trainer), ask(asker, "鹅蛋怎么寄？")
    answering.merge_questions(same=[row], into=root, by=trainer)
    answering.set_theme(question=root, theme=Theme.objects.get(code="logistics_packaging"), by=trainer)
    page = client_of(trainer).get(f"{QUEUE}{row.pk}/change/").content.decode()
    assert "用蛋托。" in page
    assert "物流包装" in page
    for name in ("<textarea", 'name="theme"', 'name="_answer"', 'name="_claim"', 'name="_theme"'):
        assert name not in page, name
    assert 'name="_part"' in page


def test_the_box_comes_first_and_merging_below_it_says_how_many_and_what_became_of_it(
    asker: Learner, trainer: Any, make_user: Any
) -> None:
    root, other = ask(asker, "鸡蛋怎么寄不会碎？"), ask(learner_of(make_user("n")), "鸡蛋咋寄才不碎")
    client = client_of(trainer)
    client.cookies["django_language"] = "en"
    page = client.get(f"{QUEUE}{root.pk}/change/").content.decode()
    order = [
        page.index(words)
        for words in (
            'class="asked"', 'name="_claim"', '<a href="#alike">1 other question may be the same</a>', "<textarea",
            'name="share"', 'name="_answer"', f'name="same" value="{other.pk}"', 'name="_hide"',
        )
    ]  # fmt: skip
    assert order == sorted(order)  # nothing to fill in, and no list, stands between the question and the box
    path = f"{QUEUE}{root.pk}/change/"

    def told(**button: Any) -> list[str]:
        response = client.post(path, form_of(client, root) | button, follow=True)
        return [str(message) for message in response.context["messages"]]

    assert told(_merge="1") == ["Tick the questions that are the same first."]
    assert told(_merge="1", same=other.pk) == ["1 question is merged: whoever asked it gets this answer."]
    assert told(_claim="1") == ["You are writing this answer now."]
    assert told(_theme="livestream") == [
        f"The theme is “{Theme.objects.get(code='livestream').name_en}” now."
    ]


def test_when_all_is_answered_the_list_says_so_and_leads_to_the_themes(asker: Learner, trainer: Any) -> None:
    row = answered(asker, "那个咋弄", "看第一课。", trainer)
    Question.objects.filter(pk=row.pk).update(theme_source="unsure")
    client = client_of(trainer)
    client.cookies["django_language"] = "en"
    page = client.get(QUEUE).content.decode()
    assert "All answered." in page
    assert '<a href="?state=unsure">1 question needs its theme said</a>' in page
    assert "All answered." not in client.get(QUEUE, {"q": "nothing"}).content.decode()


def test_the_filter_of_themes_holds_only_those_somebody_asked_about(asker: Learner, trainer: Any) -> None:
    row = ask(asker, "鸡蛋怎么寄？")
    answering.set_theme(question=row, theme=Theme.objects.get(code="livestream"), by=trainer)
    page = client_of(trainer).get(QUEUE).content.decode()
    chosen = re.findall(r'href="\?theme__id__exact=(\d+)"', page)
    assert chosen == [str(Theme.objects.get(code="livestream").pk)]


def test_every_cell_of_the_queue_has_the_name_of_its_column_and_an_empty_one_is_marked(
    asker: Learner, trainer: Any
) -> None:
    row, client = ask(asker, "那个咋弄"), client_of(trainer)
    client.cookies["django_language"] = "en"

    def cells() -> dict[str, str]:
        page = client.get(QUEUE).content.decode()
        found = re.findall(r'<td class="([^"]*)" data-th="([^"]+)">', page.split("<tbody>")[1])
        assert len(found) == page.split("<tbody>")[1].count("<td")
        return {name: kinds for kinds, name in found}

    assert list(cells()) == ["Due", "Theme", "Writing", "Lesson", "Who reads it"]
    assert [name for name, kinds in cells().items() if "none" in kinds.split()] == [
        "Theme",
        "Writing",
        "Lesson",
    ]
    answering.claim(question=row, by=trainer)
    assert "none" not in cells()["Writing"].split()


def test_who_reads_it_is_said_in_words(asker: Learner, trainer: Any) -> None:
    ask(asker, "鸡蛋怎么寄？")
    client = client_of(trainer)
    client.cookies["django_language"] = "en"
    page = client.get(QUEUE).content.decode()
    assert "only the asker" in page
    assert "icon-no" not in page


# --- themes ------------------------------------------------------------------------------------------------


def test_a_clear_question_is_classed_and_an_unclear_one_waits_with_three_chips(
    asker: Learner, trainer: Any
) -> None:
    clear, unclear = ask(asker, "快递把我的鸡蛋摔碎了，找快递公司怎么赔"), ask(asker, "那个弄了半天不行咋整")
    for row in (clear, unclear):
        tasks.classify_question(row.pk)
        tasks.classify_question(row.pk)  # a task may run twice
        row.refresh_from_db()
    assert clear.theme_source == "engine"
    assert clear.theme.code in clear.top_codes
    assert (unclear.theme, unclear.theme_source) == (None, "unsure")
    page = client_of(trainer).get(f"{QUEUE}{unclear.pk}/change/").content.decode()
    assert re.findall(r'name="_theme" value="(\w+)"', page) == unclear.top_codes
    assert len(unclear.top_codes) == 3


def test_one_tap_corrects_the_theme_and_becomes_an_example(asker: Learner, trainer: Any) -> None:
    row = ask(asker, "那个弄了半天不行咋整")
    tasks.classify_question(row.pk)
    row.refresh_from_db()
    chosen = row.top_codes[1]
    press(client_of(trainer), row, "_theme", value=chosen)
    row.refresh_from_db()
    example = TrainingExample.objects.get()
    assert (row.theme.code, row.theme_source) == (chosen, "person")
    assert (example.question, example.theme.code, example.guessed, example.said_by) == (
        row, chosen, row.top_codes[0], trainer,
    )  # fmt: skip
    tasks.classify_question(row.pk)  # what a person said stays
    row.refresh_from_db()
    assert (row.theme.code, row.theme_source) == (chosen, "person")


def test_a_form_opened_before_a_correction_does_not_undo_it(
    asker: Learner, trainer: Any, colleague: Any
) -> None:
    row, other = ask(asker, "鸡蛋怎么寄？"), client_of(colleague)
    opened = form_of(other, row)
    theme = Theme.objects.get(code="pricing_cost")
    answering.set_theme(question=row, theme=theme, by=trainer)
    other.post(f"{QUEUE}{row.pk}/change/", opened | {"_claim": "1"})
    row.refresh_from_db()
    assert (row.theme, row.claimed_by) == (theme, colleague)
    assert TrainingExample.objects.get().said_by == trainer


def test_the_list_of_all_themes_corrects_too(asker: Learner, trainer: Any) -> None:
    row, theme = ask(asker, "鸡蛋怎么寄？"), Theme.objects.get(code="livestream")
    answer(client_of(trainer), row, theme=theme.pk)
    row.refresh_from_db()
    assert (row.theme, row.theme_source) == (theme, "person")


def test_a_lost_worker_leaves_a_question_to_the_sweeper(asker: Learner) -> None:
    row = ask(asker, "快递把我的鸡蛋摔碎了，找快递公司怎么赔")
    assert row.theme_source == ""
    assert classify.waiting_questions() == []  # a worker may be at it
    age(row, 1)
    tasks.sweep()
    row.refresh_from_db()
    assert row.theme_source in ("engine", "unsure")


def test_one_question_that_fails_keeps_no_other_waiting(
    asker: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = ask(asker, "坏的"), ask(asker, "好的")
    done = []

    def broken_once(*, question_id: int) -> None:
        if question_id == bad.pk:
            raise RuntimeError("broken")
        done.append(question_id)

    for row in (bad, good):
        age(row, 1)
    monkeypatch.setattr(classify, "classify_question", broken_once)
    tasks.sweep()
    assert done == [good.pk]


def test_an_answer_goes_to_the_draft_of_its_themes_page_once_and_without_numbers(
    asker: Learner, trainer: Any
) -> None:
    row, client = ask(asker, "鸡蛋怎么寄？我电话 13912345678"), client_of(trainer)
    answer(client, row, to_theme_page="on")
    assert not AnswerEntry.objects.exists()  # no theme yet: the form says so
    theme = Theme.objects.get(code="logistics_packaging")
    for _time in range(2):
        answer(client, row, to_theme_page="on", theme=theme.pk)
    entry = AnswerEntry.objects.get()
    assert AnswerModule.objects.get().theme == theme
    assert (entry.question_zh, entry.answer_zh) == ("鸡蛋怎么寄？我电话 ***", "用蛋托。")
    assert list(entry.sources.all()) == [row]
