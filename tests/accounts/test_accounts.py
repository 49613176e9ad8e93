"""Signing up, in and out; codes, passwords, numbers, regions, the second step for staff."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from learners.models import Learner
from mooc.accounts import services, tasks
from mooc.accounts.data import RegionLevel
from mooc.accounts.models import LoginCode, PhoneChange, Region, RoleGrant, TextMessage, User
from mooc.accounts.sign_in import phones
from mooc.jobs.tasks import sweep
from mooc.lib.errors import DomainError, TooMany

PASSWORD = "rural-2026"
NUMBER = "13805716021"
NOW = dt.datetime(2026, 11, 20, 10, 0, tzinfo=dt.UTC)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> Callable[[str], str]:
    """``sent(number)``: the code in the newest message to a number, as its owner reads it."""

    def read(number: str) -> str:
        message = TextMessage.objects.filter(phone=number).latest("pk")
        return re.search(r"\d{6}", message.text).group()  # type: ignore[union-attr]

    monkeypatch.setattr(tasks.send_text, "apply_async", lambda **_options: None)  # the worker is elsewhere
    return read


def ask_code(client: Client, number: str = NUMBER, **more: str) -> Any:
    return client.post("/accounts/code/send/", {"phone": number, **more})


def sign_up(client: Client, sent: Callable[[str], str], number: str = NUMBER, **fields: str) -> Any:
    ask_code(client, number)
    client.post("/accounts/code/", {"code": sent(number)})
    return client.post("/accounts/new/", {"name": "李桂香", "consent": "on", **fields})


def signed_in(client: Client) -> User | None:
    key = client.session.get("_auth_user_id")
    return User.objects.get(pk=key) if key else None


# --- numbers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["13805716021", "138 0571 6021", "138-0571-6021", "+8613805716021", "+86 138 0571 6021", "008613805716021",
     "１３８０５７１６０２１", "（138）0571–6021", " 138\u30000571\u30006021 "],
)  # fmt: skip
def test_a_number_is_understood_as_people_type_it(typed: str) -> None:
    assert phones.normalise(typed) == NUMBER


@pytest.mark.parametrize(
    "typed", ["", "1380571602", "138057160211", "12805716021", "abc", "+1 2025550143", "٠" * 11]
)
def test_what_is_no_mobile_number_is_refused(typed: str) -> None:
    assert phones.normalise(typed) is None


@given(st.text(max_size=60))
def test_normalising_never_fails_and_gives_eleven_digits_or_nothing(typed: str) -> None:
    found = phones.normalise(typed)
    assert found is None or re.fullmatch(r"1[3-9][0-9]{9}", found)


# --- signing up and in by code ---------------------------------------------------------------------------


def test_a_new_number_becomes_an_account_after_name_and_consent(client: Client, db: None, sent: Any) -> None:
    answer = ask_code(client, "138 0571-6021")
    assert (answer.status_code, answer.url) == (302, "/accounts/code/")
    answer = client.post("/accounts/code/", {"code": sent(NUMBER)})
    assert answer.url == "/accounts/new/"
    assert User.objects.count() == 0
    answer = client.post("/accounts/new/", {"name": "李桂香", "consent": "on", "birth_year": "1975"})
    assert answer.url == "/me/welcome/"
    user = User.objects.get()
    assert (user.phone, user.phone_verified, user.display_name) == (NUMBER, True, "李桂香")
    assert user.consented_at is not None
    assert not user.has_usable_password()
    assert Learner.objects.get(user=user).birth_year == 1975
    assert signed_in(client) == user


def test_a_known_number_is_signed_in_by_its_code_and_goes_where_it_wanted(
    client: Client, make_user: Any, sent: Any
) -> None:
    user = make_user("wang", phone=NUMBER)
    assert ask_code(client, next="/me/privacy/").url == "/accounts/code/?next=%2Fme%2Fprivacy%2F"
    answer = client.post("/accounts/code/", {"code": f" {sent(NUMBER)} ", "next": "/me/privacy/"})
    assert answer.url == "/me/welcome/?next=%2Fme%2Fprivacy%2F"
    assert signed_in(client) == user
    user.refresh_from_db()
    assert user.phone_verified


def test_full_width_digits_are_a_code_too(client: Client, make_user: Any, sent: Any) -> None:
    user = make_user("wang", phone=NUMBER)
    ask_code(client)
    wide = "".join(chr(ord(ch) + 0xFEE0) for ch in sent(NUMBER))
    client.post("/accounts/code/", {"code": wide})
    assert signed_in(client) == user


def test_the_answer_is_the_same_whether_a_number_has_an_account(
    client: Client, make_user: Any, sent: Any
) -> None:
    make_user("wang", phone=NUMBER)
    known, new = ask_code(client, NUMBER), ask_code(Client(), "13905716021")
    assert (known.status_code, known.url) == (new.status_code, new.url)
    pages = [
        Client(headers={"cookie": f"signin={answer.cookies['signin'].value}"})
        .get(answer.url)
        .content.decode()
        for answer in (known, new)
    ]
    plain = [
        re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page).replace("139****6021", "138****6021")
        for page in pages
    ]
    assert plain[0] == plain[1]


def test_without_consent_nothing_is_kept(client: Client, db: None, sent: Any) -> None:
    answer = sign_up(client, sent, consent="")
    assert answer.status_code == 400
    assert "李桂香" in answer.content.decode()  # what was typed stays
    assert User.objects.count() == 0
    assert Learner.objects.count() == 0


def test_under_fourteen_a_guardian_agrees_too(client: Client, db: None, sent: Any) -> None:
    year = str(timezone.localdate().year - 12)
    refused = sign_up(client, sent, birth_year=year)
    assert refused.status_code == 400
    assert b'name="guardian"' in refused.content
    assert User.objects.count() == 0
    fields = {"name": "小军", "consent": "on", "birth_year": year, "guardian": "on"}
    assert client.post("/accounts/new/", fields).status_code == 302
    assert User.objects.get().guardian_consent


def test_nobody_is_asked_for_a_guardian_before_the_year_says_so(client: Client, db: None, sent: Any) -> None:
    assert b'name="guardian"' not in sign_up(client, sent, consent="").content


def test_a_double_tap_on_start_makes_one_account(client: Client, db: None, sent: Any) -> None:
    ask_code(client)
    client.post("/accounts/code/", {"code": sent(NUMBER)})
    second = Client()
    second.cookies = client.cookies.copy()
    fields = {"name": "李桂香", "consent": "on"}
    first, again = client.post("/accounts/new/", fields), second.post("/accounts/new/", fields)
    assert (first.status_code, again.status_code) == (302, 302)
    assert signed_in(client) == signed_in(second) == User.objects.get()


def test_a_code_works_once(client: Client, make_user: Any, sent: Any) -> None:
    make_user("wang", phone=NUMBER)
    ask_code(client)
    other = Client()
    other.cookies = client.cookies.copy()
    code = sent(NUMBER)
    client.post("/accounts/code/", {"code": code})
    assert other.post("/accounts/code/", {"code": code}).status_code == 400
    assert signed_in(other) is None


def test_a_code_is_good_for_ten_minutes(client: Client, make_user: Any, sent: Any) -> None:
    make_user("wang", phone=NUMBER)
    with time_machine.travel(NOW, tick=False) as clock:
        ask_code(client)
        clock.shift(dt.timedelta(minutes=10, seconds=1))
        assert client.post("/accounts/code/", {"code": sent(NUMBER)}).status_code == 400
    assert signed_in(client) is None


def test_five_wrong_tries_end_a_code(client: Client, make_user: Any, sent: Any) -> None:
    make_user("wang", phone=NUMBER)
    ask_code(client)
    right = sent(NUMBER)
    wrong = f"{(int(right) + 1) % 10**6:06}"
    for _try in range(5):
        assert client.post("/accounts/code/", {"code": wrong}).status_code == 400
    assert client.post("/accounts/code/", {"code": right}).status_code == 400
    assert signed_in(client) is None


@pytest.mark.parametrize("which", [0, 1])
def test_of_two_messages_under_way_either_code_signs_in_and_then_neither(
    client: Client, make_user: Any, sent: Any, which: int
) -> None:
    user = make_user("wang", phone=NUMBER)
    with time_machine.travel(NOW, tick=False) as clock:
        ask_code(client)
        codes = [sent(NUMBER)]
        clock.shift(70)
        client.post("/accounts/code/send/", {"again": "1"})
        codes.append(sent(NUMBER))
        client.post("/accounts/code/", {"code": codes[which]})
        assert signed_in(client) == user
        for code in codes:
            with pytest.raises(DomainError):
                services.check_code(phone=NUMBER, code=code)


def test_the_first_code_ends_after_its_own_ten_minutes(client: Client, make_user: Any, sent: Any) -> None:
    user = make_user("wang", phone=NUMBER)
    with time_machine.travel(NOW, tick=False) as clock:
        ask_code(client)
        first = sent(NUMBER)
        clock.shift(dt.timedelta(minutes=9))
        client.post("/accounts/code/send/", {"again": "1"})
        clock.shift(dt.timedelta(minutes=2))
        assert client.post("/accounts/code/", {"code": first}).status_code == 400
        assert signed_in(client) is None
        client.post("/accounts/code/", {"code": sent(NUMBER)})
    assert signed_in(client) == user


def test_two_codes_under_way_give_no_more_tries_than_one(db: None) -> None:
    def guess(code: str) -> str:
        with pytest.raises(DomainError) as error:
            services.check_code(phone=NUMBER, code=code)
        return error.value.code

    with time_machine.travel(NOW, tick=False) as clock:
        first = services.send_code(phone=NUMBER).text
        wrong = f"{(int(re.search(r'[0-9]{6}', first).group()) + 1) % 10**6:06}"  # type: ignore[union-attr]
        assert [guess(wrong) for _try in range(3)] == ["wrong"] * 3
        clock.shift(70)
        second = services.send_code(phone=NUMBER).text
        right = [re.search(r"[0-9]{6}", text).group() for text in (first, second)]  # type: ignore[union-attr]
        assert [guess(wrong) for _try in range(2)] == ["wrong"] * 2  # the fifth: the first code ends
        assert guess(right[0]) == "wrong"
        services.check_code(phone=NUMBER, code=right[1])  # the second had three of its five left
        assert sum(LoginCode.objects.values_list("tries", flat=True)) == 6


def test_too_short_a_code_is_not_counted_as_a_try(client: Client, make_user: Any, sent: Any) -> None:
    make_user("wang", phone=NUMBER)
    ask_code(client)
    answer = client.post("/accounts/code/", {"code": sent(NUMBER)[:5]})
    assert answer.status_code == 400
    assert f'value="{sent(NUMBER)[:5]}"' in answer.content.decode()
    assert LoginCode.objects.get().tries == 0


def test_one_number_gets_five_codes_an_hour_and_one_a_minute(db: None) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        services.send_code(phone=NUMBER)
        with pytest.raises(TooMany):
            services.send_code(phone=NUMBER)
        for _more in range(4):
            clock.shift(61)
            services.send_code(phone=NUMBER)
        clock.shift(61)
        with pytest.raises(TooMany):
            services.send_code(phone=NUMBER)
        assert LoginCode.objects.count() == TextMessage.objects.count() == 5
        services.send_code(phone="13905716021")  # others are not held up
        clock.shift(3600)
        services.send_code(phone=NUMBER)


def test_all_guessing_at_one_number_ends_after_25_tries_a_day(db: None) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        for _code in range(5):
            message = services.send_code(phone=NUMBER)
            right = re.search(r"\d{6}", message.text).group()  # type: ignore[union-attr]
            for _try in range(5):
                with pytest.raises(DomainError):
                    services.check_code(phone=NUMBER, code=f"{(int(right) + 7) % 10**6:06}")
            clock.shift(dt.timedelta(minutes=21))
        message = services.send_code(phone=NUMBER)
        right = re.search(r"\d{6}", message.text).group()  # type: ignore[union-attr]
        with pytest.raises(TooMany):
            services.check_code(phone=NUMBER, code=right)
        clock.shift(dt.timedelta(days=1))
        message = services.send_code(phone=NUMBER)
        services.check_code(phone=NUMBER, code=re.search(r"\d{6}", message.text).group())  # type: ignore[union-attr]


def test_send_it_again_needs_no_typing_and_says_when_it_is_too_early(
    client: Client, db: None, sent: Any
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        ask_code(client)
        answer = client.post("/accounts/code/send/", {"again": "1"})
        assert answer.url == "/accounts/code/?wait=1"
        assert "wait" in client.get(answer.url).context
        clock.shift(61)
        assert client.post("/accounts/code/send/", {"again": "1"}).url == "/accounts/code/"
    assert LoginCode.objects.filter(phone=NUMBER).count() == 2


def test_codes_are_kept_hashed_and_the_address_holds_no_number(client: Client, db: None, sent: Any) -> None:
    answer = ask_code(client)
    code = sent(NUMBER)
    assert code not in LoginCode.objects.get().code_hash
    assert NUMBER not in answer.url
    answer = client.post("/accounts/code/", {"code": code})
    assert NUMBER not in answer.url


def test_going_back_after_signing_out_lets_nobody_in(client: Client, db: None, sent: Any) -> None:
    sign_up(client, sent)
    client.post("/accounts/logout/")
    assert client.get("/accounts/new/").url == "/accounts/login/"
    assert client.post("/accounts/new/", {"name": "x", "consent": "on"}).url == "/accounts/login/"
    assert client.get("/accounts/code/").url == "/accounts/login/"
    assert signed_in(client) is None


def test_a_checked_number_of_one_step_does_not_serve_for_the_next(client: Client, make_user: Any) -> None:
    """Whoever only asked for a code cannot skip typing it."""
    make_user("wang", phone=NUMBER)
    client.cookies["signin"] = services.sign_phone(NUMBER, "code")
    assert client.post("/accounts/new/", {"name": "x", "consent": "on"}).url == "/accounts/login/"
    client.cookies["signin"] = "new:" + NUMBER
    assert client.post("/accounts/new/", {"name": "x", "consent": "on"}).url == "/accounts/login/"
    assert signed_in(client) is None


def test_an_account_that_is_switched_off_is_not_signed_in_and_not_made_again(
    client: Client, make_user: Any, sent: Any
) -> None:
    make_user("wang", phone=NUMBER, is_active=False)
    answer = sign_up(client, sent)
    assert answer.status_code == 400
    assert signed_in(client) is None
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_thirty_people_behind_one_address_sign_up_at_once(sent: Any) -> None:
    numbers = [f"138057161{i:02}" for i in range(30)]

    def one(number: str) -> list[int]:
        client = Client()
        try:
            answers = [ask_code(client, number), client.post("/accounts/code/", {"code": sent(number)})]
            answers.append(client.post("/accounts/new/", {"name": f"同学{number[-2:]}", "consent": "on"}))
            return [answer.status_code for answer in answers]
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(one, numbers)) == [[302, 302, 302]] * 30
    assert User.objects.filter(phone__in=numbers).count() == 30
    assert Learner.objects.people().count() == 30


# --- name and password -----------------------------------------------------------------------------------


def test_name_or_number_and_password_sign_in(client: Client, make_user: Any) -> None:
    user = make_user("wang", phone=NUMBER)
    for login in ("wang", "WANG", " wang ", NUMBER, "138 0571 6021"):
        client = Client()
        assert client.post("/accounts/login/", {"login": login, "password": PASSWORD}).status_code == 302
        assert signed_in(client) == user


def test_the_page_answers_alike_for_a_wrong_password_and_an_unknown_name(
    client: Client, make_user: Any
) -> None:
    make_user("wang")
    answers = [
        client.post("/accounts/login/", {"login": name, "password": "wrong-2026"})
        for name in ("wang", "wanz")
    ]
    texts = [re.sub(r'value="\w*"|kept(=|%3D)[\w-]+', "", answer.content.decode()) for answer in answers]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert texts[0] == texts[1]
    assert signed_in(client) is None


def test_ten_wrong_passwords_shut_a_name_for_this_address_only(client: Client, make_user: Any) -> None:
    user = make_user("wang")
    for _try in range(10):
        client.post("/accounts/login/", {"login": "wang", "password": "wrong-2026"})
    assert client.post("/accounts/login/", {"login": "wang", "password": PASSWORD}).status_code == 400
    assert signed_in(client) is None
    elsewhere = Client(REMOTE_ADDR="10.9.9.9")
    elsewhere.post("/accounts/login/", {"login": "wang", "password": PASSWORD})
    assert signed_in(elsewhere) == user


def test_signing_in_rightly_again_and_again_is_never_refused(make_user: Any) -> None:
    make_user("wang")
    for _time in range(15):
        assert Client().post("/accounts/login/", {"login": "wang", "password": PASSWORD}).status_code == 302


def test_without_a_phone_a_name_and_a_password_do(client: Client, db: None) -> None:
    fields = {"name": "王 大山", "password": "mountain-77", "consent": "on"}
    assert client.post("/accounts/join/", fields).status_code == 302
    user = signed_in(client)
    assert user is not None
    assert (user.username, user.phone) == ("王 大山", None)
    again = Client()
    again.post("/accounts/login/", {"login": "王  大山", "password": "mountain-77"})
    assert signed_in(again) == user


@pytest.mark.parametrize(
    ("name", "password", "field"),
    [("wang", "mountain-77", "name"), (NUMBER, "mountain-77", "name"), ("", "mountain-77", "name"),
     ("\u202e\u0000", "mountain-77", "name"), ("长" * 41, "mountain-77", "name"), ("li", "123", "password"),
     ("li", "password", "password"), ("li", "98765432", "password"), ("li", "", "password")],
)  # fmt: skip
def test_a_bad_name_or_password_is_said_and_nothing_is_made(
    client: Client, make_user: Any, name: str, password: str, field: str
) -> None:
    make_user("wang")
    answer = client.post("/accounts/join/", {"name": name, "password": password, "consent": "on"})
    assert answer.status_code == 400
    assert field in answer.context["form"].errors
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/accounts/code/send/", "/accounts/join/", "/accounts/code/"]
)
@pytest.mark.parametrize("junk", ["", "\x00", "😀" * 50, "\u202eabc", "x" * 100_000, "<script>", "1' OR 1=1"])
def test_junk_in_any_form_is_a_sentence_never_an_error(
    client: Client, db: None, path: str, junk: str
) -> None:
    names = ["login", "password", "phone", "name", "code", "birth_year", "consent", "guardian", "next"]
    answer = client.post(path, dict.fromkeys(names, junk))
    assert answer.status_code in (302, 400)
    assert User.objects.count() == 0


def test_a_foreign_address_is_never_where_one_lands(client: Client, make_user: Any) -> None:
    make_user("wang")
    fields = {"login": "wang", "password": PASSWORD, "next": "https://evil.example/"}
    assert client.post("/accounts/login/", fields).url == "/me/welcome/"


def test_the_sign_in_page_offers_both_ways_and_needs_a_token(make_user: Any) -> None:
    make_user("wang")
    strict = Client(enforce_csrf_checks=True)
    page = strict.get("/accounts/login/").content.decode()
    assert 'name="login"' in page
    assert 'name="password"' in page
    assert 'name="phone"' in page
    fields = {"login": "wang", "password": PASSWORD}
    assert strict.post("/accounts/login/", fields).status_code == 400
    assert signed_in(strict) is None
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page).group(1)  # type: ignore[union-attr]
    assert strict.post("/accounts/login/", fields | {"csrfmiddlewaretoken": token}).status_code == 302


# --- signing out -------------------------------------------------------------------------------------------


def test_two_taps_from_any_page_sign_out_or_switch(client: Client, make_user: Any, curriculum: None) -> None:
    client.force_login(make_user("wang"))
    for page in ("/", "/modules/", "/me/"):
        assert 'href="/accounts/switch/"' in client.get(page).content.decode()
    assert 'action="/accounts/logout/"' in client.get("/accounts/switch/").content.decode()
    answer = client.post("/accounts/logout/", {"again": "1"})
    assert "data-clear-queue" in answer.content.decode()
    assert answer.cookies["learner"]["max-age"] == 0
    assert signed_in(client) is None


def test_signing_out_is_a_post(client: Client, make_user: Any) -> None:
    client.force_login(make_user("wang"))
    assert client.get("/accounts/logout/")["Location"] == "/accounts/switch/"
    assert signed_in(client) is not None


def test_a_name_never_stands_on_a_page_that_others_get(
    client: Client, make_user: Any, curriculum: None
) -> None:
    make_user("wang", display_name="王小明")
    client.post("/accounts/login/", {"login": "wang", "password": PASSWORD})
    assert "王小明" in client.get("/modules/").content.decode()
    assert "王小明" not in Client().get("/modules/").content.decode()


# --- a changed number ----------------------------------------------------------------------------------------


@pytest.fixture
def villager(make_user: Any, regions: dict[str, Any]) -> Learner:
    """A learner of the first village."""
    user = make_user("mei", phone=NUMBER, phone_verified=True)
    return Learner.objects.create(user=user, region=regions["village"])


def signed_in_page(client: Client) -> bool:
    return "/accounts/switch/" in client.get("/me/privacy/").content.decode()


def test_a_number_of_somebody_else_is_refused(
    client: Client, people: Any, villager: Learner, make_user: Any
) -> None:
    make_user("li", phone="13900000001")
    client.force_login(people["helper"])
    assert client.post(f"/classes/numbers/{villager.pk}/", {"phone": "13900000001"}).status_code == 400
    assert User.objects.get(pk=villager.user_id).phone == NUMBER
    assert PhoneChange.objects.count() == 0


@pytest.mark.parametrize("role", ["learner", "trainer", "supervisor", "supervisor2"])
def test_only_helpers_may_change_numbers(client: Client, people: Any, villager: Learner, role: str) -> None:
    client.force_login(people[role])
    assert client.get("/classes/numbers/").status_code == 404
    assert client.post(f"/classes/numbers/{villager.pk}/", {"phone": "13900000001"}).status_code == 404
    assert User.objects.get(pk=villager.user_id).phone == NUMBER


def test_a_helper_reaches_only_learners_of_the_own_region_and_never_staff(
    client: Client, people: Any, villager: Learner, regions: Any
) -> None:
    client.force_login(people["helper"])
    Learner.objects.filter(pk=villager.pk).update(region=regions["village2"])
    trainer = Learner.objects.create(user=people["trainer"], region=regions["village"])
    nowhere = Learner.objects.create(user=people["learner"])
    for learner in (villager, trainer, nowhere):
        before = learner.user.phone
        assert client.post(f"/classes/numbers/{learner.pk}/", {"phone": "13900000001"}).status_code == 404
        assert User.objects.get(pk=learner.user_id).phone == before
    assert list(client.get("/classes/numbers/").context["rows"]) == []


def test_signed_out_the_helpers_page_asks_to_sign_in(client: Client, villager: Learner) -> None:
    assert client.get("/classes/numbers/").url.startswith("/accounts/login/")


# --- roles, operators, the second step ---------------------------------------------------------------------------


def test_roles_reach_a_region_and_all_below(people: Any, regions: dict[str, Any]) -> None:
    seen = set(Region.objects.visible_to(people["supervisor"]).values_list("code", flat=True))
    assert seen == {regions[name].code for name in ("county", "township", "village", "village2")}
    assert Region.objects.visible_to(people["learner"]).count() == 0
    assert Region.objects.visible_to(people["operator"]).count() == 7


def test_the_operator_looks_after_accounts_and_nobody_else(client: Client, people: Any) -> None:
    for path in ("accounts/user/", "accounts/region/", "accounts/textmessage/", "accounts/user/add/"):
        for role, status in (("operator", 200), ("trainer", (403, 404))):
            client.force_login(people[role])
            found = client.get(f"/admin/{path}").status_code
            assert found == status or found in status if isinstance(status, tuple) else found == status, (
                role,
                path,
            )


def test_the_text_of_a_message_is_not_on_the_operators_page(client: Client, people: Any) -> None:
    message = services.send_code(phone=NUMBER)
    client.force_login(people["operator"])
    code = re.search(r"\d{6}", message.text).group()  # type: ignore[union-attr]
    assert code not in client.get(f"/admin/accounts/textmessage/{message.pk}/change/").content.decode()


@pytest.mark.parametrize("role", ["trainer", "supervisor", "helper", "operator"])
def test_with_the_second_step_on_staff_set_it_up_before_anything_else(
    client: Client, people: Any, settings: Any, role: str
) -> None:
    settings.STAFF_MFA = True
    client.post("/accounts/login/", {"login": role, "password": PASSWORD})
    for path in ("/me/", "/admin/", "/classes/"):
        assert client.get(path).url == "/accounts/2fa/totp/activate/"
    asked = client.get("/accounts/2fa/totp/activate/").url  # the password once more: a session may be stolen
    assert client.post(asked, {"password": PASSWORD}).url == "/accounts/2fa/totp/activate/"
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200


def test_learners_are_not_asked_for_a_second_step(client: Client, people: Any, settings: Any) -> None:
    settings.STAFF_MFA = True
    client.post("/accounts/login/", {"login": "learner", "password": PASSWORD})
    assert client.get("/me/").status_code == 200


def test_with_an_authenticator_the_password_alone_does_not_sign_in(client: Client, people: Any) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value

    secret = generate_totp_secret()
    TOTP.activate(people["trainer"], secret)
    answer = client.post("/accounts/login/", {"login": "trainer", "password": PASSWORD, "next": "/classes/"})
    assert answer.url == "/accounts/2fa/authenticate/"
    assert signed_in(client) is None
    assert client.post(answer.url, {"code": "000000"}).status_code == 200
    assert signed_in(client) is None
    counter = int(timezone.now().timestamp()) // 30
    answer = client.post("/accounts/2fa/authenticate/",
                         {"code": format_hotp_value(hotp_value(secret, counter))})  # fmt: skip
    assert answer.url == "/me/welcome/?next=%2Fclasses%2F"
    assert signed_in(client) == people["trainer"]


def test_allauths_own_ways_to_an_account_are_shut(client: Client, db: None) -> None:
    for path in ("signup/", "email/", "password/reset/", "phone/verify/", "phone/change/", "login/code/"):
        assert client.get(f"/accounts/{path}").status_code == 404, path


# --- messages and sweepers -----------------------------------------------------------------------------------------


class Notebook:
    """A sender that writes down what it is told, or has no network."""

    def __init__(self, error: Exception | None = None) -> None:
        self.lines: list[tuple[str, str]] = []
        self.error = error

    def send(self, phone: str, text: str) -> None:
        assert not connection.in_atomic_block or connection.settings_dict.get("TEST"), "no lock while sending"
        if self.error:
            raise self.error
        self.lines.append((phone, text))


def test_a_message_goes_out_once_and_its_text_is_dropped(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    book = Notebook()
    monkeypatch.setattr("mooc.accounts.messages.sms.sender", lambda: book)
    message = services.send_code(phone=NUMBER)
    assert services.send_text(message_id=message.pk)
    assert not services.send_text(message_id=message.pk)
    sweep("urgent")
    assert [phone for phone, _text in book.lines] == [NUMBER]
    message.refresh_from_db()
    assert (message.state, message.text) == ("done", "")


@pytest.mark.parametrize("error", [TimeoutError(), ConnectionRefusedError()])
def test_a_gateway_that_is_away_is_tried_again_by_the_sweeper_until_the_code_is_old(
    db: None, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    away, back = Notebook(error), Notebook()
    with time_machine.travel(NOW, tick=False) as clock:
        first, second = services.send_code(phone=NUMBER), services.send_code(phone="13905716021")
        monkeypatch.setattr("mooc.accounts.messages.sms.sender", lambda: away)
        sweep("urgent")
        monkeypatch.setattr("mooc.accounts.messages.sms.sender", lambda: back)
        sweep("urgent")  # still claimed by the first worker
        assert back.lines == []
        clock.shift(60)
        services.send_text(message_id=first.pk)
        clock.shift(dt.timedelta(minutes=10))
        sweep("urgent")
    assert [phone for phone, _text in back.lines] == [NUMBER]
    second.refresh_from_db()
    assert (second.state, second.text) == ("failed", "")


def test_old_codes_messages_and_sessions_are_cleared_and_twice_is_harmless(db: None) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        services.send_code(phone=NUMBER)
        clock.shift(dt.timedelta(days=3))
        services.send_code(phone="13905716021")
        tasks.clear_expired()
        tasks.clear_expired()
    assert list(LoginCode.objects.values_list("phone", flat=True)) == ["13905716021"]
    assert list(TextMessage.objects.values_list("phone", flat=True)) == ["13905716021"]


def test_the_gateway_sender_posts_json_with_its_token(settings: Any) -> None:
    import json
    import threading
    from http.server import BaseHTTPRequestHandler, HTTPServer

    from mooc.accounts.messages.sms import HttpGatewaySender

    heard: list[tuple[str | None, dict[str, str]]] = []

    class Gateway(BaseHTTPRequestHandler):
        status = 200

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            heard.append((self.headers["Authorization"], body))
            self.send_response(self.status)
            self.end_headers()

        def log_message(self, *args: Any) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SMS_GATEWAY_URL = f"http://127.0.0.1:{server.server_port}/sms"
    settings.SMS_GATEWAY_TOKEN = "t0ken"
    try:
        HttpGatewaySender().send(NUMBER, "你好")
        assert heard == [("Bearer t0ken", {"phone": NUMBER, "text": "你好"})]
        Gateway.status = 503
        with pytest.raises(OSError, match="503"):
            HttpGatewaySender().send(NUMBER, "你好")
    finally:
        server.shutdown()


# --- regions -------------------------------------------------------------------------------------------------------

JIANGXI = Path(__file__).resolve().parent.parent.parent / "mooc/accounts/regions/jiangxi.csv"


def test_the_province_has_its_11_cities_and_100_counties_and_importing_twice_changes_nothing(
    db: None,
) -> None:
    call_command("import_regions", str(JIANGXI), verbosity=0)
    rows = list(Region.objects.values_list("code", "path", "name_zh").order_by("code"))
    call_command("import_regions", str(JIANGXI), verbosity=0)
    assert rows == list(Region.objects.values_list("code", "path", "name_zh").order_by("code"))
    counts = {level: Region.objects.filter(level=level).count() for level in RegionLevel}
    assert counts[RegionLevel.CITY] == 11
    assert counts[RegionLevel.COUNTY] == 100
    below = Region.objects.filter(level=RegionLevel.TOWNSHIP).values_list("parent__code", flat=True)
    assert len(set(below)) == 2
    assert all(
        "演示" in name for name in Region.objects.filter(level__gte=4).values_list("name_zh", flat=True)
    )
    for region in Region.objects.exclude(parent=None).select_related("parent"):
        assert region.path == f"{region.parent.path}{region.code}/"


@pytest.mark.parametrize(
    ("line", "says"),
    [("99x,36,2,甲,A", ":3"), ("3699,77,2,甲,A", ":3"), ("3699,36,3,甲,A", ":3"), ("3699,36,two,甲,A", ":3"),
     ("3699,36,2,,", ":3"), ("3699", ":3")],
)  # fmt: skip
def test_a_bad_line_is_named_and_nothing_is_imported(db: None, tmp_path: Path, line: str, says: str) -> None:
    file = tmp_path / "r.csv"
    file.write_text(f"code,parent,level,name_zh,name_en\n36,,1,江西省,Jiangxi\n{line}\n", encoding="utf-8")
    with pytest.raises(CommandError, match=says):
        call_command("import_regions", str(file), verbosity=0)
    assert Region.objects.count() == 0


def test_a_supervisor_without_a_region_cannot_be_stored(make_user: Any) -> None:
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=make_user("wu"), role="supervisor")
    assert RoleGrant.objects.count() == 0
