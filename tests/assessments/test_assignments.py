"""Practical tasks: one a module, read and printed; the text that hand-in and marking will use."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from assessments.assignments.files import check_tree, read_task
from assessments.assignments.loading import load_assignment
from assessments.models import Assignment
from courses.exchange.content_files import read_tree
from courses.models import Module

ROOT = Path(__file__).resolve().parent.parent.parent
SHIPPED = ROOT / "courses" / "content"
PHOTOS = SHIPPED / "C11-phone-photos"
PAGE = "/modules/window-light/try/"


@pytest.fixture
def task(curriculum: None) -> Assignment:
    module = Module.objects.get(slug="window-light")
    load_assignment(module, SimpleNamespace(path=PHOTOS), False)
    return Assignment.objects.get(module=module)


def test_every_module_that_ships_has_a_whole_task() -> None:
    modules = read_tree(SHIPPED)
    assert check_tree(SHIPPED, modules) == []
    assert all(read_task(module.path) for module in modules)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("media: photo", "media: smell", "“media:” is one of"),
        ("minutes: 20", "minutes: soon", "whole number"),
        ("3. zh: ", "= zh: ", "3 steps, here are 2"),
        ("\n   en: ", "\n   fr: ", "the next one “  en: …”"),
        ("### 30", "### 31", "make 100 together"),
        (" must\n", "\n", "at least one criterion is a must"),
        ("\n2 zh: ", "\n3 zh: ", "“3” does not belong here"),
        ("title_en: ", "titel_en: ", "“title_en:” is missing"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = (PHOTOS / "task.md").read_text()
    assert old in text
    (tmp_path / "task.md").write_text(
        text.replace(old, new) if old == " must\n" else text.replace(old, new, 1)
    )
    source = read_task(tmp_path)
    assert source is not None
    assert any(message in words for _line, words in source.errors), source.errors


def test_a_module_without_a_task_among_others_that_have_one_is_named(tmp_path: Path) -> None:
    for name in ("C11-phone-photos", "C12-pack-and-ship"):
        (tmp_path / name).symlink_to(SHIPPED / name)
    modules = read_tree(tmp_path)
    assert check_tree(tmp_path, modules) == []
    (tmp_path / "C12-pack-and-ship").unlink()
    bare = tmp_path / "C12-pack-and-ship"
    bare.mkdir()
    (bare / "module.md").write_text((SHIPPED / "C12-pack-and-ship" / "module.md").read_text())
    assert [e for e in check_tree(tmp_path, read_tree(tmp_path)) if "has no practical task" in e]


@pytest.mark.django_db
@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_the_page_holds_steps_criteria_slips_and_what_a_helper_sees(
    client: Client, task: Assignment, lang: str, django_assert_max_num_queries: Any
) -> None:
    key = "zh" if lang == "zh-hans" else "en"
    client.cookies["django_language"] = lang
    client.get("/help/")
    with django_assert_max_num_queries(4):
        page = client.get(PAGE).content.decode()
    source = read_task(PHOTOS)
    assert source is not None
    wanted = [step[key] for step in source.steps] + [source.header[f"helper_{key}"]]
    wanted += [slip[part][key] for slip in source.slips for part in ("slip", "kind")]
    wanted += [row["levels"][level][key] for row in source.criteria for level in (1, 2, 3)]
    for words in wanted:
        assert words.replace('"', "&quot;").replace("'", "&#x27;") in page, words
    assert page.count('class="tag"') == sum(bool(row["must"]) for row in source.criteria)


@pytest.mark.django_db
def test_the_course_leads_to_its_task_and_one_without_has_no_row(client: Client, task: Assignment) -> None:
    assert f'href="{PAGE}"' in client.get("/modules/window-light/").content.decode()
    other = Module.objects.published().exclude(pk=task.module_id).get()
    assert "/try/" not in client.get(other.get_absolute_url()).content.decode()
    assert client.get(f"{other.get_absolute_url()}try/").status_code == 404


@pytest.mark.django_db
def test_a_course_taken_back_takes_its_task_back(client: Client, task: Assignment) -> None:
    Module.objects.filter(pk=task.module_id).update(published=None)
    assert client.get(PAGE).status_code == 404


@pytest.mark.django_db
def test_loading_again_changes_the_same_task(task: Assignment) -> None:
    load_assignment(task.module, SimpleNamespace(path=SHIPPED / "C12-pack-and-ship"), False)
    again = Assignment.objects.get()
    assert (again.pk, again.code) == (task.pk, "PA-C12")
