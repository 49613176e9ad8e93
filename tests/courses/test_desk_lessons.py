"""A lesson on the trainers' desk: its address, its place, its pictures, and what was typed."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from PIL import Image

from assessments.models import Item
from courses.models import Block, Lesson, LessonEdition, Media, Module
from courses.publishing.services import publish_module
from tests import world
from tests.asking import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
LESSONS = "/admin/courses/lessonedition/"


@pytest.fixture
def desk(people: dict[str, Any]) -> Client:
    """The desk of the trainer of the module, in English."""
    module().course.trainers.add(people["trainer"])
    client = client_of(people["trainer"])
    client.cookies["django_language"] = "en"
    return client


def module(slug: str = world.SLUG) -> Module:
    return Module.objects.select_related("course", "draft", "published").get(slug=slug)


def lesson(number: int = 0) -> LessonEdition:
    return list(LessonEdition.objects.filter(edition=module().draft))[number]


def typed(slug: str = "", blocks: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    """What the browser sends of the form of a new lesson."""
    blocks = blocks or []
    data = {
        "slug": slug, "module": module().pk, "title_zh": "新课", "title_en": "A new lesson", "objective_zh": "会",
        "objective_en": "Can", "source_zh": "站内", "source_en": "here", "position": "", "minutes": "5",
        "blocks-TOTAL_FORMS": len(blocks), "blocks-INITIAL_FORMS": 0,
    }  # fmt: skip
    for number, block in enumerate(blocks):
        texts = {
            "kind": "text",
            "heading_zh": "",
            "heading_en": "",
            "body_zh": "字",
            "body_en": "Text",
        } | block
        data |= {f"blocks-{number}-{name}": value for name, value in texts.items()}
    return data | more


def add(desk: Client, **fields: Any) -> Any:
    return desk.post(f"{LESSONS}add/?module={module().pk}", typed(**fields))


# --- the address ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"minutes": "90"},
        {"blocks": [{"kind": "check", "body_zh": "no"}]},
        {"blocks": [{"body_zh": "字" * 4001}]},
    ],
    ids=["a field", "a block", "a text too long"],
)
def test_a_refused_new_lesson_leaves_its_address_free(desk: Client, wrong: dict[str, Any]) -> None:
    before = LessonEdition.objects.count()
    response = add(desk, slug="on-the-scales", **wrong)
    assert response.status_code == 200
    assert "A new lesson" in response.content.decode()
    assert not Lesson.objects.filter(slug="on-the-scales").exists()
    assert LessonEdition.objects.count() == before
    assert add(desk, slug="on-the-scales").status_code == 302
    assert LessonEdition.objects.get(lesson__slug="on-the-scales").title_en == "A new lesson"


@pytest.mark.parametrize(
    ("title", "address"),
    [("Weigh it twice!", "weigh-it-twice"), ("", f"{world.SLUG}-3"), ("两遍", f"{world.SLUG}-3")],
)
def test_without_an_address_the_title_gives_one_else_the_module(
    desk: Client, title: str, address: str
) -> None:
    assert Lesson.objects.filter(module=module()).count() == 2
    assert add(desk, title_en=title).status_code == 302
    assert add(desk, title_en=title).status_code == 302  # a second of the same title
    slugs = set(Lesson.objects.filter(editions__edition=module().draft).values_list("slug", flat=True))
    assert address in slugs
    assert len(slugs) == 4


def test_an_address_of_another_lesson_is_refused_and_that_lesson_stays(desk: Client) -> None:
    theirs = Lesson.objects.exclude(module=module()).first()
    assert theirs is not None
    for slug in (theirs.slug, lesson().lesson.slug):
        assert add(desk, slug=slug).status_code == 200
    theirs.refresh_from_db()
    assert theirs.module_id != module().pk
    assert LessonEdition.objects.filter(edition=module().draft).count() == 2


def test_an_address_nobody_ever_saw_is_free_again(desk: Client) -> None:
    other = Module.objects.exclude(pk=module().pk)[0]
    Lesson.objects.create(module=other, slug="half-begun")
    assert add(desk, slug="half-begun").status_code == 302
    assert Lesson.objects.get(slug="half-begun").module_id == module().pk


def test_a_lesson_taken_from_the_draft_comes_back_with_its_text_under_its_address(desk: Client) -> None:
    row = lesson(1)
    slug, blocks = row.lesson.slug, list(row.blocks.values_list("kind", "body_zh"))
    identity, published = row.lesson_id, row.title_zh
    assert desk.post(f"{LESSONS}{row.pk}/delete/", {"post": "yes"}).status_code == 302
    publish_module(module=module())
    link = f"{LESSONS}add/?module={module().pk}&amp;slug={slug}"
    assert link in desk.get(f"/admin/courses/module/{module().pk}/change/").content.decode()
    assert f'value="{slug}"' in desk.get(link.replace("&amp;", "&")).content.decode()
    empty = dict.fromkeys(
        ("title_zh", "title_en", "objective_zh", "objective_en", "source_zh", "source_en"), ""
    )
    assert add(desk, slug=slug, **empty).status_code == 302
    back = LessonEdition.objects.get(edition=module().draft, lesson__slug=slug)
    assert (back.lesson_id, back.title_zh, back.position) == (identity, published, 2)
    assert list(back.blocks.values_list("kind", "body_zh")) == blocks
    assert link not in desk.get(f"/admin/courses/module/{module().pk}/change/").content.decode()


# --- the place --------------------------------------------------------------------------------------------------


def test_a_new_lesson_and_new_blocks_come_last(desk: Client) -> None:
    assert add(desk, slug="last-of-all", blocks=[{"body_zh": "一"}, {"body_zh": "二"}]).status_code == 302
    rows = list(LessonEdition.objects.filter(edition=module().draft))
    assert rows[-1].lesson.slug == "last-of-all"
    made = rows[-1]
    assert [block.body_zh for block in made.blocks.all()] == ["一", "二"]
    text = desk.get(f"{LESSONS}{made.pk}/change/").content.decode()
    assert re.search(r'name="blocks-2-position"(?![^>]*value)', text)  # the empty block has no number yet
    data = typed(blocks=[{"body_zh": "一"}, {"body_zh": "二"}, {"body_zh": "三"}]) | {
        "blocks-INITIAL_FORMS": 2
    }
    for number, block in enumerate(made.blocks.all()):
        data |= {f"blocks-{number}-id": block.pk, f"blocks-{number}-position": block.position}
    assert desk.post(f"{LESSONS}{made.pk}/change/", data | {"position": made.position}).status_code == 302
    assert [block.body_zh for block in made.blocks.all()] == ["一", "二", "三"]


# --- what was typed, and pictures ----------------------------------------------------------------------------------


def png(size: tuple[int, int] = (64, 48)) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", size, "green").save(out, "PNG")
    return SimpleUploadedFile("well.png", out.getvalue())


def test_a_picture_that_cannot_be_used_is_refused_and_what_was_typed_stands(desk: Client) -> None:
    heic = SimpleUploadedFile("IMG_1.HEIC", b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\0" * 80)
    block = {
        "kind": "picture",
        "heading_zh": "看图",
        "heading_en": "See",
        "body_zh": "打了一小时",
        "upload": heic,
    }
    response = add(desk, slug="with-a-picture", blocks=[block])
    text = response.content.decode()
    assert response.status_code == 200
    assert "Most Compatible" in text
    assert "打了一小时" in text
    assert not Media.objects.filter(mime="image/webp").exists()
    assert not Lesson.objects.filter(slug="with-a-picture").exists()


def test_a_long_screenshot_is_stored(desk: Client) -> None:
    block = {"kind": "picture", "heading_zh": "看图", "heading_en": "See", "upload": png((1080, 20_000))}
    assert add(desk, slug="long", blocks=[block]).status_code == 302
    media = Block.objects.get(lesson__lesson__slug="long").media
    assert media is not None
    assert media.height > 16_000


def test_a_chosen_picture_stays_chosen_when_another_field_is_refused(desk: Client) -> None:
    block = {"kind": "picture", "heading_zh": "看图", "heading_en": "See", "upload": png()}
    text = add(desk, slug="kept", blocks=[block], minutes="90").content.decode()
    media = Media.objects.get(mime="image/webp")
    assert f'<option value="{media.pk}" selected>' in text


def test_a_text_is_never_cut_but_refused_with_its_length_and_stands_again(desk: Client) -> None:
    long = "长" * 4001
    text = add(desk, slug="too-long", blocks=[{"body_zh": long}]).content.decode()
    assert "That is 4001 letters, 4000 at most. Nothing was cut" in text
    assert long in text
    assert add(desk, slug="just-fits", blocks=[{"body_zh": long[1:]}]).status_code == 302


def test_no_box_of_the_trainers_desk_cuts_what_is_pasted(people: dict[str, Any]) -> None:
    request = RequestFactory().get("/admin/")
    request.user = people["operator"]
    apps = ("courses", "feedback", "assessments", "learners")
    desks = {model: desk for model, desk in admin.site._registry.items() if model._meta.app_label in apps}
    seen = 0
    for desk in desks.values():
        forms = [desk.get_form(request, change=True)]
        forms += [inline.get_formset(request).form for inline in desk.get_inline_instances(request)]
        for form in forms:
            for name, field in form.base_fields.items():
                seen += 1
                cuts = "maxlength" in field.widget.attrs and type(field).__name__ == "CharField"
                assert not cuts, (desk, name)
    assert seen > 60


# --- one language is enough ------------------------------------------------------------------------------------------


def in_chinese_only(desk: Client) -> LessonEdition:
    empty = {"title_zh": "只有中文的课", "title_en": "", "objective_en": "", "source_en": ""}
    assert (
        add(desk, slug="only-chinese", blocks=[{"body_zh": "称两遍。", "body_en": ""}], **empty).status_code
        == 302
    )
    return LessonEdition.objects.get(edition=module().draft, lesson__slug="only-chinese")


def test_a_lesson_in_one_language_is_published_and_read_in_both(desk: Client) -> None:
    in_chinese_only(desk)
    number = module().published.number  # type: ignore[union-attr]  # it is published
    text = desk.post(
        "/admin/courses/module/", {"action": "publish", "_selected_action": module().pk}, follow=True
    )
    assert module().published.number == number + 1  # type: ignore[union-attr]  # as above
    assert "4 lines have no English. Readers of that language get the other one." in text.content.decode()
    for language in ("en", "zh-hans"):
        reader = Client()
        reader.cookies["django_language"] = language
        page = reader.get("/lessons/only-chinese/").content.decode()
        assert "只有中文的课" in page
        assert "称两遍。" in page
        assert "只有中文的课" in reader.get("/search/?q=只有中文").content.decode()


def test_a_line_in_neither_language_is_refused_and_nothing_goes_live(desk: Client) -> None:
    row = in_chinese_only(desk)
    LessonEdition.objects.filter(pk=row.pk).update(objective_zh="")
    number = module().published.number  # type: ignore[union-attr]  # it is published
    text = desk.post(
        "/admin/courses/module/", {"action": "publish", "_selected_action": module().pk}, follow=True
    )
    assert "lacks a line: write it in one language at least" in text.content.decode()
    assert module().published.number == number  # type: ignore[union-attr]  # nothing went live


def test_a_question_in_one_language_with_two_answers_is_kept_in_the_module_it_was_added_from(
    desk: Client,
) -> None:
    listed = f"/admin/assessments/item/add/?_changelist_filters=module__id__exact%3D{module().pk}"
    assert f'<option value="{module().pk}" selected>' in desk.get(listed).content.decode()
    data = {
        "code": "one-1", "module": module().pk, "kind": "single", "live": "on", "stem_zh": "称几遍？", "why_zh": "准",
        "position": "1", "options-TOTAL_FORMS": "2", "options-INITIAL_FORMS": "0", "options-0-position": "1",
        "options-0-text_zh": "两遍", "options-0-right": "on", "options-1-position": "2", "options-1-text_zh": "一遍",
    }  # fmt: skip
    nothing = data | {"stem_zh": "", "options-0-text_zh": ""}
    assert (
        "Write it in one language at least."
        in desk.post("/admin/assessments/item/add/", nothing).content.decode()
    )
    assert not Item.objects.filter(code="one-1").exists()
    assert desk.post("/admin/assessments/item/add/", data).status_code == 302
    item = Item.objects.get(code="one-1")
    assert [option.text for option in item.options.all()] == ["两遍", "一遍"]


# --- how it looks to a learner ----------------------------------------------------------------------------------------


def test_lists_tables_and_subheadings_are_shown_as_such(desk: Client) -> None:
    body = "- one\n- two\n\n3. three\n4. four\n\n### Before you send\n\n| fruit | kilos |\n|---|---|\n| pomelo | 5 |"
    assert add(desk, slug="with-a-table", blocks=[{"body_en": body, "body_zh": body}]).status_code == 302
    page = desk.get(
        f"/preview/lessons/{LessonEdition.objects.get(lesson__slug='with-a-table').pk}/"
    ).content.decode()
    assert '<ul class="points">' in page
    assert '<ol class="points" start="3">' in page
    assert "<h3>Before you send</h3>" in page
    assert "<td>pomelo</td>" in page
    assert "###" not in page
    assert "|---|" not in page


def test_a_preview_leads_through_the_draft_to_its_quiz_and_never_to_a_page_that_is_not_there(
    desk: Client,
) -> None:
    assert add(desk, slug="not-published-yet", blocks=[{}]).status_code == 302
    path: str | None = f"/preview/lessons/{lesson(0).pk}/"
    seen = []
    while path and len(seen) < 9:
        text = desk.get(path).content.decode()
        main = text[text.index("<main") : text.index("</main>")]
        for link in re.findall(r'href="(/[^"#]*)"', main):
            assert desk.get(link).status_code == 200, (path, link)
        seen.append(path)
        onward = re.search(r'class="button go full" href="([^"]+)"', main)
        path = onward[1] if onward else None
    assert len(seen) == 4  # three lessons of the draft, and the quiz
    assert "/quiz/" in seen[-1]
    item = module().items.filter(live=True).first()
    assert item is not None
    assert item.stem_en in text or item.stem_zh in text
