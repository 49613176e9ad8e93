"""The rules over whole modules that what ships keeps: fair tests, a picture a lesson, true minutes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from courses.exchange.content_files import read_tree
from courses.exchange.loader import load_tree
from courses.exchange.quality import Choice, check_quality, is_repeat, likeness

ROOT = Path(__file__).resolve().parent.parent.parent
SHIPPED = ROOT / "courses" / "content"
MODULE = "C19-learn-and-check"
Change = Callable[[str, str, str], list[str]]


@pytest.fixture
def change(tmp_path: Path) -> Change:
    """``change(file, old, new)``: what a check of one shipped module says after the change."""

    def after(file: str, old: str, new: str) -> list[str]:
        folder = tmp_path / MODULE
        shutil.copytree(SHIPPED / MODULE, folder)
        text = (folder / file).read_text()
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1))
        return [error.split(": ", 1)[1] for error in load_tree(tmp_path, check=True).errors]

    return after


def test_what_ships_keeps_every_rule() -> None:
    assert load_tree(SHIPPED, check=True).errors == []


def test_fewer_than_twice_the_items_asked_are_too_few(change: Change) -> None:
    quiz = (SHIPPED / MODULE / "quiz.md").read_text()
    last = quiz[quiz.index("## C19-12 ") :]
    assert change("quiz.md", last, "") == ["11 items for 6 asked: 12 make questions change"]


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "quiz.md",
            "群里来个“县里发补贴”的链接。咋查才稳？",
            "群里说补贴改了，先做啥？",
            "repeats the check of lesson 2",
        ),
        ("01.zh.md", "minutes: 3", "minutes: 5", "a slow reader takes 3"),
    ],
)
def test_a_repeat_and_wrong_minutes_are_named(
    change: Change, file: str, old: str, new: str, message: str
) -> None:
    assert [text for text in change(file, old, new) if message in text]


def test_a_lesson_without_a_picture_is_named(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED / MODULE, tmp_path / MODULE)
    for lang in ("zh", "en"):
        lesson = tmp_path / MODULE / f"03.{lang}.md"
        blocks = lesson.read_text().split("\n\n")
        lesson.write_text("\n\n".join(block for block in blocks if not block.startswith("![")))
    (tmp_path / MODULE / "half-a-mask.svg").unlink()
    sources = read_tree(tmp_path)
    check_quality(sources)
    assert [e.message for s in sources for e in s.errors if "picture" in e.message] == [
        "the lesson has no picture"
    ]


def test_the_longest_answer_may_not_give_the_right_one_away() -> None:
    sizes = [("a", True), ("bb", False)], [("aa", True), ("b", False)], [("aa", True), ("bb", False)]
    assert [Choice("?", tuple(options)).longest_is_right for options in sizes] == [False, True, False]


@pytest.mark.parametrize(
    ("stem", "right", "again"),
    [
        ("蔬菜的销售包装最多几层？", "3 层", True),
        ("蔬菜的包装，最多几层？", "三层", True),
        ("蔬菜为啥要包装？", "不压坏", False),
    ],
)
def test_the_same_question_in_other_words_is_a_repeat(stem: str, right: str, again: bool) -> None:
    assert (
        is_repeat(stem, right, Choice("蔬菜的包装，最多几层？", (("两层", False), ("三层", True)))) is again
    )


def test_another_sum_is_no_repeat_but_the_same_result_is() -> None:
    check = Choice("一箱 10 个梨卖 40 元，坏了 3 个，赔多少？", (("12 元", True), ("4 元", False)))
    other = "一箱 20 个梨卖 60 元，坏了 4 个，赔多少？"
    assert is_repeat(other, "12 元", check)
    assert not is_repeat(other, "15 元", check)


@given(st.text(), st.text())
def test_likeness_is_a_share_the_same_both_ways(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) == likeness(other, one) <= 1
    assert likeness(one, one) in (Fraction(0), Fraction(1))


@pytest.mark.django_db
def test_the_rules_are_asked_by_check_and_do_not_keep_content_from_loading(tmp_path: Path) -> None:
    small = ROOT / "tests" / "content"
    with pytest.raises(CommandError):
        call_command("load_content", str(small), check=True, verbosity=0)
    call_command("load_content", str(small), verbosity=0)
