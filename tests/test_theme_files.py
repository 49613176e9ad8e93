"""Good answers and check-yourself items of the themes: what ships, the rules it keeps, and what becomes of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from courses.exchange.content_files import ModuleSource, read_tree
from feedback.answers import theme_files
from feedback.engine.classifier import corpus

SHIPPED = Path(__file__).resolve().parent.parent / "courses" / "content"


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
