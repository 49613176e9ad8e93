"""Search over the curriculum that ships: what people ask finds its lesson, what nobody teaches finds nothing."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import translation

from courses.models import SearchQuery
from courses.search import HITS, search

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent
ASKED = Path(__file__).parent / "search"


def found(text: str) -> list[str]:
    """Slugs of the lessons found, in the language of the question."""
    with translation.override("en" if text.isascii() else "zh-hans"):
        return [hit.slug for hit in search(text)]


@pytest.fixture
def shipped(db: None) -> None:
    """The whole demonstration curriculum."""
    call_command("load_content", str(ROOT / "courses" / "content"), verbosity=0)


@pytest.mark.usefixtures("shipped")
def test_the_cut_is_between_what_is_taught_and_what_is_not() -> None:
    with (ASKED / "must_find.tsv").open(encoding="utf-8", newline="") as file:
        wanted = {row["asked"]: row["lesson"] for row in csv.DictReader(file, delimiter="\t")}
    missing = (ASKED / "must_not_find.txt").read_text(encoding="utf-8").split("\n")[:-1]
    assert len(wanted) >= 30
    assert len(missing) >= 15
    answers = {asked: found(asked) for asked in (*wanted, *missing)}
    assert {asked: answers[asked] for asked, slug in wanted.items() if slug not in answers[asked][:3]} == {}
    assert {asked: answers[asked] for asked in missing if answers[asked]} == {}
    assert max(map(len, answers.values())) <= HITS


@pytest.mark.usefixtures("shipped")
def test_a_word_in_another_sense_does_not_stand_in_for_the_whole_question() -> None:
    assert found("寄鸡蛋")  # another word for sending, and the goods are there
    assert not found("寄活鱼")  # the same word, but nobody teaches live fish


@pytest.mark.usefixtures("curriculum")
def test_below_the_hits_a_person_can_be_asked_and_nothing_found_is_demand(client: Client) -> None:
    html = client.get("/search/", {"q": "照片发黄"}).content.decode()
    assert 'href="/questions/ask/?text=' in html
    client.get("/search/", {"q": "寄活鱼"})
    assert SearchQuery.objects.get(text="寄活鱼").hits == 0
