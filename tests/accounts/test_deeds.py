"""The register of who did what outlives whoever did it, and what it tells of."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from django.test import Client

from assessments.evaluation.help import helping
from feedback.models import Question
from feedback.questions import answering
from learners.models import FileOpening, Learner
from learners.people.guests import learner_of
from learners.people.merging import erase
from mooc.accounts.models import RoleGrant, User
from mooc.accounts.places import moving
from mooc.accounts.services import change_phone
from mooc.accounts.staff import deeds
from mooc.accounts.staff.deeds import Deed, Did
from mooc.lib.privacy.evidence import EvidenceRefused

HERE = {"headers": {"sec-fetch-site": "same-origin"}}


def lines(**wanted: Any) -> list[tuple[Any, ...]]:
    found = Deed.objects.filter(**wanted).order_by("pk")
    return list(found.values_list("did", "who", "who_name", "role", "table", "row"))


def test_the_register_points_at_nothing_and_is_only_added_to(people: dict[str, Any]) -> None:
    for model in (Deed, FileOpening):
        ties = {f.name for f in model._meta.local_concrete_fields if isinstance(f, models.ForeignKey)}
        assert ties <= {"learner"}  # what its owner sees goes with the owner
    line = deeds.note(by=people["trainer"], did=Did.OPENED, about=people["learner"])
    with pytest.raises(EvidenceRefused):
        line.delete()
    with pytest.raises(EvidenceRefused):
        Deed.objects.update(who=None)
    assert lines() == [
        ("opened", people["trainer"].pk, "Trainer", "trainer", "accounts.User", str(people["learner"].pk))
    ]


def test_whoever_opened_a_file_stands_there_when_the_account_is_gone(
    people: dict[str, Any], regions: dict[str, Any]
) -> None:
    learner = learner_of(people["learner"])
    Learner.objects.filter(pk=learner.pk).update(region=regions["village"])
    helper = people["helper"]
    office, own = Client(), Client()
    office.force_login(people["supervisor"])
    assert office.get(f"/supervision/learners/{learner.pk}/").status_code == 200
    boss = people["supervisor"].pk
    RoleGrant.objects.filter(user=boss).delete()
    User.objects.get(pk=boss).delete()
    own.force_login(people["learner"])
    assert "Supervisor" in own.get("/me/").content.decode()
    assert "Supervisor" in own.get("/me/privacy/data.json").content.decode()
    wanted = ("opened", boss, "Supervisor", "supervisor", "learners.Learner", str(learner.pk))
    assert lines(did="opened") == [wanted]
    erase(learner=learner)
    assert not FileOpening.objects.exists()
    assert lines(did="opened") == [wanted]  # it says who looked, and no name of whom
    assert helper.pk


def test_who_worked_here_leaves_the_name_beside_what_was_done_and_no_door(
    people: dict[str, Any], curriculum: None, make_user: Any
) -> None:
    trainer, asker = people["trainer"], learner_of(people["learner"])
    User.objects.filter(pk=trainer.pk).update(phone="13900000061", display_name="周老师")
    trainer.refresh_from_db()
    row = Question.objects.create(learner=asker, text="鸡蛋怎么寄", held=False)
    answering.answer_question(question=row, by=trainer, text="用蛋托。", share=True)
    helping.log_help(
        learner=asker, by=trainer, action="called", outcome="reached", note="", help_id=uuid.uuid4()
    )
    RoleGrant.objects.filter(user=trainer).delete()
    numbers_of_desk = User.objects.count()
    erase(learner=learner_of(User.objects.get(pk=trainer.pk)))
    assert User.objects.count() == numbers_of_desk
    gone = User.objects.get(pk=trainer.pk)
    assert (gone.is_active, gone.phone, gone.has_usable_password()) == (False, None, False)
    assert gone.username != "trainer"
    reader = Client()
    reader.force_login(people["learner"])
    assert "周老师" in reader.get(f"/questions/{row.pk}/").content.decode()
    assert helping.given_to(asker)[0].given_by == gone
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=gone.pk).update(is_active=True)
    desk, page = Client(), f"/admin/accounts/user/{gone.pk}/"
    desk.force_login(people["operator"])
    form = {"username": gone.username, "is_active": "on", "role_grants-TOTAL_FORMS": "0",
            "role_grants-INITIAL_FORMS": "0"}  # fmt: skip
    assert desk.get(f"{page}change/").status_code == 200  # to be read
    assert desk.post(f"{page}change/", form).status_code in (302, 403, 404)
    assert desk.post(f"{page}password/", {"password1": "x9-lang", "password2": "x9-lang"}).status_code != 200
    gone.refresh_from_db()
    assert not gone.is_active
    assert not gone.has_usable_password()
    make_user("trainer2", phone="13900000061")  # the number is free


def test_the_desk_is_written_down_by_ids_and_names_of_fields_only(
    people: dict[str, Any], client: Client
) -> None:
    client.force_login(people["operator"])
    user = people["learner"]
    page = f"/admin/accounts/user/{user.pk}/change/"
    form = {
        "username": user.username, "display_name": "换了的名字", "is_active": "on",
        "role_grants-TOTAL_FORMS": "1", "role_grants-INITIAL_FORMS": "0", "role_grants-0-role": "trainer",
    }  # fmt: skip
    answer = client.post(page, form)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    told = Deed.objects.filter(table="accounts.User", row=str(user.pk))
    assert set(told.values_list("did", "detail")) >= {("given", "trainer")}
    assert told.filter(did="changed").exists()
    assert "换了的名字" not in str(list(Deed.objects.values_list()))
    operator = people["operator"].pk
    User.objects.filter(pk=operator).delete()
    assert set(told.values_list("who", "role")) == {(operator, "operator")}


def test_numbers_places_and_erasing_are_written_down(
    people: dict[str, Any], regions: dict[str, Any], client: Client
) -> None:
    boss, user = people["operator"], people["learner"]
    learner = learner_of(user)
    moving.relocate(region=regions["county"], parent=regions["city"], code="360399", by=boss)
    moving.merge(source=regions["county"], into=regions["county2"], by=boss)
    change_phone(user=user, phone="13900000001", by=boss)
    client.force_login(User.objects.get(pk=user.pk))
    assert client.post("/me/privacy/delete/", {"word": "no"}, **HERE).status_code == 400
    assert not lines(did="erased")
    client.post("/me/privacy/delete/", {"word": "delete"}, **HERE)
    assert [row[0] for row in lines()] == ["moved", "merged", "number", "erased"]
    assert lines(did="erased") == [("erased", user.pk, "", "", "learners.Learner", str(learner.pk))]


def test_only_the_operator_reads_the_register_and_nobody_changes_it(
    people: dict[str, Any], client: Client
) -> None:
    line = deeds.note(by=people["trainer"], did=Did.OPENED, about=people["learner"])
    for name, status in (("learner", 404), ("trainer", 403), ("operator", 200)):
        client.force_login(people[name])
        got = client.get("/admin/accounts/deed/").status_code
        assert got == status or (status == 403 and got == 404), name
    assert client.post(f"/admin/accounts/deed/{line.pk}/delete/", {"post": "yes"}).status_code == 404
    assert Deed.objects.filter(pk=line.pk).exists()
