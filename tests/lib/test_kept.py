"""What a form was answered with can be looked at again: the switches in the header lead back by GET, and
what was typed, the error and the answer stand there. Nothing is posted a second time."""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from assessments.evaluation.models import EvaluationReport
from assessments.models import Quiz, ReviewCard
from feedback.models import ContentReport, Question, Reply
from learners.models import Cohort, Learner, LearningRecord
from learners.people.guests import learner_of
from mooc.accounts.models import TextMessage, User
from mooc.lib.privacy import evidence

from ..acts import HERE, post, take_quiz
from ..asking import answered
from ..site.test_access import ROLES, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
SLUG, LESSON = "window-light", "borrow-the-window"


def switch(client: Client, answer: Any) -> list[str]:
    """Tap "Large" and then the other language on the page of an answer; what each shows."""
    shown = []
    for number in (0, 1):
        found = re.findall(r'href="(/prefs/\?[^"]*)"', answer.content.decode())
        answer = client.get(html.unescape(found[number]), follow=True)
        assert answer.status_code == 200, (found[number], answer.status_code)
        shown.append(html.unescape(answer.content.decode()))
    assert 'class="elder"' in shown[1]
    assert 'lang="en"' in shown[1]
    return shown


def in_chinese(client: Client) -> Client:
    client.cookies["django_language"], client.cookies["elder"] = "zh-hans", ""
    return client


def paths(patterns: Any, before: str = "") -> list[str]:
    """Every address of the site, but for the desk and the API."""
    found = []
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver) and not path.startswith(("admin/", "api/")):
            found += paths(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            found.append(path)
    return found


def filled(path: str, values: dict[str, str]) -> str:
    """A route with something in its places."""
    plain = re.sub(r"\(\?P<kind>[^)]*\)", "json", path).replace("^", "").replace("\\", "").rstrip("$")
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda place: values[place[1]], plain)


@pytest.mark.parametrize("role", ROLES)
def test_no_address_answers_a_get_with_405(role: str, people: dict[str, Any]) -> None:
    """Whatever page the browser shows, its address leads to a page."""
    values = {
        "slug": SLUG, "pk": str(Quiz.objects.get(module__slug=SLUG).pk), "code": "NONE", "signed": "x",
        "name": "m/x.svg", "kind": "json", "attempt": str(uuid.uuid4()), "learner": "1", "id": "1", "theme": "x",
    }  # fmt: skip
    client = client_of(role, people)
    found = paths(get_resolver().url_patterns)
    assert len(found) > 60
    for path in found:
        if role != "guest" and "logout" in path:
            continue
        answer = client.get(filled(path, values))
        assert answer.status_code != 405, path


def test_an_address_of_posts_leads_to_the_page_of_its_form(client: Client) -> None:
    for path, page in {
        f"/lessons/{LESSON}/done/": f"/lessons/{LESSON}/", f"/lessons/{LESSON}/acts/": f"/lessons/{LESSON}/",
        "/accounts/code/send/?next=/me/": "/accounts/login/?next=/me/", "/accounts/logout/": "/accounts/switch/",
        "/quizzes/5/answer/": "/quizzes/5/", "/me/review/5/answer/": "/me/review/5/",
        "/questions/5/reply/": "/questions/5/", "/questions/5/solved/": "/questions/5/",
        "/questions/5/report/": "/questions/5/", "/feedback/face/x/": "/modules/x/", "/me/code/make/": "/me/",
        "/me/privacy/delete/": "/me/privacy/", "/supervision/count/": "/supervision/",
        "/supervision/reports/5/cancel/": "/supervision/reports/5/",
        "/supervision/reports/5/again/": "/supervision/reports/5/",
    }.items():  # fmt: skip
        answer = client.get(path)
        assert (answer.status_code, unquote(answer["Location"])) == (302, page), path
        assert client.put(path, **HERE).status_code in (400, 403, 405), path
    assert not Learner.objects.exists()


def test_a_mistyped_number_stands_with_its_error_in_the_other_language(client: Client) -> None:
    answer = post(in_chinese(client), "/accounts/code/send/", {"phone": "138 0000", "next": "/me/"})
    assert answer.status_code == 400
    large, english = switch(client, answer)
    assert 'value="138 0000"' in large
    assert "11 位" in large
    assert 'value="138 0000"' in english
    assert "A mobile number has 11 digits" in english
    assert 'name="next" value="/me/"' in english
    assert not TextMessage.objects.exists()


def test_a_name_stands_a_password_never_and_no_try_is_counted(client: Client, people: dict[str, Any]) -> None:
    answer = post(in_chinese(client), "/accounts/login/", {"login": "learner", "password": "wrong-Geheim"})
    large, english = switch(client, answer)
    for shown in (large, english):
        assert 'value="learner"' in shown
        assert "wrong-Geheim" not in shown
    assert "Name and password do not fit" in english
    assert "This field is required" not in english
    assert "wrong-Geheim" not in repr([cache.get(key.split(":", 2)[2]) for key in kept_names()])
    for _ in range(12):  # looking again is not another wrong try
        switch(client, answer)
    assert post(client, "/accounts/login/", {"login": "learner", "password": "rural-2026"}).status_code == 302


def kept_names() -> list[str]:
    store = getattr(cache, "_cache", None)
    return [key for key in store if ":kept:" in key] if isinstance(store, dict) else []


def test_a_code_is_never_kept_its_error_is(client: Client) -> None:
    post(in_chinese(client), "/accounts/code/send/", {"phone": "13800000009"})
    answer = post(client, "/accounts/code/", {"code": "98765"})
    large, english = switch(client, answer)
    assert "98765" not in large + english
    assert "The message has 6 digits" in english


def test_a_name_that_is_taken_stands_with_what_else_was_filled_in(
    client: Client, people: dict[str, Any]
) -> None:
    form = {"name": "learner", "password": "a-long-one-2026", "birth_year": "1975", "consent": "on"}
    large, english = switch(client, post(in_chinese(client), "/accounts/join/", form))
    for shown in (large, english):
        assert 'value="learner"' in shown
        assert "1975" in shown
        assert "a-long-one-2026" not in shown
    assert "This name is taken" in english
    assert User.objects.count() == len(people)


ASKED = "我家的脐橙怎么拍照才好看"


def test_a_refused_question_stands_as_typed(client: Client) -> None:
    answer = post(in_chinese(client), "/questions/ask/", {"text": "橙" * 1001, "lesson": LESSON, "none": "1"})
    large, english = switch(client, answer)
    for shown in (large, english):
        assert "橙" * 1001 in shown
        assert f'name="lesson" value="{LESSON}"' in shown
    assert "Say it in 1000 letters or fewer" in english
    assert not Question.objects.exists()


def test_answers_that_were_offered_are_offered_still(client: Client, people: dict[str, Any]) -> None:
    known = answered(learner_of(people["learner"]), ASKED, "靠窗拍，光要软。", people["trainer"])
    answer = post(in_chinese(client), "/questions/ask/", {"text": ASKED})
    assert known.answer in answer.content.decode()
    for shown in switch(client, answer):
        assert known.answer in shown
        assert f">{ASKED}</textarea>" in shown
        assert 'name="none" value="1"' in shown
    assert Question.objects.count() == 1


@pytest.mark.parametrize("subject", ["wish", "complaint", "report"])
def test_words_to_us_stand_when_refused_and_thanks_stay_thanks(client: Client, subject: str) -> None:
    address, fields = f"/feedback/{subject}/", {"lesson": LESSON, "kind": "wrong", "id": str(uuid.uuid4())}
    refused = post(in_chinese(client), address, fields | {"text": "橙" * 1001})
    assert refused.status_code == 400
    for shown in switch(client, refused):
        assert "橙" * 1001 in shown
        assert f'name="id" value="{fields["id"]}"' in shown
    assert not ContentReport.objects.exists()
    thanks = post(in_chinese(client), address, fields | {"text": "字太小"})
    _large, english = switch(client, thanks)
    assert "We have it. Thank you" in english
    assert "Back to the lesson" in english
    assert ContentReport.objects.count() == 1


def test_a_neighbours_answer_stands_when_refused(client: Client, people: dict[str, Any]) -> None:
    question = answered(learner_of(people["helper"]), ASKED, "靠窗拍。", people["trainer"])
    client.force_login(people["learner"])
    answer = client.post(f"/questions/{question.pk}/reply/", {"text": "长" * 4001, "id": str(uuid.uuid4())})
    assert answer.status_code == 400
    for shown in switch(in_chinese(client), answer):
        assert "长" * 4001 in shown
    assert not Reply.objects.exists()


def test_a_card_that_was_answered_stays_explained(client: Client) -> None:
    quiz = Quiz.objects.get(module__slug=SLUG)
    take_quiz(client, quiz.pk, wrong=1)
    card = ReviewCard.objects.get()
    with evidence.writing("review_item"):
        ReviewCard.objects.update(due_at=timezone.now())
    wrong = card.item.options.filter(right=False).first()
    records = LearningRecord.objects.count()
    answer = post(
        in_chinese(client), f"/me/review/{card.pk}/answer/", {"choice": wrong.pk, "round": card.reviews}
    )
    _large, english = switch(client, answer)
    assert "Not quite. This is why" in english
    assert card.item.why_en in english
    assert LearningRecord.objects.count() == records + 1


def test_a_quiz_answer_without_a_choice_says_so_again(client: Client) -> None:
    quiz = Quiz.objects.get(module__slug=SLUG)
    page = client.get(f"/quizzes/{quiz.pk}/").content.decode()
    fields = dict(re.findall(r'name="(attempt|item)" value="([^"]*)"', page))
    answer = post(in_chinese(client), f"/quizzes/{quiz.pk}/answer/", fields)
    assert answer.status_code == 400
    _large, english = switch(client, answer)
    assert "Tap one of the answers." in english or "Tap the right answers first" in english
    assert fields["attempt"] in english


def test_a_progress_code_is_shown_again_the_same_and_the_word_to_delete_stands(client: Client) -> None:
    post(in_chinese(client), f"/lessons/{LESSON}/done/")
    answer = post(client, "/me/code/make/")
    code = re.search(r"\d{3} \d{3} \d{4}", answer.content.decode())
    assert code
    for shown in switch(client, answer):
        assert code[0] in shown
    answer = post(in_chinese(client), "/me/privacy/delete/", {"word": "delet"})
    _large, english = switch(client, answer)
    assert 'value="delet"' in english
    assert "Nothing was deleted" in english
    assert Learner.objects.count() == 1
    gone = post(in_chinese(client), "/me/privacy/delete/", {"word": "delete"})
    _large, english = switch(client, gone)
    assert "All deleted" in english
    assert not Learner.objects.exists()
    refused = post(in_chinese(client), "/me/code/", {"code": "12"})
    _large, english = switch(client, refused)
    assert "The code has 10 digits" in english


def test_signed_out_stays_said(client: Client, people: dict[str, Any]) -> None:
    client.force_login(people["learner"])
    answer = in_chinese(client).post("/accounts/logout/")
    _large, english = switch(client, answer)
    assert "You are signed out" in english


def test_forms_of_helpers_and_supervisors_stand_too(
    client: Client, people: dict[str, Any], regions: dict[str, Any]
) -> None:
    client.force_login(people["helper"])
    answer = in_chinese(client).post(
        "/classes/", {"title": "赶街班", "starts_on": "x", "ends_on": "2027-01-01"}
    )
    for shown in switch(client, answer):
        assert 'value="赶街班"' in shown
        assert 'class="error"' in shown
    assert not Cohort.objects.exists()
    client.force_login(people["supervisor"])
    learner = learner_of(people["learner"])
    Learner.objects.filter(pk=learner.pk).update(region=regions["county"])
    answer = in_chinese(client).post(f"/supervision/learners/{learner.pk}/", {"note": "去过家里"})
    assert answer.status_code == 400
    _large, english = switch(client, answer)
    assert "去过家里" in english
    assert "Say what you did" in english
    answer = in_chinese(client).post("/supervision/reports/", {"what": "nothing:1"})
    assert answer.status_code == 400
    switch(client, answer)
    assert not EvaluationReport.objects.exists()


def test_what_was_typed_is_another_accounts_never(client: Client, people: dict[str, Any]) -> None:
    client.force_login(people["helper"])
    answer = in_chinese(client).post("/classes/", {"title": "赶街班"})
    address = html.unescape(re.findall(r'href="(/prefs/\?[^"]*)"', answer.content.decode())[0])
    other = Client()
    other.force_login(people["trainer"])
    assert "赶街班" not in other.get(address, follow=True).content.decode()
    assert "赶街班" in client.get(address, follow=True).content.decode()
    cache.clear()  # half an hour later, or the cache lost it: the form, empty
    page = client.get(address, follow=True)
    assert page.status_code == 200
    assert "赶街班" not in page.content.decode()


def test_after_too_long_open_what_was_typed_stands_after_a_switch_too(people: dict[str, Any]) -> None:
    """The token is an old one: nothing is done, and the words stand on the answer and behind its switches."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["learner"])
    answer = in_chinese(client).post("/questions/ask/", {"text": ASKED, "csrfmiddlewaretoken": "old"}, **HERE)
    assert answer.status_code == 400
    assert ASKED in answer.content.decode()
    for shown in switch(client, answer):
        assert ASKED in shown
    assert not Question.objects.exists()


def test_whoever_joins_a_class_is_told_so(
    client: Client, people: dict[str, Any], regions: dict[str, Any]
) -> None:
    today = timezone.localdate()
    cohort = Cohort.objects.create(
        title="新班",
        region=regions["village"],
        trainer=people["helper"],
        starts_on=today,
        ends_on=today,
        code="ABCD2345",
    )
    client.force_login(people["learner"])
    answer = in_chinese(client).post(f"/join/{cohort.code}/", follow=True)
    assert "新班" in answer.content.decode()
    assert "你已经在这个班了" in answer.content.decode()


def test_a_refusal_without_a_form_is_said_again(
    client: Client, people: dict[str, Any], regions: dict[str, Any]
) -> None:
    cohort = Cohort.objects.create(
        title="旧班", region=regions["village"], trainer=people["helper"],
        starts_on="2026-01-01", ends_on="2026-01-02", code="ABCD2345",
    )  # fmt: skip
    client.force_login(people["learner"])
    answer = in_chinese(client).post(f"/join/{cohort.code}/")
    assert answer.status_code == 400
    _large, english = switch(client, answer)
    assert "This class is closed" in english
    assert cohort.members.count() == 0


def test_a_long_body_of_a_guest_is_not_kept(client: Client) -> None:
    """Strangers cannot fill the memory: the page comes, the words beyond the bound do not."""
    before: Callable[[], int] = lambda: sum(len(str(value)) for value in kept_names())  # noqa: E731
    answer = post(client, "/questions/ask/", {"text": "橙" * 9000})
    address = html.unescape(re.findall(r'href="(/prefs/\?[^"]*)"', answer.content.decode())[0])
    page = client.get(address, follow=True)
    assert page.status_code == 200
    assert "橙橙" not in page.content.decode()
    assert before() < 1000
