"""What was typed stands again: signed in or out in another tab, session over, a token of before."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from courses.models import Module
from feedback.models import ContentReport, Question, Reply
from learners import guests
from learners.models import Learner, LessonProgress
from tests.acts import HERE, hidden, post
from tests.test_phones import name

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


def test_read_to_the_end_while_the_module_is_withdrawn_is_noted() -> None:
    Module.objects.filter(slug="window-light").update(published=None)
    client = Client()
    answer = post(client, "/lessons/borrow-the-window/done/")
    assert answer.status_code == 200
    assert LessonProgress.objects.get().done_at is not None
    assert post(client, "/lessons/never-there/done/").status_code == 404
    assert LessonProgress.objects.count() == 1
