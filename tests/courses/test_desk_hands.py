"""The forms of the desk: two people at one draft, and a session that ends while somebody types."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.models import Item
from courses.models import Block, Category, Course, LessonEdition, Module
from feedback.models import AnswerEntry, AnswerModule, SavedReply, Theme
from learners.models import Cohort
from mooc.accounts.models import Region, User
from mooc.accounts.staff.forms.forms import DeskForm
from tests import world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
MEANWHILE = "has changed this meanwhile"


@pytest.fixture
def two(people: dict[str, Any], make_user: Any) -> tuple[Client, Client]:
    """Two trainers of one course, Wang and Li, each signed in."""
    users = [make_user(name, role="trainer", display_name=name.title()) for name in ("wang", "li")]
    module().course.trainers.add(*users)
    return signed_in(users[0]), signed_in(users[1])


def signed_in(user: Any) -> Client:
    client = Client(headers={"accept-language": "en"}, enforce_csrf_checks=True)
    client.force_login(user)
    return client


def module() -> Module:
    return Module.objects.select_related("course", "draft", "published").get(slug=world.SLUG)


def lesson() -> LessonEdition:
    return next(iter(LessonEdition.objects.filter(edition=module().draft)))


def boxes(text: str) -> dict[str, Any]:
    """What a browser sends of the form on a page when nothing is changed."""
    text = text[text.index('name="csrfmiddlewaretoken"') - 60 :]
    data: dict[str, Any] = {}
    for tag in re.findall(r"<input\b[^>]*>", text):
        name, kind = re.search(r'name="([^"]*)"', tag), re.search(r'type="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if not name or (kind and kind[1] in ("submit", "file")):
            continue
        if kind and kind[1] in ("checkbox", "radio"):
            if " checked" in tag:
                data.setdefault(name[1], []).append(value[1] if value else "on")
            continue
        data[name[1]] = html.unescape(value[1]) if value else ""
    for name_, value_ in re.findall(
        r'<textarea\b[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', text, re.DOTALL
    ):
        data[name_] = html.unescape(value_)
    for name_, inner in re.findall(r'<select\b[^>]*name="([^"]*)"[^>]*>(.*?)</select>', text, re.DOTALL):
        data[name_] = re.findall(r'<option\b[^>]*value="([^"]*)"[^>]*\bselected', inner)
    return {name: value for name, value in data.items() if "__prefix__" not in name}


def opened(client: Client, path: str) -> dict[str, Any]:
    response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return boxes(response.content.decode())


def change(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def said(response: Any) -> str:
    return html.unescape(response.content.decode())


# --- two people -------------------------------------------------------------------------------------------------


def test_who_changed_it_meanwhile_is_oneself_when_it_was_another_window(two: tuple[Client, Client]) -> None:
    first, second = two
    path = change(lesson())
    second.post(path, opened(second, path) | {"title_en": "Li was here before"})
    one, other = opened(first, path), opened(first, path)
    first.post(path, one | {"title_en": "One window"})
    refused = first.post(path, other | {"title_en": "The other"})
    assert "You have changed this meanwhile, in another window" in said(refused)
    assert lesson().title_en == "One window"


def test_a_second_save_is_refused_with_both_texts_and_saved_after_a_look(two: tuple[Client, Client]) -> None:
    first, second = two
    path = change(lesson())
    mine, theirs = opened(first, path), opened(second, path)
    assert first.post(path, mine | {"title_en": "By the first", "title_zh": "先改的"}).status_code == 302
    refused = second.post(path, theirs | {"title_en": "By the second", "objective_en": "Also by the second"})
    assert refused.status_code == 200
    assert f"Wang {MEANWHILE}" in said(refused)
    assert "Now stands here: “By the first”" in said(refused)
    again = boxes(refused.content.decode())
    assert (again["title_en"], again["objective_en"]) == ("By the second", "Also by the second")
    assert again["title_zh"] == "先改的"  # only the other changed it: it is not undone
    row = lesson()
    assert (row.title_en, row.objective_en) != ("By the second", "Also by the second")
    assert row.title_en == "By the first"
    assert second.post(path, again).status_code == 302
    row = lesson()
    assert (row.title_zh, row.title_en, row.objective_en) == ("先改的", "By the second", "Also by the second")


def test_whoever_saves_what_nobody_else_touched_is_not_asked(two: tuple[Client, Client]) -> None:
    path = change(lesson())
    for client, title in zip((*two, two[0]), ("A", "B", "C"), strict=True):
        assert client.post(path, opened(client, path) | {"title_en": title}).status_code == 302
        assert lesson().title_en == title


def test_blocks_added_changed_and_deleted_by_another_are_not_lost(two: tuple[Client, Client]) -> None:
    first, second = two
    row = lesson()
    blocks = [
        Block.objects.create(lesson=row, position=50 + n, kind="text", body_zh=f"字{n}", body_en=f"w{n}")
        for n in range(3)
    ]
    path, start = change(row), row.blocks.count() - 3
    mine, theirs = opened(first, path), opened(second, path)
    new = int(mine["blocks-TOTAL_FORMS"]) - 1  # the empty one
    added = {
        f"blocks-{new}-kind": "text",
        f"blocks-{new}-body_zh": "先加的",
        f"blocks-{new}-body_en": "added by the first",
    }
    gone = {
        f"blocks-{start + 1}-DELETE": "on",
        f"blocks-{start + 2}-DELETE": "on",
        f"blocks-{start}-body_en": "new w0",
    }
    assert first.post(path, mine | added | gone).status_code == 302
    refused = second.post(path, theirs | {f"blocks-{start + 1}-body_en": "an hour of work"})
    assert MEANWHILE in said(refused)
    again = boxes(refused.content.decode())
    assert second.post(path, again).status_code == 302
    texts = list(row.blocks.values_list("body_en", flat=True))
    assert texts.count("added by the first") == 1
    assert texts.count("new w0") == 1
    assert (
        texts.count("an hour of work") == 1
    )  # deleted by the other, but written on here: it stands as a new one
    assert "w2" not in texts  # deleted by the other, and untouched here
    assert not Block.objects.filter(pk__in=[blocks[1].pk, blocks[2].pk]).exists()


def test_the_text_of_a_module_an_item_and_an_answer_page_are_kept_too(two: tuple[Client, Client]) -> None:
    theme = Theme.objects.order_by("pk")[0]
    page, _made = AnswerModule.objects.get_or_create(theme=theme)
    AnswerEntry.objects.create(module=page, question_zh="问", question_en="q", answer_zh="答", answer_en="a")
    item = Item.objects.filter(module=module()).order_by("pk")[0]
    for row, box, other in (
        (module(), "editions-0-need_en", "editions-0-title_en"),
        (item, "stem_en", "why_en"),
        (item, "options-0-text_en", "stem_zh"),
        (page, "entries-0-answer_en", "intro_en"),
    ):
        first, second = two
        path = change(row)
        mine, theirs = opened(first, path), opened(second, path)
        assert first.post(path, mine | {box: "The first one's words"}).status_code == 302, path
        refused = second.post(path, theirs | {other: "The second one's words"})
        assert refused.status_code == 200, path
        assert MEANWHILE in said(refused), path
        again = boxes(refused.content.decode())
        assert (again[box], again[other]) == ("The first one's words", "The second one's words")
        assert opened(first, path)[other] != "The second one's words"
        assert second.post(path, again).status_code == 302, path
        assert opened(first, path)[box] == "The first one's words"


def test_what_is_written_on_a_row_that_was_deleted_meanwhile_is_shown(two: tuple[Client, Client]) -> None:
    row = lesson()
    path = change(row)
    theirs = opened(two[1], path)
    row.delete()
    response = two[1].post(path, theirs | {"objective_en": "An hour of work"})
    assert response.status_code == 409
    assert "An hour of work" in said(response)


def test_every_form_of_the_desk_looks_after_what_is_typed() -> None:
    without = {
        type(desk).__name__
        for model, desk in admin.site._registry.items()
        if not isinstance(desk, DeskForm) and model._meta.app_label != "auth"
    }
    looked_at_only = {
        "SearchQueryAdmin",
        "TextMessageAdmin",
        "ThemeAdmin",
        "ClassifierVersionAdmin",
        "JobAdmin",
    }
    assert without <= looked_at_only | {
        "GroupAdmin",
        "SecondStepAdmin",
        "KeyAdmin",
        "DeedAdmin",  # nothing is written there
        "AccountMergeAdmin",  # an undo button, nothing typed
    }, without


# --- the session is over --------------------------------------------------------------------------------------------


def sign_in_again(client: Client, user: str, page: Any) -> Any:
    """By the link on the page; returns the form as it stands then."""
    link = re.search(r'href="(/accounts/login/\?next=[^"]+)"', page.content.decode())
    assert link is not None
    target = parse_qs(urlsplit(html.unescape(link[1])).query)["next"][0]
    client.force_login(User.objects.get(username=user))
    return client.get(target)


@pytest.mark.parametrize("what", ["lesson", "new lesson", "answer", "item", "answer page", "saved reply"])
def test_what_was_typed_stands_again_after_signing_in_and_is_not_saved_before(
    two: tuple[Client, Client], what: str, make_user: Any, regions: dict[str, Any]
) -> None:
    client, learner = two[0], world.person(make_user, "asker", regions["village"])
    question = world.ask(learner, module().updated_at)
    page, _made = AnswerModule.objects.get_or_create(theme=Theme.objects.order_by("pk")[0])
    path, box = {
        "lesson": (change(lesson()), "objective_en"),
        "new lesson": (f"/admin/courses/lessonedition/add/?module={module().pk}", "title_en"),
        "answer": (change(question), "answer"),
        "item": (change(Item.objects.filter(module=module())[0]), "why_en"),
        "answer page": (change(page), "intro_en"),
        "saved reply": (reverse("admin:feedback_savedreply_add"), "text"),
    }[what]
    button = {"_answer": "1"} if what == "answer" else {"_continue": "1"}
    typed = opened(client, path) | {box: "Typed for an hour"} | button
    del client.cookies["sessionid"]
    counts = (LessonEdition.objects.count(), SavedReply.objects.count())
    refused = client.post(path, typed)
    assert refused.status_code == 401
    assert "Typed for an hour" in said(refused)
    if what == "answer":
        assert refused.context["texts"] == ["Typed for an hour"]  # no marks of the machine, no ticks
    shown = sign_in_again(client, "wang", refused)
    assert shown.status_code == 200
    assert "It is not saved yet" in said(shown)
    again = boxes(shown.content.decode())
    assert again[box].strip() == "Typed for an hour"
    stored = opened(client, path)[box] if "add" not in path else ""
    assert "Typed for an hour" not in stored
    assert counts == (LessonEdition.objects.count(), SavedReply.objects.count())
    sent = client.post(path, again | button | {"title": "Often", "module": str(module().pk)})
    assert sent.status_code == 302


def test_a_token_of_an_older_session_loses_nothing_either(two: tuple[Client, Client]) -> None:
    client, path = two[0], change(lesson())
    typed = opened(client, path) | {"objective_en": "Typed for an hour"}
    client.cookies["csrftoken"] = "n" * 32  # as after signing in anew in another tab
    response = client.post(path, typed, follow=True)
    assert response.status_code == 200
    assert "Typed for an hour" in said(response)
    assert lesson().objective_en != "Typed for an hour"
    assert client.post(path, boxes(response.content.decode())).status_code == 302
    assert lesson().objective_en == "Typed for an hour"


def test_what_one_has_typed_never_stands_in_anothers_form(two: tuple[Client, Client]) -> None:
    first = two[0]
    path = change(lesson())
    typed = opened(first, path) | {"objective_en": "Wang's own words"}
    del first.cookies["sessionid"]
    shown = sign_in_again(first, "li", first.post(path, typed))
    assert "Wang's own words" not in said(shown)
    assert lesson().objective_en != "Wang's own words"
    stranger = Client(headers={"accept-language": "en"})
    response = stranger.post(path, {"objective_en": "No form of ours", "_seen": "made:up"})
    assert response.status_code == 302  # to sign-in, and nothing is kept
    assert cache.get("typed:made:up") is None


def test_somebody_else_changed_it_while_the_session_was_over(two: tuple[Client, Client]) -> None:
    first, second = two
    path = change(lesson())
    typed = opened(first, path) | {"objective_en": "Typed for an hour"}
    del first.cookies["sessionid"]
    refused = first.post(path, typed)
    assert second.post(path, opened(second, path) | {"title_en": "By Li"}).status_code == 302
    shown = sign_in_again(first, "wang", refused)
    assert f"Li {MEANWHILE}" in said(shown)
    again = boxes(shown.content.decode())
    assert (again["objective_en"], again["title_en"]) == ("Typed for an hour", "By Li")


def test_a_password_is_never_kept_or_shown(people: dict[str, Any]) -> None:
    operator = signed_in(people["operator"])
    typed = opened(operator, "/admin/accounts/user/add/") | {"username": "newone", "password1": "geheim-9876"}
    del operator.cookies["sessionid"]
    refused = operator.post("/admin/accounts/user/add/", typed)
    assert "newone" in said(refused)
    assert "geheim-9876" not in said(refused)
    shown = sign_in_again(operator, "operator", refused)
    assert "newone" in said(shown)
    assert "geheim-9876" not in said(shown)


# --- the second tap ---------------------------------------------------------------------------------------------


def new_things(regions: dict[str, Any]) -> dict[str, tuple[str, Any, dict[str, Any]]]:
    """Every form that makes something: address, what it makes, what is typed."""
    course, today = Course.objects.get(modules=module()), timezone.localdate().isoformat()
    area = Category.objects.get(pk=course.category_id)
    item = {"module": str(module().pk), "kind": "truefalse", "stem_zh": "题", "why_zh": "因为", "code": "zz-1",
            "options-0-text_zh": "对", "options-0-right": "on", "options-1-text_zh": "不对"}  # fmt: skip
    return {
        "lesson": ("courses/lessonedition/add/", LessonEdition, {"module": str(module().pk), "title_zh": "双击"}),
        "module": ("courses/module/add/", Module, {"code": "Q9", "course": str(course.pk), "level": "L1",
                   "category": str(area.pk), "slug": "tapped-twice"}),
        "course": ("courses/course/add/", Course, {"slug": "tapped", "title_zh": "双击", "title_en": "Tapped",
                   "category": str(area.pk), "code": "TT"}),
        "item": ("assessments/item/add/", Item, item),
        "answer page": ("feedback/answermodule/add/", AnswerModule, {"theme": str(Theme.objects.order_by("-pk")[0].pk)}),
        "saved reply": ("feedback/savedreply/add/", SavedReply, {"title": "双击", "text": "两次"}),
        "place": ("accounts/region/add/", Region, {"code": "360399", "parent": str(regions["city"].pk), "level": "3",
                  "name_zh": "双击县", "name_en": "Tapped"}),
        "account": ("accounts/user/add/", User, {"username": "tapped", "password1": "geheim-9876",
                    "password2": "geheim-9876", "usable_password": "true"}),
        "class": ("/classes/", Cohort, {"title": "双击班", "region": str(regions["village"].pk), "starts_on": today,
                  "ends_on": today, "modules": str(module().pk)}),
    }  # fmt: skip


@pytest.mark.parametrize(
    "what", ["lesson", "module", "course", "item", "answer page", "saved reply", "place", "account", "class"]
)
def test_a_second_tap_makes_no_second_thing_and_leads_to_the_first(
    what: str, curriculum: None, people: dict[str, Any], regions: dict[str, Any]
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(people["operator"])
    where, model, typed = new_things(regions)[what]
    path = where if where.startswith("/") else f"/admin/{where}"
    path += f"?module={module().pk}" if what in ("lesson", "item") else ""
    form = opened(client, path) | typed
    before = model.objects.count()
    first = client.post(path, form)
    assert first.status_code == 302, re.findall(r"errorlist[^<]*<li>[^<]*", first.content.decode())
    made = model.objects.count() - before
    second = client.post(path, form)
    assert (second.status_code, second["Location"]) == (302, first["Location"])
    assert model.objects.count() - before == made > 0
    refused = client.post(path, form | {"title": "", "username": "", "code": "", "title_zh": "", "theme": ""})
    assert refused.status_code in (200, 302, 400)  # other words under the same number: looked at anew
    if what == "saved reply":  # back, and typed anew, is another one
        assert client.post(path, form | {"title": "另一个"}).status_code == 302
        assert model.objects.count() - before == 2
