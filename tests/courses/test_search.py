"""Search over the curriculum that ships: what people ask finds its lesson, what nobody teaches finds nothing."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Q
from django.test import Client
from django.utils import translation

from courses.catalogue.search import HITS, find, search
from courses.data import HitKind
from courses.models import Lesson, LessonEdition, SearchQuery
from feedback.answers import finding, publishing
from feedback.models import AnswerEntry, Question, Theme
from feedback.questions import answering
from learners.people.guests import learner_of
from tests.asking import answered

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent.parent
ASKED = Path(__file__).parent.parent / "search"


def found(text: str) -> list[str]:
    """Slugs of the lessons found, in the language of the question."""
    with translation.override("en" if text.isascii() else "zh-hans"):
        return [hit.slug for hit in search(text)]


@pytest.fixture
def shipped(db: None) -> None:
    """The whole demonstration curriculum."""
    call_command("load_content", str(ROOT / "courses" / "content"), verbosity=0)


def rows(name: str) -> list[dict[str, str]]:
    with (ASKED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def by_like(text: str) -> list[int]:
    """The plain way, to compare with: lessons that hold what was typed, letter for letter."""
    holds = Q()
    for lang in ("zh", "en"):
        for name in ("title", "objective", "blocks__heading", "blocks__body"):
            holds |= Q(**{f"{name}_{lang}__icontains": text})
    found = LessonEdition.objects.filter(holds, edition__published_of__isnull=False).distinct()
    return list(found.order_by("pk").values_list("lesson", flat=True)[:3])


def sensible(name: str) -> tuple[list[str], list[str]]:
    """What of a table finds nothing sensible among its first three: with our search, with LIKE.

    ``expected`` names modules: a lesson of one, or the module itself, must be there.
    """
    module_of = dict(Lesson.objects.values_list("pk", "module__slug"))
    by_slug = dict(Lesson.objects.values_list("slug", "module__slug"))
    ours, plain = [], []
    for row in rows(name):
        expected = set(row["expected"].split())
        with translation.override("en" if " " in row["asked"] and row["asked"].isascii() else "zh-hans"):
            hits = find(row["asked"])[:3]
        if not expected & {by_slug.get(hit.slug, hit.slug) for hit in hits}:
            ours.append(row["asked"])
        if not expected & {module_of[pk] for pk in by_like(row["asked"])}:
            plain.append(row["asked"])
    return ours, plain


def test_the_shipped_curriculum_is_found_as_people_ask(shipped: None, subtests: Any) -> None:
    """One loading for all: it is the slow part."""
    wanted = {row["asked"]: row["lesson"] for row in rows("must_find.tsv")}
    missing = (ASKED / "must_not_find.txt").read_text(encoding="utf-8").split("\n")[:-1]
    assert len(wanted) >= 30
    assert len(missing) >= 15
    with subtests.test("the cut is between what is taught and what is not"):
        answers = {asked: found(asked) for asked in wanted}
        assert {asked: told for asked, told in answers.items() if wanted[asked] not in told[:3]} == {}
        assert max(map(len, answers.values())) <= HITS
        assert {asked: find(asked) for asked in missing if find(asked)} == {}  # no module either
    with subtests.test("sixty words of real people"):
        ours, plain = sensible("sixty.tsv")
        assert len(ours) <= 5, ours
        assert len(plain) > 3 * len(ours), plain  # what the plain way misses
    with subtests.test("words that nobody looked at while the table of synonyms was made"):
        assert len(sensible("held_back.tsv")[0]) <= 8
    with subtests.test("a word in another sense does not stand in for the whole question"):
        assert found("寄鸡蛋")  # another word for sending, and the goods are there
        assert not found("寄活鱼")  # the same word, but nobody teaches live fish
    with subtests.test("a platform by its name, in characters or in letters, is its own lesson first"):
        with translation.override("zh-hans"):
            first = {name: search(name)[0].slug for name in NAMED}
        assert first == {name: f"opening-on-{lesson}" for name, lesson in NAMED.items()}
    with subtests.test("a module whose subject it is stands beside its lessons"):
        kinds = {(hit.kind, hit.href) for hit in find("打包")}
        assert (HitKind.MODULE, "/modules/pack-and-ship/") in kinds
        assert HitKind.LESSON in {kind for kind, _href in kinds}
    for typed, meant in TYPED.items():
        with subtests.test("however it is typed", typed=typed), translation.override("zh-hans"):
            assert found(typed)
            assert find(typed) == find(meant)


NAMED = {
    "淘宝": "taobao", "taobao": "taobao", "千牛": "taobao", "拼多多": "pinduoduo", "pinduoduo": "pinduoduo",
    "抖音": "douyin", "douyin": "douyin", "快手": "kuaishou", "kuaishou": "kuaishou", "微信小店": "weixin-shop",
    "视频号小店": "weixin-shop",
}  # fmt: skip
TYPED = {
    "開店": "开店", "快遞": "快递", "包裝": "包装", "手機拍照": "手机拍照", "退\u3000货": "退货", "退 货": "退货",
    "“退货”": "退货", "快递💥": "快递", "ＰＨＯＴＯ": "photo", "kaidian": "开店", "kuai di": "快递", "Tuihuo": "退货",
    "baozhengjin": "保证金", "zhibo": "直播",
}  # fmt: skip


@pytest.mark.usefixtures("curriculum")
def test_below_the_hits_a_person_can_be_asked_and_nothing_found_is_demand(client: Client) -> None:
    html = client.get("/search/", {"q": "照片发黄"}).content.decode()
    assert 'href="/questions/ask/?text=' in html
    client.get("/search/", {"q": "寄活鱼"})
    assert SearchQuery.objects.get(text="寄活鱼").hits == 0


@pytest.fixture
def eggs(curriculum: None, make_user: Any) -> Question:
    """A question that a trainer answered; everybody may read it."""
    return answered(
        learner_of(make_user("guixiang")),
        "鸡蛋怎么寄才不碎 13800138000",
        "用蛋托。",
        make_user("zhou", role="trainer"),
    )


def test_an_answered_question_is_found_until_it_is_hidden(client: Client, eggs: Question) -> None:
    html = client.get("/search/", {"q": "雞蛋"}).content.decode()
    assert f'href="/questions/{eggs.pk}/"' in html
    assert "13800138000" not in html
    Question.objects.filter(pk=eggs.pk).update(held=True)  # the index still holds it
    assert f"/questions/{eggs.pk}/" not in client.get("/search/", {"q": "鸡蛋"}).content.decode()


def test_a_theme_and_its_published_answers_are_found_in_both_languages(
    client: Client, eggs: Question, make_user: Any
) -> None:
    trainer = make_user("zhou2", role="trainer")
    assert all(hit.kind != HitKind.THEME for hit in find("快递"))  # a theme with nothing to read
    answering.set_theme(question=eggs, theme=Theme.objects.get(code="logistics_packaging"), by=trainer)
    entry = answering.put_on_theme_page(question=Question.objects.get(pk=eggs.pk))
    AnswerEntry.objects.filter(pk=entry.pk).update(question_en="how to post eggs", answer_en="Use egg trays.")
    publishing.publish_answers(module=entry.module, by=trainer)
    finding.forget()
    assert 'href="/answers/logistics-packaging/"' in client.get("/search/", {"q": "物流"}).content.decode()
    client.cookies["django_language"] = "en"
    html = client.get("/search/", {"q": "eggs"}).content.decode()
    assert 'href="/answers/logistics-packaging/#a1"' in html
    assert "how to post eggs" in html
    assert 'id="a1"' in client.get("/answers/logistics-packaging/").content.decode()
