"""A new number, and deleting an account: nobody who helps, and nobody who finds a phone, can do it alone."""

from __future__ import annotations

import datetime as dt
import re
import threading
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone
from rest_framework.authtoken.models import Token

from courses.models import Course
from learners import tasks
from learners.classes.cohorts import join_cohort
from learners.models import Cohort, Learner, NumberWish
from learners.people import merging, numbers
from learners.people.guests import learner_of
from mooc.accounts import tasks as messages
from mooc.accounts.models import PhoneChange, RoleGrant, TextMessage, User
from mooc.accounts.staff.deeds import Deed
from mooc.lib.errors import DomainError
from mooc.lib.privacy import evidence

PASSWORD = "rural-2026"
OLD, NEW = "13805716021", "13900000001"
DAYS = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages.send_text, "apply_async", lambda **_options: None)


@pytest.fixture
def villager(make_user: Any, regions: Any) -> Learner:
    user = make_user("mei", phone=OLD, phone_verified=True)
    return Learner.objects.create(user=user, region=regions["village"])


def of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def written(people: Any, villager: Learner) -> Client:
    """The helper has written the new number down."""
    client = of(people["helper"])
    assert client.post(f"/classes/numbers/{villager.pk}/", {"phone": "139 0000 0001"}).status_code == 302
    return client


def number(villager: Learner) -> str | None:
    return User.objects.values_list("phone", flat=True).get(pk=villager.user_id)


def test_a_helper_alone_changes_nothing_however_long_it_takes(people: Any, villager: Learner) -> None:
    helper = written(people, villager)
    helper.post(f"/classes/numbers/{villager.pk}/", {"agree": "1"})
    helper.post(f"/classes/numbers/{villager.pk}/", {"phone": NEW})
    with time_machine.travel(timezone.now() + 4 * DAYS, tick=False):
        tasks.settle_numbers()
    assert number(villager) == OLD
    assert PhoneChange.objects.count() == 0
    assert NumberWish.objects.get().agreed_by is None
    told = TextMessage.objects.get()
    assert told.phone == OLD
    assert NEW not in told.text
    stranger = Client()
    stranger.post("/accounts/code/send/", {"phone": NEW})
    text = TextMessage.objects.filter(phone=NEW).get().text
    stranger.post("/accounts/code/", {"code": re.search(r"\d{6}", text).group()})  # type: ignore[union-attr]
    assert "_auth_user_id" not in stranger.session  # the new number opens no file


def test_joining_a_class_gives_its_leader_no_way_in(people: Any, make_user: Any, regions: Any) -> None:
    """A helper's own class, in the helper's own place, and somebody who lives nowhere yet."""
    victim = learner_of(make_user("victim", phone=OLD))
    today = timezone.localdate()
    cohort = Cohort.objects.create(
        title="x",
        trainer=people["helper"],
        region=regions["village"],
        starts_on=today,
        ends_on=today + 9 * DAYS,
    )
    join_cohort(learner=victim, cohort=cohort)
    written(people, victim)
    with time_machine.travel(timezone.now() + 5 * DAYS, tick=False):
        tasks.settle_numbers()
    assert number(victim) == OLD


def test_with_a_second_person_it_changes_after_three_days_and_not_before(
    people: Any, villager: Learner, make_user: Any, regions: Any
) -> None:
    second = make_user("second", role="helper", region=regions["township"])
    lost = of(villager.user)
    written(people, villager)
    of(second).post(f"/classes/numbers/{villager.pk}/", {"agree": "1"})
    tasks.settle_numbers()
    assert number(villager) == OLD
    with time_machine.travel(timezone.now() + 3 * DAYS + dt.timedelta(minutes=1), tick=False):
        tasks.settle_numbers()
    assert number(villager) == NEW
    change = PhoneChange.objects.get()
    assert (change.changed_by, change.before, change.after) == (
        people["helper"],
        "138****6021",
        "139****0001",
    )
    assert lost.get("/me/privacy/data.json").status_code == 404  # the lost phone is signed out
    assert not NumberWish.objects.filter(ended_at=None).exists()


@pytest.mark.parametrize("who", ["learner", "supervisor", "supervisor2", "trainer", "far"])
def test_who_does_not_look_after_the_learner_cannot_agree(
    people: Any, villager: Learner, make_user: Any, regions: Any, who: str
) -> None:
    far = make_user("far", role="helper", region=regions["county2"])
    written(people, villager)
    user = people.get(who, far)
    assert of(user).post(f"/classes/numbers/{villager.pk}/", {"agree": "1"}).status_code == 404
    assert of(user).post(f"/classes/numbers/{villager.pk}/", {"stop": "1"}).status_code == 404
    with pytest.raises(DomainError):
        numbers.agree(wish=NumberWish.objects.get(), by=user, learner=villager)
    wish = NumberWish.objects.get()
    assert (wish.agreed_by, wish.ended_at) == (None, None)


def test_one_tap_of_the_owner_stops_it_for_good(
    people: Any, villager: Learner, make_user: Any, regions: Any
) -> None:
    second = make_user("second", role="helper", region=regions["village"])
    owner = of(villager.user)
    written(people, villager)
    of(second).post(f"/classes/numbers/{villager.pk}/", {"agree": "1"})
    for page in ("/me/", "/inbox/"):
        assert 'action="/me/number/"' in owner.get(page).content.decode()
    assert owner.post("/me/number/", {"stop": "1"}).url == "/me/"
    with time_machine.travel(timezone.now() + 4 * DAYS, tick=False):
        tasks.settle_numbers()
    assert number(villager) == OLD
    assert 'action="/me/number/"' not in owner.get("/me/").content.decode()


def test_the_owner_says_yes_with_a_code_of_the_old_number(people: Any, villager: Learner) -> None:
    owner = of(villager.user)
    written(people, villager)
    assert owner.post("/me/number/", {"code": "000000"}).status_code == 400
    assert number(villager) == OLD
    owner.post("/me/number/", {"send": "1"})
    text = TextMessage.objects.filter(phone=OLD).latest("pk").text
    code = re.search(r"\d{6}", text).group()  # type: ignore[union-attr]
    assert owner.post("/me/number/", {"code": code}).url == "/accounts/login/"
    assert number(villager) == NEW


def test_without_an_old_number_the_password_says_yes(people: Any, make_user: Any, regions: Any) -> None:
    villager = Learner.objects.create(user=make_user("mei"), region=regions["village"])
    written(people, villager)
    owner = of(villager.user)
    assert owner.post("/me/number/", {"code": "wrong-2026"}).status_code == 400
    assert number(villager) is None
    owner.post("/me/number/", {"code": PASSWORD})
    assert number(villager) == NEW


@evidence.writing("agree_number")
def test_a_number_that_is_somebodys_meanwhile_is_not_taken(
    people: Any, villager: Learner, make_user: Any
) -> None:
    written(people, villager)
    other = make_user("li", phone=NEW)
    NumberWish.objects.update(agreed_by=people["operator"], asked_at=timezone.now() - 4 * DAYS)
    tasks.settle_numbers()
    other.refresh_from_db()
    assert (number(villager), other.phone) == (OLD, NEW)
    assert NumberWish.objects.get().ended_at is not None


def test_the_operators_form_does_not_change_a_learners_number_either(people: Any, villager: Learner) -> None:
    page = of(people["operator"]).get(f"/admin/accounts/user/{villager.user_id}/change/").content.decode()
    assert 'name="phone"' not in page
    assert f"/classes/numbers/{villager.pk}/" in page or "/classes/numbers/" in page


# --- deleting an account ---------------------------------------------------------------------------------------------


def ask_to_go(user: User, **more: str) -> int:
    return int(of(user).post("/me/privacy/delete/", {"word": "delete", **more}).status_code)


@pytest.mark.parametrize("role", ["helper", "trainer", "supervisor"])
def test_whoever_has_a_role_hands_it_over_first(people: Any, role: str) -> None:
    user = people[role]
    assert ask_to_go(user) == 400
    assert User.objects.filter(pk=user.pk).exists()
    assert RoleGrant.objects.filter(user=user).exists()
    RoleGrant.objects.filter(user=user).delete()
    assert ask_to_go(User.objects.get(pk=user.pk)) == 200
    assert not User.objects.filter(pk=user.pk).exists()


def test_the_last_operator_never_goes_and_the_last_but_one_may(people: Any, make_user: Any) -> None:
    operator = people["operator"]
    assert ask_to_go(operator) == 400
    assert User.objects.filter(pk=operator.pk, is_superuser=True).exists()
    second = make_user("second", is_superuser=True, is_staff=True)
    assert ask_to_go(second) == 200
    with pytest.raises(DomainError):
        merging.erase(learner=learner_of(operator))
    assert User.objects.filter(is_superuser=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_operators_who_go_in_one_moment_leave_one() -> None:
    """Each is the last but one; whoever comes second waits for the first and counts anew."""
    for _round in range(3):
        User.objects.all().delete()
        learners = [learner_of(User.objects.create_superuser(f"o{n}", password=PASSWORD)) for n in range(2)]
        refused: list[str] = []
        together = threading.Barrier(2)

        def go(learner: Learner, refused: list[str] = refused, together: Any = together) -> None:
            try:
                together.wait()
                merging.erase(learner=learner)
            except DomainError as error:
                refused.append(error.code)
            finally:
                connection.close()

        threads = [threading.Thread(target=go, args=(row,)) for row in learners]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert refused == ["last_operator"]
        assert User.objects.filter(is_superuser=True, is_active=True).count() == 1


def test_a_course_nobody_else_looks_after_is_handed_over_first(make_user: Any, curriculum: None) -> None:
    user = make_user("wang")
    course = Course.objects.first()
    course.trainers.set([user])  # type: ignore[union-attr]  # the curriculum has one
    assert ask_to_go(user) == 400
    assert User.objects.filter(pk=user.pk).exists()


def test_some_time_after_signing_in_the_password_is_asked_before_an_account_goes(make_user: Any) -> None:
    user = make_user("wang")
    client = of(user)
    User.objects.filter(pk=user.pk).update(last_login=timezone.now() - dt.timedelta(minutes=11))
    assert 'name="proof"' in client.get("/me/privacy/").content.decode()
    for proof in ("", "wrong-2026"):
        assert client.post("/me/privacy/delete/", {"word": "delete", "proof": proof}).status_code == 400
        assert User.objects.filter(pk=user.pk).exists()
    assert client.post("/me/privacy/delete/", {"word": "delete", "proof": PASSWORD}).status_code == 200
    assert not User.objects.filter(pk=user.pk).exists()


def test_without_a_password_it_is_the_code_of_the_number(make_user: Any) -> None:
    user = make_user("mei", phone=OLD)
    user.set_unusable_password()
    user.save()
    client = of(user)
    User.objects.filter(pk=user.pk).update(last_login=timezone.now() - dt.timedelta(days=2))
    assert client.post("/me/privacy/delete/", {"word": "delete"}).status_code == 400
    assert User.objects.filter(pk=user.pk).exists()
    text = TextMessage.objects.filter(phone=OLD).latest("pk").text
    code = re.search(r"\d{6}", text).group()  # type: ignore[union-attr]
    assert client.post("/me/privacy/delete/", {"word": "delete", "proof": code}).status_code == 200
    assert not User.objects.filter(pk=user.pk).exists()


# --- the password: a code opens the account, or two people and three days ----------------------------------------


@pytest.fixture
def elder(make_user: Any, regions: Any) -> Learner:
    """Signs in by name and password: no phone."""
    return Learner.objects.create(user=make_user("nainai"), region=regions["village"])


def password_of(learner: Learner) -> str:
    return User.objects.values_list("password", flat=True).get(pk=learner.user_id)


@pytest.mark.parametrize("role_before", [None, "just now"])
def test_an_operator_alone_gets_into_no_learners_account(
    people: Any, villager: Learner, role_before: str | None
) -> None:
    """Not by the password, the number, the mail or a key, nor after making a helper of the learner just now."""
    operator, user = of(people["operator"]), villager.user
    assert user is not None
    if role_before:
        RoleGrant.objects.create(user=user, role="trainer")
    before, page = password_of(villager), f"/admin/accounts/user/{user.pk}"
    for method in (operator.get, operator.post):
        answer = method(f"{page}/password/", {"password1": "Neu-4711-x", "password2": "Neu-4711-x"})
        assert answer["Location"].startswith("/classes/numbers/?q=")
    form = {
        "username": user.username, "phone": NEW, "email": "mine@example.org", "is_active": "on",
        "display_name": "梅", "role_grants-TOTAL_FORMS": "0", "role_grants-INITIAL_FORMS": "0",
    }  # fmt: skip
    assert operator.post(f"{page}/change/", form).status_code == 302
    operator.post("/admin/authtoken/tokenproxy/add/", {"user": str(user.pk)})
    assert operator.get("/admin/account/emailaddress/").status_code == 404
    user.refresh_from_db()
    assert (user.password, user.phone, user.email, user.display_name) == (before, OLD, "", "梅")
    assert not Token.objects.filter(user=user).exists()


def test_who_has_worked_here_for_some_days_is_helped_by_the_operator(people: Any) -> None:
    trainer, operator = people["trainer"], of(people["operator"])
    RoleGrant.objects.update(created_at=timezone.now() - 4 * DAYS)
    page = f"/admin/accounts/user/{trainer.pk}/password/"
    form = {"usable_password": "true", "password1": "Neu-4711-x", "password2": "Neu-4711-x"}
    assert operator.post(page, form).status_code == 302
    assert User.objects.get(pk=trainer.pk).check_password("Neu-4711-x")
    operator.post("/admin/authtoken/tokenproxy/add/", {"user": str(trainer.pk)})
    assert Token.objects.filter(user=trainer).exists()
    second = User.objects.create_superuser("second", password=PASSWORD)
    assert operator.post(f"/admin/accounts/user/{second.pk}/password/", form).status_code == 302
    assert User.objects.get(pk=second.pk).check_password(PASSWORD), (
        "operators open no other operator's account"
    )


def test_without_a_number_a_new_password_takes_a_second_person_and_three_days(
    people: Any, elder: Learner, make_user: Any, regions: Any
) -> None:
    helper, second = of(people["helper"]), of(make_user("h2", role="helper", region=regions["village"]))
    page = f"/classes/numbers/{elder.pk}/"
    assert helper.post(page, {"forgotten": "1"}).status_code == 302
    assert helper.post(page, {"forgotten": "1"}).status_code == 302  # a second tap
    wish, before = NumberWish.objects.get(), password_of(elder)
    typed = {"password": "Pflaume-1938"}

    def try_all() -> None:
        for client in (helper, second, of(people["operator"]), of(people["trainer"])):
            client.post(f"{page}password/", typed)

    owner = of(elder.user)  # type: ignore[arg-type]  # an account
    assert "/me/number/" in owner.get("/me/").content.decode()
    assert owner.post("/me/number/", {"code": PASSWORD}).status_code == 400
    try_all()
    with time_machine.travel(timezone.now() + 4 * DAYS, tick=False):
        try_all()
        tasks.settle_numbers()
        assert password_of(elder) == before, "the helper alone, however long it takes"
        helper.post(page, {"agree": "1"})
        assert NumberWish.objects.get().agreed_by is None
    second.post(page, {"agree": "1"})
    try_all()
    assert password_of(elder) == before, "two, but at once"
    with time_machine.travel(timezone.now() + 4 * DAYS, tick=False):
        assert of(people["operator"]).get(f"{page}password/").status_code == 302, "nobody else's hands"
        assert "password/" in helper.get(page).content.decode()
        refused = helper.post(f"{page}password/", {"password": "12345678"})
        assert (refused.status_code, password_of(elder)) == (400, before)
        assert helper.post(f"{page}password/", typed).status_code == 302
    assert User.objects.get(pk=elder.user_id).check_password("Pflaume-1938")
    assert "/accounts/login/" in owner.get("/me/number/")["Location"], "earlier sessions end"
    wish.refresh_from_db()
    assert wish.done
    assert Deed.objects.filter(did="password", row=str(elder.user_id)).count() == 1


def test_the_owner_stops_a_new_password_and_with_a_number_none_is_needed(
    people: Any, elder: Learner, villager: Learner
) -> None:
    helper = of(people["helper"])
    helper.post(f"/classes/numbers/{elder.pk}/", {"forgotten": "1"})
    of(elder.user).post("/me/number/", {"stop": "1"})  # type: ignore[arg-type]  # an account
    assert NumberWish.objects.get().ended_at is not None
    assert helper.post(f"/classes/numbers/{villager.pk}/", {"forgotten": "1"}).status_code == 400
    assert NumberWish.objects.count() == 1
