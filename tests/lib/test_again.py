"""What was typed stands again: signed in or out in another tab, session over, a token of before."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.test import Client
from django.utils import timezone

from assessments.models import Option, Quiz, Response
from assessments.quiz.asked import asked_quiz
from courses.models import Module
from feedback.models import ContentReport, Question, Reaction, Reply
from learners.models import Enrolment, Learner, LessonProgress
from learners.people import guests
from tests.acts import HERE, hidden, post
from tests.asking import answered, ask
from tests.learners.test_phones import name

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
TYPED = "打了很久的字 <b>&"


@pytest.fixture
def strict() -> Client:
    return Client(enforce_csrf_checks=True)


def send_again(client: Client, html: str, path: str, **fields: Any) -> Any:
    token = hidden(html, "csrfmiddlewaretoken")
    return post(client, path, {"csrfmiddlewaretoken": token, "text": TYPED, **fields})


def test_a_guests_page_sent_after_signing_in_elsewhere_stands_again(strict: Client, make_user: Any) -> None:
    strict.force_login(make_user("guixiang"))
    identifier = name()
    sent = {"id": identifier, "text": TYPED, "none": "1"}
    refused = post(strict, "/questions/ask/", sent)
    html = refused.content.decode()
    assert refused.status_code == 400
    assert "打了很久的字 &lt;b&gt;&amp;</textarea>" in html
    assert "Guixiang" in html  # whose it will be
    assert not Question.objects.exists()
    assert send_again(strict, html, "/questions/ask/", id=hidden(html, "id"), none="1").status_code == 302
    assert Question.objects.get().learner.user.username == "guixiang"


def test_a_token_of_an_older_session_does_not_lose_the_text(strict: Client, make_user: Any) -> None:
    user = make_user("guixiang")
    strict.force_login(user)
    old = hidden(strict.get("/questions/ask/").content.decode(), "csrfmiddlewaretoken")
    strict.cookies.pop(settings.CSRF_COOKIE_NAME)
    strict.force_login(user)
    strict.get("/questions/ask/")
    for subject in ("wish", "complaint"):
        sent = {"id": name(), "text": TYPED, "csrfmiddlewaretoken": old}
        html = post(strict, f"/feedback/{subject}/", sent).content.decode()
        assert old not in html
        assert send_again(strict, html, f"/feedback/{subject}/", id=sent["id"]).status_code == 200
    assert ContentReport.objects.filter(text="打了很久的字 <b>&").count() == 2


def test_a_session_that_is_over_does_not_lose_an_answer_to_a_neighbour(make_user: Any) -> None:
    client, asker = Client(), Learner.objects.create()
    question = Question.objects.create(
        learner=asker, text="用什么灯", answer="窗边", answered_at=timezone.now(), held=False
    )
    refused = post(client, f"/questions/{question.pk}/reply/", {"id": name(), "text": TYPED})
    html = refused.content.decode()
    assert "打了很久的字 &lt;b&gt;" in html
    assert "/accounts/login/" in html
    assert not Reply.objects.exists()
    client.force_login(make_user("guixiang"))
    assert (
        send_again(client, html, f"/questions/{question.pk}/reply/", id=hidden(html, "id")).status_code == 302
    )
    assert Reply.objects.get().text == TYPED


def test_a_session_that_is_over_while_asking_stores_for_the_guest_of_this_phone(make_user: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("guixiang"))
    token = hidden(client.get("/questions/ask/").content.decode(), "csrfmiddlewaretoken")
    client.cookies.pop(settings.SESSION_COOKIE_NAME)
    sent = {"id": name(), "text": TYPED, "none": "1", "csrfmiddlewaretoken": token}
    assert post(client, "/questions/ask/", sent).status_code == 302
    assert Question.objects.get().learner.is_guest


@pytest.mark.parametrize("site", ["same-site", "cross-site", "none"])
def test_what_another_site_sends_is_not_put_into_a_form(strict: Client, make_user: Any, site: str) -> None:
    strict.force_login(make_user("guixiang"))
    sent = {"id": name(), "text": TYPED, "none": "1"}
    answer = strict.post("/questions/ask/", sent, HTTP_SEC_FETCH_SITE=site)
    assert answer.status_code == 400
    assert "打了很久的字" not in answer.content.decode()
    assert not Question.objects.exists()


def test_a_password_is_never_shown_again(strict: Client, make_user: Any) -> None:
    make_user("guixiang")
    answer = post(strict, "/accounts/login/", {"login": "guixiang", "password": "rural-2026"})
    assert answer.status_code == 400
    assert "rural-2026" not in answer.content.decode()


def test_a_chosen_file_has_its_field_again(strict: Client, make_user: Any) -> None:
    strict.force_login(make_user("guixiang"))
    picture = SimpleUploadedFile("a.jpg", b"x", "image/jpeg")
    sent = {"id": name(), "text": TYPED, "picture": picture}
    html = strict.post("/feedback/wish/", sent, **HERE).content.decode()
    assert re.search(r'<input[^>]*type="file"[^>]*name="picture"', html)
    assert 'enctype="multipart/form-data"' in html


def test_two_taps_on_a_form_without_a_script_are_one_person() -> None:
    html = Client().get("/questions/ask/").content.decode()
    sent = {
        "id": hidden(html, "id"),
        "phone_name": hidden(html, "phone_name"),
        "text": "山羊怎么挂耳标",
        "none": "1",
    }
    cookies = []
    for _tap in range(2):
        client = Client()
        assert post(client, "/questions/ask/", sent).status_code == 302
        cookies.append(client.cookies[guests.COOKIE].value)
    assert cookies[0] == cookies[1]
    assert Question.objects.count() == Learner.objects.count() == 1


def test_two_taps_below_a_question_without_script_and_cookie_are_one_phone(make_user: Any) -> None:
    question = answered(
        guests.learner_of(make_user("asker")), "山羊怎么挂耳标", "用耳标钳。", make_user("teacher")
    )
    Question.objects.filter(pk=question.pk).update(held=False)
    before = Learner.objects.count()
    html = Client().get(f"/questions/{question.pk}/").content.decode()
    for path, fields in (("solved", {}), ("report", {"reason": "advert"})):
        form = html.split(f'action="/questions/{question.pk}/{path}/"')[1].split("</form>")[0]
        sent = {"phone_name": hidden(form, "phone_name")} | fields
        for _tap in range(2):
            assert post(Client(), f"/questions/{question.pk}/{path}/", sent).status_code == 200
    assert Learner.objects.count() == before + 1


def test_read_to_the_end_while_the_module_is_withdrawn_is_noted() -> None:
    Module.objects.filter(slug="window-light").update(published=None)
    client = Client()
    answer = post(client, "/lessons/borrow-the-window/done/")
    assert answer.status_code == 200
    assert LessonProgress.objects.get().done_at is not None
    assert post(client, "/lessons/never-there/done/").status_code == 404
    assert LessonProgress.objects.count() == 1


# --- online, without script, while the course is taken back for an hour -----------------------------------------


def taken_back() -> Module:
    Module.objects.filter(slug="window-light").update(published=None)
    return Module.objects.get(slug="window-light")


def test_a_quiz_answer_while_the_module_is_withdrawn_is_stored_and_counts() -> None:
    client, quiz = Client(), Quiz.objects.get(module__slug="window-light")
    page = client.get(f"/quizzes/{quiz.pk}/").content.decode()
    code = hidden(page, "item")
    right = [option.pk for option in Option.objects.filter(item__code=code) if option.right]
    sent = {"attempt": hidden(page, "attempt"), "item": code, "choice": right}
    published = Module.objects.get(slug="window-light").published_id
    taken_back()
    answer = post(client, f"/quizzes/{quiz.pk}/answer/", sent)
    assert answer.status_code == 200
    assert "收到你的答案了" in answer.content.decode()
    assert post(client, f"/quizzes/{quiz.pk}/answer/", sent).status_code == 200
    assert client.get(f"/quizzes/{quiz.pk}/").status_code == 404
    stored = Response.objects.get()
    assert (stored.item.code, stored.right) == (code, True)
    Module.objects.filter(slug="window-light").update(published=published)
    assert hidden(client.get(f"/quizzes/{quiz.pk}/").content.decode(), "item") != code  # the try goes on


def test_a_quiz_nobody_has_ever_seen_takes_no_answer() -> None:
    module = Module.objects.get(slug="window-light")
    module.pk, module.code, module.slug, module.published, module.draft = (
        None,
        "T99",
        "never-seen",
        None,
        None,
    )
    module.save(force_insert=True)
    quiz, _made = Quiz.objects.get_or_create(module=module)
    with pytest.raises(Http404):
        asked_quiz(quiz.pk, withdrawn=True)


def test_what_is_said_about_a_withdrawn_lesson_is_stored_as_about_it(client: Client, make_user: Any) -> None:
    user = make_user("guixiang")
    client.force_login(user)
    module, lesson = taken_back(), "borrow-the-window"
    Enrolment.objects.create(learner=guests.learner_of(user), module=module, completed_at=timezone.now())
    face = post(client, f"/feedback/face/{module.slug}/", {"face": "3", "id": name()})
    assert face.status_code == 200
    assert "收到了" in face.content.decode()
    asked = {"text": "窗户朝北怎么办？", "lesson": lesson, "none": "1"}
    assert post(client, "/questions/ask/", asked).status_code == 302
    said = {"kind": "wrong", "text": "写错了", "lesson": lesson}
    assert post(client, "/feedback/report/", said).status_code == 200
    assert Question.objects.get().lesson.slug == ContentReport.objects.get().lesson.slug == lesson
    assert Reaction.objects.get().face == 3


def test_a_reply_to_a_question_that_was_hidden_meanwhile_stands_to_be_copied(
    client: Client, make_user: Any
) -> None:
    question = ask(guests.learner_of(make_user("asker")), "山羊怎么挂耳标")
    client.force_login(make_user("neighbour"))
    answer = post(client, f"/questions/{question.pk}/reply/", {"text": "用耳标钳，<b>慢慢来</b>"})
    assert answer.status_code == 404  # held: only its asker sees it
    assert "用耳标钳，&lt;b&gt;慢慢来" in answer.content.decode()
    assert not Reply.objects.exists()
