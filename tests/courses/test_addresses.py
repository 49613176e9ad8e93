"""An address that was ever given leads there for good; acts stand under the slug, which never changes."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from courses.models import Address, Category, Course, Lesson, LessonEdition, Module
from courses.publishing import addresses
from courses.publishing.services import make_module
from learners.models import LessonProgress
from mooc.lib.errors import DomainError
from tests import world
from tests.asking import client_of
from tests.courses.test_desk_hands import boxes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]


@pytest.fixture
def desk(people: dict[str, Any]) -> Client:
    module().course.trainers.add(people["trainer"])
    client = client_of(people["trainer"])
    client.cookies["django_language"] = "en"
    return client


def module() -> Module:
    return Module.objects.select_related("course", "draft", "published").get(slug=world.SLUG)


def lesson() -> LessonEdition:
    return world.lessons_of()[0]


def renamed(desk: Client, path: str, **new: Any) -> Any:
    return desk.post(path, boxes(desk.get(path).content.decode()) | new)


def rename_both(desk: Client) -> None:
    draft = LessonEdition.objects.get(edition=module().draft, lesson=lesson().lesson)
    assert (
        renamed(desk, f"/admin/courses/module/{module().pk}/change/", slug="light-at-home").status_code == 302
    )
    assert (
        renamed(desk, f"/admin/courses/lessonedition/{draft.pk}/change/", slug="to-the-window").status_code
        == 302
    )


def test_the_old_addresses_of_a_module_and_a_lesson_lead_on(desk: Client) -> None:
    rename_both(desk)
    old = lesson().lesson.slug
    reader = Client()
    for before, now in (
        (f"/modules/{world.SLUG}/", "/modules/light-at-home/"),
        (f"/modules/{world.SLUG}/quiz/?from=qr", "/modules/light-at-home/quiz/?from=qr"),
        (f"/lessons/{old}/", "/lessons/to-the-window/"),
    ):
        response = reader.get(before)
        assert (response.status_code, response["Location"]) == (302, now)
        assert reader.get(now, follow=True).status_code == 200
    assert module().slug == world.SLUG  # acts are recorded under it


def test_what_is_sent_to_an_old_or_a_new_address_is_stored_once(
    desk: Client, make_user: Any, regions: Any
) -> None:
    learner = world.person(make_user, "reader", regions["village"])
    client, old = client_of(learner.user), lesson().lesson.slug
    act = {"id": str(uuid.uuid4()), "verb": "open"}
    assert client.post(f"/lessons/{old}/acts/", act).status_code == 204
    rename_both(desk)
    for address in (old, "to-the-window"):
        assert (
            client.post(
                f"/lessons/{address}/acts/", act | {"id": str(uuid.uuid4()), "verb": "leave", "seconds": 5}
            ).status_code
            == 204
        )
    assert LessonProgress.objects.filter(learner=learner, lesson=lesson().lesson).count() == 1
    assert (
        client.get(f"/api/v1/modules/{world.SLUG}/").status_code == 200
    )  # the key of programs does not change


def test_every_earlier_address_leads_to_the_newest_and_the_first_can_come_back() -> None:
    row = module()
    for text in ("second", "third"):
        addresses.rename(row=row, text=text)
    reader = Client()
    for name in (world.SLUG, "second"):
        assert reader.get(f"/modules/{name}/")["Location"] == "/modules/third/"
    addresses.rename(row=row, text=world.SLUG)
    for name in ("second", "third"):
        assert reader.get(f"/modules/{name}/")["Location"] == f"/modules/{world.SLUG}/"
    assert reader.get(f"/modules/{world.SLUG}/").status_code == 200


def test_an_old_address_is_never_given_to_something_else(desk: Client) -> None:
    addresses.rename(row=module(), text="light-at-home")
    addresses.rename(row=module(), text="window-two")
    other = Module.objects.exclude(pk=module().pk).select_related("draft")[0]
    other.course.trainers.add(*module().course.trainers.all())
    path = f"/admin/courses/module/{other.pk}/change/"
    for taken in ("light-at-home", "window-two", world.SLUG):
        refused = renamed(desk, path, slug=taken)
        assert "Something else has or had this address." in refused.content.decode()
        with pytest.raises(DomainError):
            addresses.rename(row=other, text=taken)
    assert addresses.of(other) == other.slug
    with pytest.raises(IntegrityError), transaction.atomic():
        Address.objects.create(kind="modules", text="light-at-home", module=other)
    assert addresses.module_address(title="Light at home", code="X1") == "light-at-home-2"


def test_a_new_lesson_cannot_take_the_old_address_of_another(desk: Client) -> None:
    addresses.rename(row=lesson().lesson, text="to-the-window")
    addresses.rename(row=lesson().lesson, text="by-the-window")
    assert addresses.lesson_refusal(module=module(), slug="to-the-window")
    assert not Lesson.objects.filter(slug="to-the-window").exists()


def test_what_nobody_has_seen_yet_is_simply_renamed(people: dict[str, Any]) -> None:
    known = module()
    new = make_module(
        code="N1", slug="new-one", course_id=known.course_id, category_id=known.category_id, level="L1"
    )
    addresses.rename(row=new, text="newer-one")
    new.refresh_from_db()
    assert new.slug == "newer-one"
    assert not Address.objects.exists()


# --- courses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["operator", "trainer"])
def test_a_course_is_made_on_the_desk_with_a_name_in_one_language(people: dict[str, Any], who: str) -> None:
    client, category = client_of(people[who]), Category.objects.all()[0]
    page = boxes(client.get("/admin/courses/course/add/").content.decode())
    data = page | {"title_zh": "直播入门", "title_en": "", "category": str(category.pk)}
    assert client.post("/admin/courses/course/add/", data).status_code == 302
    course = Course.objects.get(title_zh="直播入门")
    assert course.category == category
    assert course.slug not in ("", category.code)
    assert course.title == "直播入门"
    teaches = list(course.trainers.all())
    assert teaches == ([people["trainer"]] if who == "trainer" else [])
    if who == "trainer":
        assert f'<option value="{course.pk}"' in client.get("/admin/courses/module/add/").content.decode()


def test_a_course_without_a_name_or_by_somebody_else_is_not_made(people: dict[str, Any]) -> None:
    before, category = Course.objects.count(), Category.objects.all()[0]
    nameless = {"title_zh": "", "title_en": "", "category": category.pk}
    assert client_of(people["trainer"]).post("/admin/courses/course/add/", nameless).status_code == 200
    named = nameless | {"title_zh": "直播入门"}
    for who in ("helper", "supervisor", "learner"):
        assert client_of(people[who]).post("/admin/courses/course/add/", named).status_code == 404
    assert Course.objects.count() == before
