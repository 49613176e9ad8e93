"""Trainers may write in one language: what readers of the other one see says in which language it is."""

from __future__ import annotations

import pickle
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from django.utils.html import conditional_escape

from assessments.models import Item, Option, Quiz
from courses.models import Block, LessonEdition, ModuleEdition
from feedback.answers import publishing
from feedback.models import AnswerModule, Theme
from feedback.questions import answering
from learners.people.guests import learner_of
from mooc.lib.text.localized import Foreign, read
from tests.acts import read_lesson, take_quiz
from tests.asking import answered, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
MODULE, LESSON = "/modules/window-light/", "/lessons/borrow-the-window/"
HAN, LATIN = re.compile(r"[一-鿿]"), re.compile(r"[A-Za-z]{3}")


class Texts(HTMLParser):
    """Every text of a page's ``<main>`` with the language it stands in; images by their ``alt``."""

    VOID = frozenset({"img", "input", "br", "meta", "link", "source", "hr", "path", "use", "circle", "rect"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        language = named.get("lang") or (self.open[-1] if self.open else "")
        if alt := named.get("alt"):
            self.found.append((language, alt))
        if tag not in self.VOID:
            self.open.append(language)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.found.append((self.open[-1] if self.open else "", data.strip()))


def texts(client: Client, path: str, lang: str) -> list[tuple[str, str]]:
    """What stands in a page, with its language."""
    client.cookies["django_language"] = lang
    html = client.get(path, follow=True).content.decode()
    head, main = html.split("<main")[0], html.split("<main")[1].split("</main>")[0]
    assert "<span" not in re.search(r"<title>(.*?)</title>", head, re.DOTALL)[1]  # type: ignore[index]
    assert not re.search(r'="[^"]*<span', main), "an element in an attribute"
    return Texts(f"<main{main}").found


def only(lang: str) -> None:
    """The small curriculum as a trainer would have written it, in one language."""
    gone = "en" if lang == "zh" else "zh"
    pairs: dict[Any, tuple[str, ...]] = {
        ModuleEdition: ("title", "task", "objective", "need", "source"), LessonEdition: ("title", "objective", "source"),
        Block: ("heading", "body"), Item: ("stem", "why"), Option: ("text",),
    }  # fmt: skip
    for model, names in pairs.items():
        model.objects.all().update(**{f"{name}_{gone}": "" for name in names})


@pytest.fixture
def walked() -> Client:
    """A phone that has read a lesson and taken the quiz."""
    client = Client()
    read_lesson(client, "borrow-the-window")
    take_quiz(client, Quiz.objects.get(module__slug="window-light").pk, wrong=2)
    return client


PAGES = ["/", "/modules/", MODULE, LESSON, "/tracks/", "/search/?q=窗户", "/me/", "/me/review/"]


@pytest.mark.parametrize("path", PAGES)
def test_chinese_shown_to_a_reader_of_english_says_so(walked: Client, path: str) -> None:
    only("zh")
    wrong = [text for lang, text in texts(walked, path, "en") if HAN.search(text) and lang != "zh-Hans"]
    assert [text for text in wrong if text != "窗户"] == []


def test_english_shown_to_a_reader_of_chinese_says_so(walked: Client) -> None:
    only("en")
    for path in (MODULE, LESSON):
        found = [(lang, text) for lang, text in texts(walked, path, "zh-hans") if LATIN.search(text)]
        assert len(found) > 5
        assert [text for lang, text in found if lang != "en" and "CC BY" not in text] == []


def test_a_question_of_the_quiz_with_its_answers_and_the_reason(walked: Client) -> None:
    only("zh")
    quiz = Quiz.objects.get(module__slug="window-light")
    found = texts(walked, f"/quizzes/{quiz.pk}/", "en")
    assert [text for lang, text in found if HAN.search(text) and lang != "zh-Hans"] == []
    assert sum(lang == "zh-Hans" for lang, _text in found) >= 3


def test_a_merged_answer_in_one_language(make_user: Any) -> None:
    trainer = make_user("zhou", role="trainer", display_name="Zhou")
    row = answered(learner_of(make_user("li")), "果子怎么寄？", "用泡沫箱。\n当天发。", trainer)
    theme = Theme.objects.get(code="logistics_packaging")
    answering.set_theme(question=row, theme=theme, by=trainer)
    row.refresh_from_db()
    answering.put_on_theme_page(question=row)
    AnswerModule.objects.update(checks_zh="?? 泡沫箱要不要冰袋？\n+ 要\n- 不要\n= 天热会坏。\n")
    publishing.publish_answers(module=AnswerModule.objects.get(), by=trainer)
    found = texts(client_of(trainer), "/answers/logistics-packaging/", "en")
    assert ("zh-Hans", "果子怎么寄？") in found
    assert {("zh-Hans", "当天发。"), ("zh-Hans", "天热会坏。"), ("zh-Hans", "不要")} <= set(found)


def test_nothing_is_marked_where_both_languages_are_there(walked: Client) -> None:
    for path in PAGES:
        assert {lang for lang, _text in texts(walked, path, "en")} <= {""}, path


def test_foreign_text_is_escaped_once_kept_in_a_cache_and_plain_to_everything_else() -> None:
    with translation.override("en"):
        text = read("<b>好</b>", "")
    assert isinstance(text, Foreign)
    assert conditional_escape(text) == '<span lang="zh-Hans">&lt;b&gt;好&lt;/b&gt;</span>'
    assert type(pickle.loads(pickle.dumps(text))) is type(text)  # noqa: S301  # made here
    assert (text, f"{text}", str(text)) == ("<b>好</b>",) * 3
    assert type(str(text)) is str
    Item.objects.update(stem_zh=text)
    assert Item.objects.filter(stem_zh=text).exists()
