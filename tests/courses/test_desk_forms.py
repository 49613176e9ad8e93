"""The trainers' forms of courses, classes and the engine: no word of Django's that nobody translated."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.contrib.admin.widgets import FilteredSelectMultiple
from django.db import connection, models
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.html import escape

from assessments.models import Item
from courses.models import Block, Course, Lesson, LessonEdition, Media, MediaSize, Module
from feedback.models import ClassifierVersion, ContentReport, Theme
from learners.models import Cohort
from mooc.lib.privacy import evidence
from tests import world
from tests.asking import client_of
from tests.conftest import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
MODULES, LESSONS, CLASSES = (
    "/admin/courses/module/",
    "/admin/courses/lessonedition/",
    "/admin/learners/cohort/",
)


@pytest.fixture
def trainer(people: dict[str, Any]) -> Any:
    module().course.trainers.add(people["trainer"])
    return people["trainer"]


def module() -> Module:
    return Module.objects.select_related("course", "draft", "published").get(slug=world.SLUG)


def english(user: Any) -> Client:
    client = client_of(user)
    client.cookies["django_language"] = "en"
    return client


def boxes(module: Module, edition: Any) -> dict[str, Any]:
    """What the browser sends of the module's form."""
    return {
        "code": module.code, "slug": module.slug, "course": module.course_id, "category": module.category_id,
        "level": module.level, "icon": module.icon, "quiz_required": "on",
        "skills": list(module.skills.values_list("pk", flat=True)), "editions-TOTAL_FORMS": "1",
        "editions-INITIAL_FORMS": "1", "editions-0-id": edition.pk, "editions-0-module": module.pk,
        "editions-0-title_zh": edition.title_zh, "editions-0-title_en": edition.title_en,
        "editions-0-licence": edition.licence,
    }  # fmt: skip


# --- words --------------------------------------------------------------------------------------------------


def test_no_form_has_the_two_lists_whose_words_django_has_not_in_chinese(people: dict[str, Any]) -> None:
    request = RequestFactory().get("/admin/")
    request.user = people["operator"]
    fields = [
        (model, field, desk.formfield_for_dbfield(field, request))
        for model, desk in admin.site._registry.items()
        if model._meta.app_label in ("jobs", "courses", "learners", "feedback", "assessments", "evaluation")
        for field in model._meta.many_to_many
        if isinstance(field, models.ManyToManyField)
    ]
    assert fields
    for model, field, shown in fields:
        inner = getattr(getattr(shown, "widget", None), "widget", None)
        assert not isinstance(inner, FilteredSelectMultiple), (model, field)


def test_the_module_form_names_its_fields_for_people(trainer: Any) -> None:
    text = client_of(trainer).get(f"{MODULES}{module().pk}/change/").content.decode()
    labels = re.findall(r"<label[^>]*>\s*([^<]+)", text)
    assert not {"Code:", "Slug:", "Code", "Slug"} & {label.strip() for label in labels}
    assert "编号" in text
    assert ">Code<" not in client_of(trainer).get(MODULES).content.decode()


def test_skills_are_ticked_and_kept(trainer: Any) -> None:
    client, path = client_of(trainer), f"{MODULES}{module().pk}/change/"
    text = client.get(path).content.decode()
    ticks = re.findall(r'<input type="checkbox" name="skills" value="(\d+)"', text)
    assert ticks
    data = boxes(module(), module().draft) | {"skills": ticks[:1], "_save": "1"}
    assert client.post(path, data).status_code == 302
    assert [str(pk) for pk in module().skills.values_list("pk", flat=True)] == ticks[:1]


def test_the_person_is_greeted_without_words_around_the_name(trainer: Any) -> None:
    text = client_of(trainer).get("/admin/").content.decode()
    assert f"<strong>{trainer}</strong>" in text
    assert "欢迎" not in text


def test_a_list_counts_rows(trainer: Any) -> None:
    assert "1 row" in english(trainer).get(MODULES).content.decode()


# --- lessons and modules ---------------------------------------------------------------------------------------


def lesson() -> LessonEdition:
    found = LessonEdition.objects.filter(edition=module().draft).first()
    assert found is not None
    return found


def test_a_lesson_says_that_it_is_a_draft_and_leads_to_where_it_is_published(trainer: Any) -> None:
    text = english(trainer).get(f"{LESSONS}{lesson().pk}/change/").content.decode()
    assert "learners do not see it yet" in text
    assert text.count(f'href="{MODULES}{module().pk}/change/"') >= 2  # back, and to publish


def test_a_sentence_has_a_box_of_two_lines_and_stays_one_line(trainer: Any) -> None:
    row, client = lesson(), client_of(trainer)
    path = f"{LESSONS}{row.pk}/change/"
    assert re.search(r'<textarea name="objective_en"[^>]*rows="2"', client.get(path).content.decode())
    data = {
        "title_zh": row.title_zh, "title_en": row.title_en, "objective_zh": "会拍\r\n  照片", "objective_en": "Can",
        "source_zh": row.source_zh, "source_en": row.source_en, "position": row.position, "minutes": row.minutes,
        "blocks-TOTAL_FORMS": "0", "blocks-INITIAL_FORMS": "0", "_save": "1",
    }  # fmt: skip
    assert client.post(path, data).status_code == 302
    row.refresh_from_db()
    assert row.objective_zh == "会拍 照片"


def test_lessons_are_narrowed_to_a_module_of_ones_own(trainer: Any) -> None:
    others = Module.objects.exclude(pk=module().pk).values_list("pk", flat=True)
    client = client_of(trainer)
    text = client.get(LESSONS).content.decode()
    assert f"?module={module().pk}" in text
    assert not [pk for pk in others if f"?module={pk}" in text]
    assert f"{LESSONS}{lesson().pk}/change/" in client.get(LESSONS, {"module": module().pk}).content.decode()
    assert "/change/?" not in client.get(LESSONS, {"module": 0}).content.decode()
    assert client.get(LESSONS, {"module": "x"}).status_code == 200


def test_publishing_stands_beside_saving_and_enter_saves(trainer: Any) -> None:
    text = client_of(trainer).get(f"{MODULES}{module().pk}/change/").content.decode()
    form = text[text.index('id="module_form"') :]
    assert re.findall(r'<input type="submit"[^>]* name="(\w+)"', form)[:2] == ["_save", "_publish"]
    assert form.index('name="_publish"') < form.index("deletelink")


def test_a_question_of_a_quiz_has_boxes_of_two_lines(trainer: Any) -> None:
    item = Item.objects.order_by("pk")[0]
    html = client_of(trainer).get(f"/admin/assessments/item/{item.pk}/change/").content.decode()
    for name in ("stem_zh", "stem_en", "why_zh", "why_en"):
        assert f'<textarea name="{name}"' in html


def test_every_head_of_a_list_and_every_field_has_a_chinese_name() -> None:
    with translation.override("zh-hans"):
        for model, desk in admin.site._registry.items():
            heads = [str(label_for_field(name, model, model_admin=desk)) for name in desk.list_display]
            fields = [str(field.verbose_name) for field in model._meta.fields if field.editable]
            english = [name for name in heads + fields if name.isascii() and name not in ("", "ID")]
            assert english == [], model


@pytest.mark.parametrize("which", ["module", "lesson"])
def test_a_long_form_is_saved_from_its_top_and_from_its_end(trainer: Any, which: str) -> None:
    path = f"{MODULES}{module().pk}/change/" if which == "module" else f"{LESSONS}{lesson().pk}/change/"
    text = client_of(trainer).get(path).content.decode()
    for name in ("_save", "_continue", *(["_publish"] if which == "module" else [])):
        button = f'name="{name}"'
        assert text.count(button) == 2, name
        assert text.index(button) < text.index("<fieldset"), name
        assert text.rindex(button) > text.rindex("</fieldset>"), name


def picture_block() -> Block:
    block = Block.objects.filter(lesson__edition=module().draft, media__isnull=False).first()
    assert block is not None
    return block


def test_a_picture_is_chosen_by_its_name_and_shown_without_a_script(trainer: Any) -> None:
    block, client = picture_block(), english(trainer)
    other = Media.objects.create(
        sha256="b" * 64,
        file="m/barn.webp",
        mime="image/webp",
        bytes=9,
        width=1280,
        height=800,
        label="barn.jpg",
    )
    MediaSize.objects.create(media=other, file="m/barn-480.webp", width=480, bytes=5)
    text = client.get(f"{LESSONS}{block.lesson_id}/change/").content.decode()
    assert f'<option value="{block.media_id}" selected>{escape(block.heading_en)} (' in text
    assert re.search(rf'class="thumb"[^>]*><img src="{re.escape(block.media.get_absolute_url())}"', text)  # type: ignore[union-attr]  # it has one
    assert f'<option value="{other.pk}">barn.jpg</option>' in text
    assert re.search(
        r'<li><img src="/media/m/barn-480.webp"[^>]*> barn.jpg</li>', text
    )  # the small copy is enough
    assert 'class="vForeignKeyRawIdAdminField"' not in text


def test_another_picture_is_chosen_and_kept(trainer: Any) -> None:
    block = picture_block()
    row = block.lesson
    other = Media.objects.create(
        sha256="b" * 64, file="m/barn.webp", mime="image/webp", bytes=9, label="barn.jpg"
    )
    data = {
        "title_zh": row.title_zh, "title_en": row.title_en, "objective_zh": row.objective_zh,
        "objective_en": row.objective_en, "source_zh": row.source_zh, "source_en": row.source_en,
        "position": row.position, "minutes": row.minutes, "blocks-TOTAL_FORMS": "1", "blocks-INITIAL_FORMS": "1",
        "blocks-0-id": block.pk, "blocks-0-lesson": row.pk, "blocks-0-position": block.position,
        "blocks-0-kind": block.kind, "blocks-0-heading_zh": block.heading_zh,
        "blocks-0-heading_en": block.heading_en, "blocks-0-body_zh": block.body_zh, "blocks-0-body_en": block.body_en,
        "blocks-0-media": other.pk, "_save": "1",
    }  # fmt: skip
    assert client_of(trainer).post(f"{LESSONS}{row.pk}/change/", data).status_code == 302
    block.refresh_from_db()
    assert block.media_id == other.pk


def test_the_files_to_choose_from_are_read_once_however_many_blocks(trainer: Any) -> None:
    block, client = picture_block(), client_of(trainer)
    path = f"{LESSONS}{block.lesson_id}/change/"
    client.get(path)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        return sum("courses_media" in row["sql"] and "courses_block" not in row["sql"] for row in asked)

    before = queries()
    Block.objects.bulk_create(
        Block(lesson=block.lesson, position=20 + n, kind="picture", media=block.media) for n in range(9)
    )
    assert queries() == before == 2  # the files, and their small copies


# --- classes ---------------------------------------------------------------------------------------------------


def test_the_form_of_a_class_leads_to_its_list(trainer: Any, regions: dict[str, Any]) -> None:
    row = Cohort.objects.create(
        title="枫树班",
        trainer=trainer,
        region=regions["village"],
        starts_on="2026-11-01",
        ends_on="2026-12-31",
    )
    text = client_of(trainer).get(f"{CLASSES}{row.pk}/change/").content.decode()
    assert f'href="/classes/{row.pk}/"' in text
    assert re.findall(r'<input type="checkbox" name="modules" value="\d+"', text)
    assert client_of(trainer).get(f"{CLASSES}add/")["Location"] == "/classes/#new"


# --- the front page, reports, the engine -------------------------------------------------------------------------


def test_the_front_page_leads_to_answer_modules_the_engine_and_classes(trainer: Any) -> None:
    text = client_of(trainer).get("/admin/").content.decode().split('<details class="lists"')[0]
    for path in ("/admin/feedback/answermodule/", "/admin/feedback/classifierversion/", CLASSES):
        assert f'href="{path}"' in text, path
    assert 'href="/admin/feedback/question/?state=all"' in text  # nobody waits


@evidence.writing("report_content")
def test_reports_show_the_lessons_title(trainer: Any) -> None:
    row = Lesson.objects.get(slug="borrow-the-window")
    ContentReport.objects.create(lesson=row, kind="wrong", text="图不对")
    text = client_of(trainer).get("/admin/feedback/contentreport/").content.decode()
    shown = LessonEdition.objects.get(lesson=row, edition=module().published).title_zh
    assert shown in text
    assert row.slug not in text


@evidence.writing("report_content")
def test_an_empty_list_is_a_sentence_and_says_when_a_choice_empties_it(trainer: Any) -> None:
    client, path = english(trainer), "/admin/feedback/contentreport/"
    text = client.get(path).content.decode()
    assert "No reader has said that something in your lessons is wrong, old or missing." in text
    assert not re.search(r'class="paginator"|\b0 rows', text)
    row = ContentReport.objects.create(
        lesson=Lesson.objects.get(slug="borrow-the-window"), kind="wrong", text="图不对"
    )
    text = client.get(path, {"kind__exact": "old"}).content.decode()
    assert "Nothing in this list fits what you chose." in text
    assert "No reader has said" not in text
    text = client.get(path).content.decode()
    assert f"{path}{row.pk}/change/" in text
    assert "1 row" in text
    assert "Nothing here yet." in english(trainer).get("/admin/feedback/savedreply/").content.decode()


def test_the_engine_has_one_name(trainer: Any) -> None:
    client, title = english(trainer), "The question engine"
    assert f">{title} ›</a>" in client.get("/admin/").content.decode()
    assert f"<h1>{title}</h1>" in client.get("/admin/feedback/classifierversion/").content.decode()
    folders = (ROOT / "feedback", ROOT / "templates" / "admin")
    files = [file for folder in folders for kind in ("*.py", "*.html") for file in folder.rglob(kind)]
    said = re.compile(
        r"""(?:_\(|gettext\(|trans(?:late)? )["'][^"'\n]*(?<!question )\bengine\b""", re.IGNORECASE
    )
    hidden = {
        "models/theme.py",
        "data.py",
    }  # columns and a state that no page shows; a change would be a migration
    assert not [
        (file.name, said.findall(text))
        for file in files
        if "migrations" not in file.parts
        and "/".join(file.parts[-2:]) not in hidden
        and file.name not in hidden
        for text in [file.read_text()]
        if said.search(text)
    ]


def test_the_engine_says_when_enough_is_said_and_an_empty_list_is_a_sentence(
    trainer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from feedback.learning import training

    client, path = english(trainer), "/admin/feedback/classifierversion/"
    text = client.get(path).content.decode()
    assert "has not been trained here yet" in text
    assert "0 rows" not in text
    assert 'id="run"' not in text
    monkeypatch.setattr(training, "corrections_since", lambda: training.ENOUGH_CORRECTIONS)
    assert "That is enough: a training waits its turn." in client.get(path).content.decode()
    ClassifierVersion.objects.create(
        file="themes-x.npz", sha256="0" * 64, encoder="hash", examples=1, corrections=0, macro_f1=0.9, coverage=0.9,
        precision=0.9, threshold=0.5, reason="nightly",
    )  # fmt: skip
    assert "has not been trained here yet" not in client.get(path).content.decode()


def test_without_a_possible_theme_the_list_says_when_one_comes(trainer: Any) -> None:
    text = english(trainer).get("/admin/feedback/themeproposal/").content.decode()
    assert "At night the questions without a sure theme are compared" in text


def test_the_operators_lists_have_their_forms(people: dict[str, Any]) -> None:
    client = client_of(people["operator"])
    course, theme = Course.objects.first(), Theme.objects.first()
    assert course is not None
    assert theme is not None
    for path in (
        f"/admin/courses/course/{course.pk}/change/",
        "/admin/courses/skill/add/",
        "/admin/courses/track/add/",
    ):
        assert client.get(path).status_code == 200, path
