"""Law grows old: what was checked long ago, or has changed since, is told to trainers and to readers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from courses import services, tasks
from courses.desk.law import panel
from courses.grammar import law
from courses.models import LessonEdition, Module, ModuleEdition

DAY = dt.date
NAMED = {"source_zh": "电子商务法（2018）第 15 条", "source_en": "E-Commerce Law (2018) art. 15"}
SLUG = "window-light"


@pytest.mark.parametrize(
    ("checked", "changes", "today", "found"),
    [
        (DAY(2026, 11, 1), None, DAY(2027, 10, 31), None),
        (DAY(2026, 11, 1), None, DAY(2027, 11, 1), law.Due.OLD),
        (DAY(2026, 12, 1), None, DAY(2027, 11, 30), None),
        (DAY(2026, 12, 1), None, DAY(2027, 12, 1), law.Due.OLD),
        (None, None, DAY(2026, 11, 30), law.Due.OLD),
        (DAY(2026, 11, 1), DAY(2027, 1, 1), DAY(2026, 12, 31), None),
        (DAY(2026, 11, 1), DAY(2027, 1, 1), DAY(2027, 1, 1), law.Due.CHANGED),
        (DAY(2027, 1, 1), DAY(2027, 1, 1), DAY(2027, 1, 2), None),
        (DAY(2026, 11, 1), DAY(2027, 1, 1), DAY(2028, 1, 1), law.Due.CHANGED),
    ],
)
def test_when_law_has_to_be_looked_at_again(
    checked: dt.date | None, changes: dt.date | None, today: dt.date, found: law.Due | None
) -> None:
    assert law.due(checked, changes, today) is found


@pytest.mark.parametrize(
    ("source", "names", "without_year"),
    [
        ("电子商务法（2018）第 15 条；站内编写", True, []),
        ("电子商务法第 15、16 条；广告法（2021）第 9 条", True, ["电子商务法第 15、16 条"]),
        ("E-Commerce Law arts 15, 16; written for this site", True, ["E-Commerce Law arts 15, 16"]),
        ("商标法（2019）第 10 条，2027 年 1 月 1 日起第 15 条", True, []),
        ("GB 43284-2023", True, []),
        ("站内编写；算例为假设", False, []),
        ("Written for this site; the art of packing", False, []),
    ],
)
def test_a_source_that_names_an_article_rests_on_law(
    source: str, names: bool, without_year: list[str]
) -> None:
    assert law.names_law(source) == names
    assert law.undated(source) == without_year


@pytest.fixture
def edition(curriculum: None, people: dict[str, Any]) -> ModuleEdition:
    """The published text of a module that rests on law in its first lesson; the trainer's own."""
    module = Module.objects.get(slug=SLUG)
    module.course.trainers.add(people["trainer"])
    ModuleEdition.objects.filter(published_of=module).update(**NAMED)
    LessonEdition.objects.filter(edition=module.published_id, position=1).update(**NAMED)
    return ModuleEdition.objects.get(published_of=module)


def look(edition: ModuleEdition, **when: dt.date | None) -> None:
    ModuleEdition.objects.filter(pk=edition.pk).update(**when)
    services.bump_content()


def pages(client: Client) -> list[str]:
    """The module, its lesson that names a law, and the one that names none."""
    slugs = LessonEdition.objects.filter(edition__published_of__slug=SLUG).order_by("position")
    paths = [
        f"/modules/{SLUG}/",
        *(f"/lessons/{slug}/" for slug in slugs.values_list("lesson__slug", flat=True)[:2]),
    ]
    return [client.get(path, headers={"accept-language": "en"}).content.decode() for path in paths]


@pytest.mark.django_db
def test_readers_and_the_trainer_are_told_until_it_is_checked(
    client: Client, edition: ModuleEdition, people: dict[str, Any]
) -> None:
    today = timezone.localdate()
    look(edition, checked_on=today.replace(day=1), changes_on=None)
    assert not any("ask your station" in text for text in pages(client))
    assert panel(people["trainer"]) is None

    look(edition, checked_on=today - dt.timedelta(days=400))
    module, first, second = pages(client)
    assert "more than a year ago" in module
    assert "more than a year ago" in first
    assert "more than a year ago" not in second

    look(edition, changes_on=today)
    module, first, second = pages(client)
    assert "reads otherwise" not in module
    assert "has read otherwise since" in module
    assert "has read otherwise since" in first
    assert "has read otherwise since" not in second
    found = panel(people["trainer"])
    assert found
    assert [(row.urgent, row.href) for row in found.rows] == [
        (True, f"/admin/courses/module/{edition.module_id}/change/")
    ]
    assert panel(people["helper"]) is None

    look(edition, checked_on=today)
    assert panel(people["trainer"]) is None


@pytest.mark.django_db
def test_a_day_that_comes_makes_the_pages_anew(client: Client, edition: ModuleEdition) -> None:
    today = timezone.localdate()
    look(edition, checked_on=today - dt.timedelta(days=40), changes_on=today + dt.timedelta(days=1))
    assert "has read otherwise since" not in pages(client)[0]
    ModuleEdition.objects.filter(pk=edition.pk).update(changes_on=today)  # the night has passed
    assert "has read otherwise since" not in pages(client)[0]
    tasks.tell_law_due()
    assert "has read otherwise since" in pages(client)[0]
