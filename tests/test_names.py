"""Names and passwords: what looks the same is the same, and what nobody sees is no name."""

from __future__ import annotations

import importlib
import unicodedata
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from learners.models import Cohort, Learner
from mooc.accounts.models import User
from mooc.lib import names

PASSWORD = "rural-2026"
WIDE = str.maketrans({chr(n): chr(n + 0xFEE0) for n in range(0x21, 0x7F)})
UNSEEN = [
    "\u200b",
    "\u3164",
    "\u00ad",
    "\u2800",
    "\u0301",
    "·",
    "\u115f",
    "\uffa0",
    "\ufe0f",
    "\U000e0100",
    "\u2060",
]
ALIKE = [
    "李梅\u200b花A7", "李梅花Ａ７", "李梅花a7", "李梅花А7", " 李梅花A7 ", "李 梅花A7", "李梅花A7\ufe0f", "李梅花\u3164A7",
    "\u202e李梅花A7",
]  # fmt: skip


def join(name: str, password: str = "mountain-77") -> Client:
    client = Client()
    client.post("/accounts/join/", {"name": name, "password": password, "consent": "on"})
    return client


def sign_in(login: str, password: str) -> User | None:
    client = Client()
    client.post("/accounts/login/", {"login": login, "password": password})
    key = client.session.get("_auth_user_id")
    return User.objects.get(pk=key) if key else None


# --- the form ----------------------------------------------------------------------------------------------


@given(st.text(max_size=60))
def test_comparing_never_fails_and_comparing_again_changes_nothing(text: str) -> None:
    once = names.key(text)
    assert names.key(once) == once
    assert names.key(names.plain(text)) == once
    assert " " not in once


@pytest.mark.parametrize(
    ("one", "other"),
    [("José", unicodedata.normalize("NFD", "José")), ("买买提·艾山", "买买提•艾山"), ("O'Brien", "O’Brien"),
     ("王二力", "王ニカ"), ("⼀⼆", "一二"), ("İpek", "ipek"), ("ﾛ王", "口王")],
)  # fmt: skip
def test_what_looks_the_same_has_one_key(one: str, other: str) -> None:
    assert names.key(one) == names.key(other)


@pytest.mark.parametrize("pair", [("王小明", "王晓明"), ("李1", "李2"), ("wang", "wong"), ("𠮷野", "吉野")])
def test_what_looks_different_has_two(pair: tuple[str, str]) -> None:
    assert names.key(pair[0]) != names.key(pair[1])


def test_a_rare_form_of_a_character_stays_as_it_was_written() -> None:
    assert names.plain("葛\U000e0100城") == "葛\U000e0100城"
    assert names.key("葛\U000e0100城") == "葛城"


# --- accounts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", UNSEEN)
@pytest.mark.parametrize("path", ["/accounts/join/", "/accounts/new/"])
def test_a_name_has_a_letter_that_can_be_seen(db: None, sign: str, path: str) -> None:
    from mooc.accounts import services

    client = Client()
    client.cookies["signin"] = services.sign_phone("13805716021", "new")
    fields = {"name": sign * 5, "password": "mountain-77", "consent": "on"}
    answer = client.post(path, fields)
    assert (answer.status_code, list(answer.context["form"].errors)) == (400, ["name"])
    assert User.objects.count() == 0


@pytest.mark.parametrize("name", ALIKE)
def test_no_second_account_that_looks_the_same(db: None, name: str) -> None:
    join("李梅花A7")
    first = User.objects.get()
    answer = Client().post("/accounts/join/", {"name": name, "password": "other-2026", "consent": "on"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (400, ["name"])
    assert list(User.objects.all()) == [first]
    assert sign_in(name, "mountain-77") == first  # and whoever types it so is let in


def test_a_double_in_one_moment_is_refused_by_the_database(make_user: Any) -> None:
    make_user("李梅花A7")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_user("李梅花ａ７")
    assert User.objects.count() == 1


def test_a_name_that_is_changed_is_compared_anew(make_user: Any) -> None:
    user = make_user("wang")
    user.username = "Ｌi"
    user.save(update_fields=["username"])
    user.refresh_from_db()
    assert user.name_key == "li"
    assert User.objects.get_by_natural_key(" LI") == user


@pytest.mark.parametrize("sign", ["\u200b\u3164", "·"])
def test_the_desk_refuses_such_names_too(client: Client, people: Any, sign: str) -> None:
    client.force_login(people["operator"])
    fields = {
        "username": sign,
        "password1": "mountain-77",
        "password2": "mountain-77",
        "usable_password": "true",
    }
    assert b"errorlist" in client.post("/admin/accounts/user/add/", fields).content
    assert b"errorlist" in client.post("/admin/accounts/user/add/", fields | {"username": "ＬEARNER"}).content
    assert User.objects.count() == len(people)


def test_the_operator_can_save_an_account_whose_name_has_a_space(client: Client, people: Any) -> None:
    user = User.objects.create_user("王 大山", password=PASSWORD)
    client.force_login(people["operator"])
    page = client.get(f"/admin/accounts/user/{user.pk}/change/")
    fields = {k: v for k, v in page.context["adminform"].form.initial.items() if v and k != "password"}
    fields |= {"display_name": "王大山", "role_grants-TOTAL_FORMS": "0", "role_grants-INITIAL_FORMS": "0"}
    answer = client.post(f"/admin/accounts/user/{user.pk}/change/", fields)
    assert answer.status_code == 302, answer.context["errors"]
    assert User.objects.get(pk=user.pk).display_name == "王大山"


def test_a_class_has_a_name_that_can_be_seen(
    client: Client, people: Any, regions: Any, curriculum: None
) -> None:
    client.force_login(people["helper"])
    fields = {
        "title": "\u3164\u200b",
        "region": regions["village"].pk,
        "starts_on": "2026-11-01",
        "ends_on": "2099-01-01",
    }
    answer = client.post("/classes/", fields)
    assert "title" in answer.context["form"].errors
    assert Cohort.objects.count() == 0


def test_the_operators_tracks_have_titles_that_can_be_seen(
    client: Client, people: Any, curriculum: None
) -> None:
    client.force_login(people["operator"])
    fields = {
        "code": "Z",
        "slug": "z",
        "title_zh": "\u3164",
        "title_en": "\u2800",
        "text_zh": "x",
        "text_en": "x",
    }
    errors = client.post("/admin/courses/track/add/", fields).context["adminform"].form.errors
    assert {"title_zh", "title_en"} <= set(errors)


# --- passwords ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["abc１２３４５xyz", "ａｂｃ12345xyz", " abc12345xyz", "abc\u200b12345xyz", "abc12345xyz　"]
)
def test_a_password_is_the_same_on_every_keyboard(db: None, typed: str) -> None:
    join("王二力", "abc12345xyz")
    user = User.objects.get()
    assert sign_in("王二力", typed) == user
    assert sign_in("王二力", "ABC12345XYZ") is None  # capitals count
    join("王三力", typed)
    assert sign_in("王三力", "abc12345xyz") == User.objects.exclude(pk=user.pk).get()


@pytest.mark.parametrize(
    "password", ["１２３４５６７８", "ab1\u200b\u200b\u200b\u200b\u200b", "ｐａｓｓｗｏｒｄ"]
)
def test_a_new_password_is_judged_by_what_counts(client: Client, make_user: Any, password: str) -> None:
    join("王二力", password)
    assert User.objects.count() == 0
    user = make_user("wang")
    client.post("/accounts/login/", {"login": "wang", "password": PASSWORD})
    before = user.password
    fields = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    assert client.post("/accounts/password/change/", fields).status_code == 200
    user.refresh_from_db()
    assert user.password == before


def test_changing_a_password_takes_the_old_one_from_any_keyboard(client: Client, make_user: Any) -> None:
    user = make_user("wang")
    client.post("/accounts/login/", {"login": "wang", "password": PASSWORD})
    fields = {"oldpassword": PASSWORD.translate(WIDE), "password1": "mountain７７", "password2": "mountain77"}
    client.post("/accounts/password/change/", fields | {"password2": "mountain７７"})
    assert sign_in("wang", "mountain77") == user
    assert sign_in("wang", PASSWORD) is None


# --- accounts that are older than the rule ---------------------------------------------------------------------


def _as_before(pairs: dict[str, str]) -> list[User]:
    """Accounts as they were made before names were compared, told apart by the migration."""
    migration = importlib.import_module("mooc.accounts.migrations.0002_names_compared")
    users = []
    for place, (name, password) in enumerate(pairs.items()):
        user = User.objects.create(
            username=f"old{place}", password=make_password(password), display_name=name
        )
        User.objects.filter(pk=user.pk).update(username=name, name_key=f"? {place}")
        users.append(user)
    migration.make_keys(apps, None)
    return users


def test_old_accounts_that_look_alike_each_keep_their_own_way_in(db: None) -> None:
    first, second, third, unseen = _as_before(
        {
            "李梅花A7": "first-2026",
            "李梅花a7": "second-2026",
            "李梅花Ａ7": "third-2026",
            "\u3164\u3164": "fourth-2026",
        }
    )
    assert list(User.objects.order_by("pk").values_list("name_key", flat=True)) == [
        "李梅花a7", "李梅花a7 2", "李梅花a7 3", "",
    ]  # fmt: skip
    for user, password in ((first, "first-2026"), (second, "second-2026"), (third, "third-2026")):
        for name in ("李梅花A7", "李梅花a7", "李梅花Ａ7"):
            assert sign_in(name, password) == user
    assert sign_in("\u3164\u3164", "fourth-2026") == unseen
    second.refresh_from_db()
    second.display_name = "李梅花"
    second.save()  # writing it again keeps what tells it apart
    assert User.objects.get(pk=second.pk).name_key == "李梅花a7 2"
    join("李梅花A７", "fifth-2026")
    assert User.objects.count() == 4


def test_an_old_password_that_was_kept_letter_by_letter_still_opens(db: None) -> None:
    user = User.objects.create(username="wang", password=make_password("abc１２３４５xyz"))
    assert sign_in("wang", "abc１２３４５xyz") == user


def test_people_may_share_a_name_where_a_number_tells_them_apart(db: None) -> None:
    from mooc.accounts import services

    for number in ("13805716021", "13905716021"):
        services.make_account(name="张伟", phone=number, consent=True)
    assert User.objects.filter(display_name="张伟").count() == 2
    assert Learner.objects.count() == 0
