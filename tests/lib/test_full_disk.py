"""The disk is full: nothing can be written, and who wants to sign in or to find a lesson is answered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import OperationalError, connection
from django.test import Client

from courses.models import SearchQuery
from learners.people.guests import learner_of
from mooc.accounts.models import LoginCode, TextMessage, User

pytestmark = pytest.mark.django_db(transaction=True)
HERE = {"Sec-Fetch-Site": "same-origin"}
WRITES = ("INSERT", "UPDATE", "DELETE")
PASSWORD = "rural-2026"  # of people of this test


@contextmanager
def full_disk() -> Iterator[list[str]]:
    """What PostgreSQL and SQLite answer to every write; gives what was tried."""
    tried: list[str] = []

    def refuse(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.lstrip().upper().startswith(WRITES):
            tried.append(sql)
            raise OperationalError("database or disk is full")
        return execute(sql, *rest)

    with connection.execute_wrapper(refuse):
        yield tried


@pytest.fixture
def wang(make_user: Any) -> User:
    user: User = make_user("wang", password=PASSWORD, phone="13800000001")
    learner_of(user)
    return user


def sign_in(client: Client, password: str = PASSWORD) -> Any:
    return client.post("/accounts/login/", {"login": "wang", "password": password}, headers=HERE)


def signed_in(client: Client) -> bool:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    kept = client.cookies.get(settings.SESSION_COOKIE_NAME)
    return bool(kept and kept.value and store(kept.value).get("_auth_user_id"))


def test_who_signs_in_on_a_full_disk_is_signed_in_and_signs_out(wang: User) -> None:
    client, before = Client(), wang.last_login
    with full_disk() as tried:
        assert client.get("/accounts/login/").status_code == 200
        assert sign_in(client, "wrong").status_code == 400
        assert not signed_in(client)
        assert sign_in(client).status_code == 302
        assert tried
        assert signed_in(client)
        assert client.get("/me/privacy/").status_code == 200
        assert client.post("/accounts/logout/", headers=HERE).status_code < 500
        assert not signed_in(client)
    wang.refresh_from_db()
    assert wang.last_login == before


def test_once_there_is_room_again_the_session_is_written(wang: User) -> None:
    client = Client()
    with full_disk():
        sign_in(client)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    session = client.session
    session["later"] = 1
    session.save()
    assert signed_in(client)
    rows = import_module("django.contrib.sessions.backends.db").SessionStore(key)
    assert (rows.get("_auth_user_id"), rows.get("later")) == (str(wang.pk), 1)


def test_whoever_signs_out_on_a_full_disk_is_out(wang: User) -> None:
    client = Client()
    sign_in(client)
    was = client.cookies[settings.SESSION_COOKIE_NAME].value
    with full_disk():
        client.post("/accounts/logout/", headers=HERE)
        assert not import_module(settings.SESSION_ENGINE).SessionStore(was).get("_auth_user_id")


def test_a_password_that_would_be_hashed_anew_fits_as_it_is(wang: User, settings: Any) -> None:
    names = ("MD5PasswordHasher", "PBKDF2PasswordHasher")
    settings.PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{name}" for name in names]
    old = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1000)
    User.objects.filter(pk=wang.pk).update(password=old)
    with full_disk():
        assert sign_in(Client()).status_code == 302
        assert sign_in(Client(), "wrong").status_code == 400
    assert User.objects.get(pk=wang.pk).password == old


def test_codes_say_so_and_nothing_is_sent(wang: User) -> None:
    client = Client()
    with full_disk():
        answer = client.post(
            "/accounts/code/send/", {"phone": wang.phone}, headers=HERE | {"Accept-Language": "en"}
        )
    assert answer.status_code == 400
    assert "Sign in with your password" in answer.content.decode()
    assert LoginCode.objects.count() == TextMessage.objects.count() == 0


@pytest.mark.usefixtures("curriculum")
def test_search_finds_though_it_cannot_be_written_down() -> None:
    with full_disk() as tried:
        found = Client().get("/search/?q=窗边拍照")
        assert tried
    assert found.status_code == 200
    assert 'href="/lessons/borrow-the-window/"' in found.content.decode()
    assert Client().get("/lessons/borrow-the-window/").status_code == 200
    assert SearchQuery.objects.count() == 0
    Client().get("/search/?q=窗边拍照")
    assert SearchQuery.objects.count() == 1


@pytest.mark.usefixtures("curriculum")
def test_a_hit_opens_though_it_cannot_be_written_down() -> None:
    signed = Client().get("/search/?q=窗边拍照").context["signed"]
    with full_disk() as tried:
        answer = Client().get(f"/search/open/{signed}/borrow-the-window/")
        assert tried
    assert (answer.status_code, answer["Location"]) == (302, "/lessons/borrow-the-window/")
    assert SearchQuery.objects.get().opened is None
