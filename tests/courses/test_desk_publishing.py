"""Publishing from the desk shows what will change, by whom, before a colleague's half-written lesson goes live."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from courses.models import Block, LessonEdition, Module
from courses.publishing import changes
from tests import world
from tests.asking import client_of
from tests.courses.test_desk_hands import boxes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]


@pytest.fixture
def two(make_user: Any) -> tuple[Any, Any]:
    """Two trainers of the course, Wang and Li."""
    users = [make_user(name, role="trainer", display_name=name.title()) for name in ("wang", "li")]
    module().course.trainers.add(*users)
    return users[0], users[1]


def module() -> Module:
    return Module.objects.select_related("course", "draft", "published").get(slug=world.SLUG)


def desk(user: Any) -> Client:
    client = client_of(user)
    client.cookies["django_language"] = "en"
    return client


def lesson(number: int = 0) -> LessonEdition:
    return list(LessonEdition.objects.filter(edition=module().draft))[number]


def path(rest: str = "change/") -> str:
    return f"/admin/courses/module/{module().pk}/{rest}"


def edit(client: Client, row: LessonEdition, **new: Any) -> None:
    address = f"/admin/courses/lessonedition/{row.pk}/change/"
    sent = boxes(client.get(address).content.decode()) | new
    sent = {
        name: text.replace("\n", "\r\n") if isinstance(text, str) else text for name, text in sent.items()
    }
    response = client.post(address, sent)  # with the line ends of a browser
    assert response.status_code == 302


def publish(client: Client) -> Any:
    data = boxes(client.get(path()).content.decode()) | {"_publish": "1"}
    return client.post(path(), data, follow=True)


def said(response: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def test_ones_own_changes_are_published_at_once_and_named(two: tuple[Any, Any]) -> None:
    client, number = desk(two[0]), module().published.number  # type: ignore[union-attr]  # it is published
    edit(client, lesson(), title_en="A better title")
    text = said(publish(client))
    assert module().published.number == number + 1  # type: ignore[union-attr]  # as above
    assert "Changed for learners: A better title: changed" in text


def test_what_a_colleague_has_begun_is_shown_before_it_goes_live(two: tuple[Any, Any]) -> None:
    wang, li = desk(two[0]), desk(two[1])
    number = module().published.number  # type: ignore[union-attr]  # it is published
    first = lesson(0).blocks.filter(kind="text").first()
    assert first is not None
    edit(li, lesson(0), **{"blocks-0-body_en": "Half a sen"})
    edit(wang, lesson(1), title_en="Wang's title")
    response = publish(wang)
    assert module().published.number == number  # type: ignore[union-attr]  # nothing went live
    assert response.redirect_chain[-1][0] == path("publish/")
    text = said(response)
    assert "Besides you, Li has written on this draft" in text
    assert "Half a sen" in text
    assert first.body_en.split()[0] in text  # both texts stand there
    assert "Wang's title" in text
    mark = boxes(response.content.decode())["mark"]
    assert wang.post(path("publish/"), {"mark": mark}).status_code == 302
    assert module().published.number == number + 1  # type: ignore[union-attr]  # as above
    assert Block.objects.filter(lesson__edition=module().published, body_en="Half a sen").exists()
    assert changes.of(module()) == []


def test_what_changes_while_one_looks_is_shown_again(two: tuple[Any, Any]) -> None:
    wang, li = desk(two[0]), desk(two[1])
    edit(li, lesson(0), title_en="Begun")
    mark = boxes(wang.get(path("publish/")).content.decode())["mark"]
    edit(li, lesson(0), title_en="Begun, and gone on")
    number = module().published.number  # type: ignore[union-attr]  # it is published
    text = said(wang.post(path("publish/"), {"mark": mark}))
    assert "Begun, and gone on" in text
    assert "look once more" in text
    assert module().published.number == number  # type: ignore[union-attr]  # nothing went live


def test_the_action_of_the_list_publishes_nothing_unseen_either(two: tuple[Any, Any]) -> None:
    wang, li = desk(two[0]), desk(two[1])
    edit(li, lesson(0), title_en="Begun")
    number = module().published.number  # type: ignore[union-attr]  # it is published
    data = {"action": "publish", "_selected_action": module().pk}
    assert "somebody else has written on it, too" in said(
        wang.post("/admin/courses/module/", data, follow=True)
    )
    assert module().published.number == number  # type: ignore[union-attr]  # nothing went live
    edit(wang, lesson(0), title_en=module().published.lessons.all()[0].title_en)  # type: ignore[union-attr]  # taken back
    assert "is published" in said(wang.post("/admin/courses/module/", data, follow=True))


def test_every_kind_of_change_is_named(two: tuple[Any, Any]) -> None:
    draft, li = module().draft, desk(two[1])
    first, second = lesson(0), lesson(1)
    gone, kept = list(first.blocks.all())[-1], first.blocks.all()[0]
    name = f"blocks-{first.blocks.count()}"
    new = {
        f"{name}-kind": "tip",
        f"{name}-heading_zh": "招",
        f"{name}-heading_en": "Trick",
        f"{name}-body_zh": "字",
        f"{name}-body_en": "New words",
    }
    edit(
        li,
        first,
        **new,
        **{f"blocks-{first.blocks.count() - 1}-DELETE": "on", "blocks-0-heading_en": "Other head"},
    )
    li.post(f"/admin/courses/lessonedition/{second.pk}/delete/", {"post": "yes"})
    found = changes.of(module())
    told = {(change.where, change.what.split(" (")[0]): change for change in found}
    assert {what for _where, what in told} >= {"block taken away", "lesson taken away"} or len(found) >= 3
    texts = {text for change in found for _name, text in (*change.before, *change.after)}
    assert {"Other head", "New words", kept.heading_en} <= texts
    assert gone.heading_en in texts or gone.body_en in texts
    assert all([hand.name for hand in change.hands] == ["Li"] for change in found), found
    assert draft is not None
    assert second.title_en in {text for change in found for _name, text in change.before}


def test_saving_without_a_change_is_nobodys_hand(two: tuple[Any, Any]) -> None:
    wang, li = desk(two[0]), desk(two[1])
    edit(li, lesson(0))
    assert changes.of(module()) == []
    edit(wang, lesson(0), title_en="Wang's title")
    assert [hand.name for change in changes.of(module()) for hand in change.hands] == ["Wang"]
    assert "is published" in said(publish(wang))


def test_another_trainers_module_is_not_there(make_user: Any) -> None:
    stranger = desk(make_user("stranger", role="trainer"))
    number = module().published.number  # type: ignore[union-attr]  # it is published
    for send in (stranger.get, stranger.post):
        assert send(path("publish/")).status_code == 404
    assert module().published.number == number  # type: ignore[union-attr]  # unchanged
