"""Whose is it? Numbers that went to somebody else, and roles that were taken away."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.authtoken.models import Token

from assessments import tasks as quiz_tasks
from feedback import tasks as question_tasks
from feedback.engine import similar
from feedback.inbox import notices
from feedback.models import Question
from feedback.questions import classify
from learners import tasks as learner_tasks
from learners.models import Learner
from learners.people import merging
from learners.people.guests import learner_of
from mooc.accounts import tasks
from mooc.accounts import tasks as account_tasks
from mooc.accounts.models import PhoneChange, Region, RoleGrant, TextMessage, User
from mooc.accounts.places import importing
from mooc.accounts.staff import roles
from mooc.lib.errors import DomainError
from mooc.lib.text import names

PASSWORD = "rural-2026"
NUMBER = "13805716021"
LONG_AGO = dt.timedelta(days=400)


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.send_text, "apply_async", lambda **_options: None)


@pytest.fixture
def old(make_user: Any) -> User:
    """The account of a number that nobody has used for long."""
    past = timezone.now() - LONG_AGO
    user = make_user(
        "old", phone=NUMBER, phone_verified=True, display_name="李桂香", date_joined=past, last_login=past
    )
    learner_of(user)
    return user


def by_code(number: str = NUMBER) -> Client:
    client = Client()
    client.post("/accounts/code/send/", {"phone": number})
    text = TextMessage.objects.filter(phone=number).latest("pk").text
    client.post("/accounts/code/", {"code": re.search(r"\d{6}", text).group()})  # type: ignore[union-attr]
    return client


def signed_in(client: Client) -> User | None:
    key = client.session.get("_auth_user_id")
    return User.objects.get(pk=key) if key else None


# --- a recycled number ---------------------------------------------------------------------------------------


def test_the_code_of_a_silent_number_opens_nothing_and_names_nobody(old: User) -> None:
    client = by_code()
    page = client.get("/accounts/quiet/")
    assert page.status_code == 200
    assert "李桂香" not in page.content.decode()
    assert "李" not in re.sub(r"<head.*?</head>", "", page.content.decode(), flags=re.DOTALL)
    assert signed_in(client) is None
    assert client.get("/me/privacy/data.json").status_code == 404


def test_whoever_knows_the_name_and_the_year_is_the_owner(old: User) -> None:
    Learner.objects.filter(user=old).update(birth_year=1968)
    client = by_code()
    for fields in ({"name": "李桂香", "year": "1970"}, {"name": "李桂香"}, {"name": "王", "year": "1968"}):
        answer = client.post("/accounts/quiet/", fields)
        assert answer.status_code == 400
        assert fields["name"] in answer.content.decode()  # what was typed stands again
        assert signed_in(client) is None
    assert client.post("/accounts/quiet/", {"name": " 李 桂香", "year": "１９６８"}).url == "/me/welcome/"
    assert signed_in(client) == old


def test_five_wrong_answers_a_day_and_the_right_one_opens_nothing_either(old: User) -> None:
    client = by_code()
    for guess in "甲乙丙丁戊":
        client.post("/accounts/quiet/", {"name": guess})
    assert client.post("/accounts/quiet/", {"name": "李桂香"}).status_code == 400
    assert signed_in(client) is None


def test_whoever_is_new_begins_an_account_and_the_old_one_is_kept_without_a_number(old: User) -> None:
    phone = Client()
    phone.force_login(old)
    User.objects.filter(pk=old.pk).update(last_login=timezone.now() - LONG_AGO)
    client = by_code()
    assert client.post("/accounts/quiet/", {"new": "1"}).url == "/accounts/new/"
    old.refresh_from_db()
    assert old.phone == NUMBER  # nothing is taken before there is an account
    assert client.post("/accounts/new/", {"name": "赵新", "consent": ""}).status_code == 400
    old.refresh_from_db()
    assert old.phone == NUMBER
    client.post("/accounts/new/", {"name": "赵新", "consent": "on"})
    new = User.objects.get(phone=NUMBER)
    assert (signed_in(client), new.display_name) == (new, "赵新")
    old.refresh_from_db()
    assert (old.phone, old.is_active, old.display_name) == (None, True, "李桂香")
    change = PhoneChange.objects.get()
    assert (change.user, change.before, change.after, change.changed_by) == (old, "138****6021", "", None)
    assert phone.get("/me/privacy/data.json").status_code == 404  # a session of the old number has ended


def test_the_step_to_a_new_account_needs_the_code_of_the_number(old: User) -> None:
    client = Client()
    client.post("/accounts/code/send/", {"phone": NUMBER})
    assert client.post("/accounts/quiet/", {"new": "1"}).url == "/accounts/login/"
    assert client.post("/accounts/new/", {"name": "赵新", "consent": "on"}).url == "/accounts/login/"
    old.refresh_from_db()
    assert old.phone == NUMBER
    assert User.objects.count() == 1


def test_a_number_used_last_month_opens_its_file_as_ever(old: User) -> None:
    User.objects.filter(pk=old.pk).update(last_login=timezone.now() - dt.timedelta(days=170))
    assert signed_in(by_code()) == old


def test_a_number_that_is_used_again_meanwhile_is_not_taken(old: User) -> None:
    client = by_code()
    client.post("/accounts/quiet/", {"new": "1"})
    User.objects.filter(pk=old.pk).update(last_login=timezone.now())
    client.post("/accounts/new/", {"name": "赵新", "consent": "on"})
    old.refresh_from_db()
    assert old.phone == NUMBER
    assert User.objects.count() == 1


# --- the last role ------------------------------------------------------------------------------------------------


def test_the_last_role_takes_the_desk_the_sessions_and_the_key_of_the_api_with_it(
    people: Any, regions: Any
) -> None:
    trainer = people["trainer"]
    RoleGrant.objects.create(user=trainer, role="helper", region=regions["village"])
    key = Token.objects.create(user=trainer).key
    client = Client()
    client.force_login(trainer)
    trainer.role_grants.get(role="helper").delete()
    assert client.get("/admin/").status_code == 200  # one is left
    trainer.role_grants.all().delete()
    trainer.refresh_from_db()
    assert not trainer.is_staff
    assert client.get("/admin/").status_code == 302
    assert signed_in(client) is None
    assert Client().get("/api/v1/me/", headers={"authorization": f"Token {key}"}).status_code in (401, 404)
    assert not Token.objects.filter(user=trainer).exists()
    fresh = Client()
    fresh.force_login(trainer)
    assert fresh.get("/admin/").status_code == 404
    RoleGrant.objects.create(user=trainer, role="trainer")
    assert User.objects.get(pk=trainer.pk).is_staff
    assert fresh.get("/admin/").status_code == 200


def test_a_role_that_is_handed_to_somebody_else_moves_the_desk(people: Any) -> None:
    grant = people["trainer"].role_grants.get()
    grant.user = people["learner"]
    grant.save()
    staff = dict(User.objects.values_list("username", "is_staff"))
    assert (staff["trainer"], staff["learner"]) == (False, True)


def _form(client: Client, user: User) -> dict[str, Any]:
    page = client.get(f"/admin/accounts/user/{user.pk}/change/").context
    fields = {k: v for k, v in page["adminform"].form.initial.items() if v and k != "password"}
    for formset in page["inline_admin_formsets"]:
        prefix, forms = formset.formset.prefix, formset.formset.initial_forms
        fields |= {f"{prefix}-TOTAL_FORMS": len(forms), f"{prefix}-INITIAL_FORMS": len(forms)}
        for number, form in enumerate(forms):
            fields |= {f"{prefix}-{number}-{k}": v or "" for k, v in form.initial.items()}
            fields[f"{prefix}-{number}-id"] = form.instance.pk
    return fields


def test_the_operator_takes_a_role_away_on_the_desk(client: Client, people: Any) -> None:
    client.force_login(people["operator"])
    fields = _form(client, people["trainer"]) | {"role_grants-0-DELETE": "on", "is_staff": "on"}
    path = f"/admin/accounts/user/{people['trainer'].pk}/change/"
    assert client.post(path, fields).status_code == 302
    trainer = User.objects.get(pk=people["trainer"].pk)
    assert (trainer.is_staff, trainer.role_grants.count()) == (False, 0)


@pytest.mark.parametrize("box", ["is_superuser", "is_active"])
def test_the_last_operator_stays_one_on_the_desk(client: Client, people: Any, box: str) -> None:
    operator = people["operator"]
    client.force_login(operator)
    fields = {name: value for name, value in _form(client, operator).items() if name != box}
    path = f"/admin/accounts/user/{operator.pk}/change/"
    assert client.post(path, fields).status_code == 200
    operator.refresh_from_db()
    assert (operator.is_superuser, operator.is_active) == (True, True)
    User.objects.create_superuser("second", password=PASSWORD)
    assert client.post(path, fields).status_code == 302
    with pytest.raises(DomainError):
        roles.keep_an_operator(without=User.objects.get(username="second"))


def test_an_operators_account_is_not_deleted_on_the_desk(client: Client, people: Any) -> None:
    other = User.objects.create_superuser("second", password=PASSWORD)
    client.force_login(people["operator"])
    for user in (other, people["operator"]):
        client.post(f"/admin/accounts/user/{user.pk}/delete/", {"post": "yes"})
        fields = {"action": "delete_selected", "_selected_action": user.pk, "post": "yes"}
        client.post("/admin/accounts/user/", fields)
        assert User.objects.filter(pk=user.pk).exists()


@pytest.mark.parametrize("kind", ["region", "category", "track", "course", "savedreply"])
def test_what_people_choose_from_has_a_name_that_can_be_seen(
    kind: str, people: dict[str, Any], regions: dict[str, Any], curriculum: None
) -> None:
    client = Client()
    client.force_login(people["operator"])
    app = {"region": "accounts", "savedreply": "feedback"}.get(kind, "courses")
    unseen = "\u200b\u3164"
    form = dict.fromkeys(names.TITLES, unseen) | {
        "code": "360377",
        "level": "3",
        "parent": regions["city"].pk,
    }
    page = client.post(f"/admin/{app}/{kind}/add/", form)
    assert page.status_code == 200
    errors = page.context["adminform"].form.errors.as_data()
    asked = [name for name in names.TITLES if name in page.context["adminform"].form.fields]
    assert asked
    assert all(any(error.code == "unseen" for error in errors.get(name, [])) for name in asked), errors


def test_a_list_of_places_has_names_that_can_be_seen(tmp_path: Path, regions: dict[str, Any]) -> None:
    file = tmp_path / "places.csv"
    file.write_text("code,parent,level,name_zh,name_en\n360377,3603,3,\u3164\u200b,Seen\n", encoding="utf-8")
    with pytest.raises(importing.RegionFileError):
        importing.import_regions(file)
    assert not Region.objects.filter(code="360377").exists()


def test_background_work_about_somebody_erased_meanwhile_ends_quietly(
    make_user: Any, curriculum: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    learner = learner_of(make_user("zhao"))
    row = Question.objects.create(learner=learner, text="鸡蛋怎么寄")

    def erased_while_thinking(text: str) -> Any:
        merging.erase(learner=Learner.objects.get(pk=learner.pk))
        return bytes(1024), "some"

    monkeypatch.setattr(similar, "vector_of", erased_while_thinking)
    classify.classify_question(question_id=row.pk)
    assert not Question.objects.exists()
    gone = 10**9
    for task in (
        question_tasks.classify_question, account_tasks.send_text, quiz_tasks.judge_again, quiz_tasks.finish_tries,
        learner_tasks.settle_module,
    ):  # fmt: skip
        task(gone)
    assert not notices.send_notice_mail(notice_id=gone)
    assert not [line for line in caplog.records if line.levelname in ("ERROR", "CRITICAL")]
