"""Good answers and check-yourself items of the themes: what ships, the rules it keeps, and what becomes of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from courses.exchange.content_files import LANGS, ModuleSource, read_tree
from feedback.answers import theme_files
from feedback.engine.classifier import corpus
from feedback.models import AnswerModule
from learners.people.guests import learner_of
from mooc.demo.questions import make_questions

SHIPPED = Path(__file__).resolve().parent.parent.parent / "courses" / "content"


@pytest.fixture(scope="module")
def modules() -> list[ModuleSource]:
    return read_tree(SHIPPED)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    shutil.copytree(SHIPPED / "themes", tmp_path / "themes")
    return tmp_path


def test_every_theme_ships_four_answers_and_three_items_without_a_mistake(
    modules: list[ModuleSource],
) -> None:
    assert theme_files.check_tree(SHIPPED, modules) == []
    sources = theme_files.read_themes(SHIPPED)
    assert {source.code for source in sources} == {theme.code for theme in corpus.themes()} - {"other"}
    assert min(len(source.answers) for source in sources) >= 4
    assert {len(items) for source in sources for items in source.items.values()} == {3}


def test_a_tree_without_themes_is_whole(tmp_path: Path) -> None:
    assert theme_files.check_tree(tmp_path, []) == []


def in_file(name: str, old: str, new: str) -> Callable[[Path], None]:
    def spoil(root: Path) -> None:
        path = root / "themes" / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")

    return spoil


def always_longest(root: Path) -> None:
    for path in (root / "themes").glob("*.zh.md"):
        lines = path.read_text("utf-8").split("\n")
        path.write_text("\n".join(f"{row}{'，' * 60}" if row[:2] == "+ " else row for row in lines), "utf-8")


SPOILT = {
    "no file": (lambda root: (root / "themes" / "open-shop.zh.md").unlink(), "the theme open_shop has no file"),
    "no translation": (lambda root: (root / "themes" / "open-shop.en.md").unlink(), "open-shop.en.md:1: "),
    "lost answer": (in_file("livestream.en.md", "\n## Only three", "\n\n### Only three"), "under its question"),
    "no passage": (in_file("livestream.zh.md", "头三分钟别报价", "头三分钟"), "lay-out-thirty-minutes has no passage"),
    "no lesson": (in_file("livestream.zh.md", "@ an-accent-is-fine", "@ an-accent"), "no lesson an-accent"),
    "no month": (in_file("licence-law.en.md", ", checked November 2026.", "."), "the law is quoted with its article"),
    "one law": (in_file("licence-law.en.md", "Law: Food Safety", "Food Safety"), "named in one language only"),
    "nobody": (in_file("open-shop.en.md", "Who to call: ", "Call "), "one line “Who to call:”"),
    "long": (in_file("open-shop.en.md", "Open only one", f"Open {'one and ' * 20}one"), "a sentence of"),
    "no reason": (in_file("open-shop.zh.md", "= 规则和费用", "规则和费用"), "a check has lines"),
    "asked twice": (in_file("open-shop.zh.md", "家里三样材料，哪一组最容易过", "怕买家嫌小，加哪张图"), "asked elsewhere"),
    "always the longest": (always_longest, "the longest option is right in 48 of 48"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(SPOILT))
def test_each_mistake_is_told_with_its_file(name: str, tree: Path, modules: list[ModuleSource]) -> None:
    spoil, message = SPOILT[name]
    spoil(tree)
    errors = theme_files.check_tree(tree, modules)
    assert [error for error in errors if message in error], errors


@pytest.mark.django_db
def test_the_demonstration_publishes_every_answer_on_its_theme_page_once(
    make_user: Callable[..., Any],
) -> None:
    make_user("trainer", role="trainer")
    for number in range(3):
        learner_of(make_user(f"learner{number}"))
    for _again in range(2):
        make_questions(SHIPPED)
    sources = theme_files.read_themes(SHIPPED)
    written = {(s.code, lang, a.question[lang]) for s in sources for a in s.answers for lang in LANGS}
    public = [(m.theme.code, m.published) for m in AnswerModule.objects.all() if m.published]
    shown = {
        (code, lang, entry[f"question_{lang}"])
        for code, version in public
        for entry in version.entries
        for lang in LANGS
    }
    assert len(written) >= len(LANGS) * 4 * 16
    assert written - shown == set()
    assert {version.number for _code, version in public} == {1}
    for source in sources:
        text = Client().get(f"/answers/{source.code.replace('_', '-')}/").content.decode()
        assert [a.question["zh"] for a in source.answers if escape(a.question["zh"]) not in text] == []
