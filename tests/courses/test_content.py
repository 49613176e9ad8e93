"""Course content: the files that ship, the grammar, and loading them."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from assessments.exchange.quiz_files import parse_quiz
from assessments.models import Attempt, Item, Option, Quiz, Response, ReviewCard
from assessments.quiz.asked import asked_quiz
from courses.blocks import KINDS, parse_blocks, write_blocks
from courses.blocks.check import parse_check
from courses.exchange import loader
from courses.exchange.content_files import read_tree, split_header
from courses.grammar.blocks import BlockText, SourceError
from courses.models import Block, Lesson, Module, TrackStep
from learners.models import LearningRecord
from mooc.lib.pages.look import media_facts
from mooc.lib.text.cleaning import clean, tokens
from tests.acts import take_quiz

ROOT = Path(__file__).resolve().parent.parent.parent
SHIPPED = ROOT / "courses" / "content"
LINES = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.sampled_from(
            [
                "",
                "## 标题",
                "> 招",
                "?? 问",
                "- 错",
                "+ 对",
                "= 因为",
                "![图](a.svg)",
                "1. 键",
                "2. 键二",
                "3. 键三",
                "!audio[a](b.mp3 1:15)",
                "!file[表](a.pdf)",
                "---",
            ]
        ),
    ),
    max_size=20,
).map("\n".join)


def test_a_recording_says_how_long_it_is_or_is_refused() -> None:
    block = parse_blocks("!audio[听王婶说](talk.mp3 1:15)\n她说。")[0]
    assert (block.file, block.seconds, block.body) == ("talk.mp3", 75, "她说。")
    for without in ("!audio[听王婶说](talk.mp3)", "!video[a](b.mp4 75)", "!video[a](b.mp4 1:75)"):
        with pytest.raises(SourceError, match="length"):
            parse_blocks(without)


@pytest.mark.django_db
def test_a_recording_that_is_loaded_has_its_length(tmp_path: Path) -> None:
    (tmp_path / "talk.mp3").write_bytes(b"ID3" + bytes(400_000))
    media = loader._media(parse_blocks("!audio[a](talk.mp3 1:15)")[0], tmp_path)
    assert media_facts(media) == "1 分 15 秒，0.4 MB，约 1 张照片"


def test_the_content_that_ships_has_no_mistake() -> None:
    assert loader.load_tree(SHIPPED, check=True).errors == []


@given(LINES)
def test_any_text_is_blocks_or_a_sentence_with_its_line(text: str) -> None:
    try:
        blocks = parse_blocks(text)
    except SourceError as error:
        line = error.line
    else:
        line = 1
        assert all(block.kind in KINDS for block in blocks)
    assert 1 <= line <= text.count("\n") + 2


def test_nothing_but_a_kind_asks_which_kind_a_block_is() -> None:
    asks = re.compile(rf"kind\s*(?:==|!=|in)\s*[\[(]?[\"'](?:{'|'.join(KINDS)})[\"']")
    apps = ("courses", "learners", "feedback", "assessments", "mooc", "templates")
    paths = [path for app in apps for path in (ROOT / app).rglob("*.*") if path.suffix in (".py", ".html")]
    wrong = [str(path) for path in paths if "blocks" not in path.parts and asks.search(path.read_text())]
    assert wrong == []


def test_every_kind_has_its_own_file_and_template() -> None:
    for kind in KINDS.values():
        assert type(kind).__module__ == f"courses.blocks.{kind.code}"
        assert (ROOT / "templates" / kind.template).is_file()


@given(LINES)
def test_what_is_read_is_written_as_the_same_blocks(text: str) -> None:
    try:
        blocks = parse_blocks(text)
    except SourceError:
        return
    again = parse_blocks(write_blocks(blocks))
    assert [replace(block, line=1) for block in again] == [replace(block, line=1) for block in blocks]


@pytest.mark.parametrize(
    "block",
    [
        BlockText("text", "", "?? 问\n再说"),  # a line that would be a check
        BlockText("text", "头", "一段\n\n> 招"),
        BlockText("audio", "听", "一\n\n二", "a.mp3", seconds=5),
    ],
)
def test_what_the_grammar_cannot_say_is_not_written(block: BlockText) -> None:
    with pytest.raises(SourceError):
        write_blocks([block])


def test_every_lesson_that_ships_is_written_as_the_same_blocks() -> None:
    for source in read_tree(SHIPPED):
        for lesson in source.lessons:
            for blocks in lesson.blocks.values():
                again = parse_blocks(write_blocks(blocks))
                assert [replace(b, line=1) for b in again] == [replace(b, line=1) for b in blocks]


@given(st.text(max_size=40), LINES)
def test_any_check_is_read_or_refused(question: str, body: str) -> None:
    try:
        check = parse_check(question, body)
    except SourceError:
        return
    assert sum(right for _text, right in check.options) == (not check.steps)
    assert sorted(check.mixed) == sorted(check.steps)
    assert not check.steps or check.mixed != list(check.steps)
    assert check.reason


@given(LINES)
def test_any_quiz_is_read_or_refused(text: str) -> None:
    quiz = parse_quiz(text, lessons=3)
    assert isinstance(quiz.items, list)
    assert all(error.line >= 1 for error in quiz.errors)


@given(st.text(max_size=200))
def test_any_header_is_read_or_refused(text: str) -> None:
    try:
        header, _rest, line = split_header(text)
    except SourceError:
        return
    assert line >= 2
    assert all(isinstance(value, str) for value in header.values())


@given(st.text(max_size=200))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert not any(ord(ch) < 32 for ch in clean(text))
    assert all(token and " " not in token for token in tokens(text))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the small curriculum to spoil."""
    return Path(shutil.copytree(ROOT / "tests" / "content", tmp_path / "content"))


@pytest.mark.parametrize(
    ("file", "before", "after", "where"),
    [
        ("01.zh.md", "minutes: 5", "minutes: 50", "01.zh.md:1:"),
        ("01.en.md", "## A clean ground", "#### A clean ground", "01.en.md:"),
        ("01.zh.md", "- 黄灯泡", "+ 黄灯泡", "01.zh.md:"),
        ("01.zh.md", "(light.svg)", "(none.svg)", "01.zh.md:"),
        ("01.zh.md", "太阳光最准。", "太阳光最准而且这一句话实在是写得太长了谁也读不下去啊。", "01.zh.md:"),
        ("module.md", "level: L1", "level: L9", "module.md:1:"),
        ("module.md", "slug: window-light", "slug: parcel", "module.md:1:"),
        ("module.md", "checked: ", "changes_on: 2000-01-01\nchecked: ", "module.md:1:"),
        ("module.md", "checked: ", "changes_on: soon\nchecked: ", "module.md:1:"),
        ("01.zh.md", "source: ", "source: 电子商务法第 15 条；", "01.zh.md:1: “source: 电子商务法第 15 条”"),
        (
            "01.en.md",
            "source: ",
            "source: E-Commerce Law art. 15; ",
            "01.en.md:1: “source: E-Commerce Law art. 15”",
        ),
        ("quiz.md", "answer: true", "answer: maybe", "quiz.md:"),
        ("quiz.md", "## T01-2", "## T01-1 retired\n\n## T01-2", "T01-1 stands twice"),
        (
            "quiz.md",
            "## T01-2",
            "## T01-9 retired\nlesson: 1\n\n## T01-2",
            "T01-9: a retired item has no lines",
        ),
        ("light.svg", "<svg ", "<svg onload='x()' ", "light.svg:1:"),
        (
            "light.svg",
            "</svg>",
            '<text x="9" y="9" font-size="23.5">1</text></svg>',
            "light.svg:1: words of 23.5",
        ),
        ("light.svg", "</svg>", '<text x="9" y="9">1</text></svg>', "light.svg:1: words of 0"),
    ],
)
def test_a_mistake_is_named_by_file_and_line(
    tree: Path, file: str, before: str, after: str, where: str
) -> None:
    path = tree / "T01-window-light" / file
    path.write_text(path.read_text().replace(before, after, 1))
    errors = loader.load_tree(tree, check=True).errors
    assert any(where in error for error in errors), errors


@pytest.mark.django_db
def test_with_a_mistake_nothing_is_loaded(tree: Path) -> None:
    (tree / "T02-parcel" / "02.en.md").unlink()
    with pytest.raises(CommandError):
        call_command("load_content", str(tree))
    assert not Module.objects.exists()


@pytest.mark.django_db
def test_loading_again_changes_nothing(tree: Path) -> None:
    assert loader.load_tree(tree).loaded == ["T01", "T02"]
    again = loader.load_tree(tree)
    assert (again.loaded, again.unchanged, again.items) == ([], ["T01", "T02"], 0)
    assert set(Module.objects.values_list("published__number", flat=True)) == {1}
    assert TrackStep.objects.count() == 4


@pytest.mark.django_db
def test_what_was_edited_in_the_admin_is_left_alone(tree: Path) -> None:
    loader.load_tree(tree)
    block = Block.objects.filter(lesson__edition__draft_of__code="T01", kind="tip").first()
    assert block
    block.body_zh = "老师改过的。"
    block.save()
    path = tree / "T01-window-light" / "01.zh.md"
    path.write_text(path.read_text().replace("三分钟拍好", "两分钟拍好"))
    assert loader.load_tree(tree).kept == ["T01"]
    block.refresh_from_db()
    assert block.body_zh == "老师改过的。"
    assert loader.load_tree(tree, overwrite=True).loaded == ["T01", "T02"]
    assert not Block.objects.filter(pk=block.pk).exists()
    assert Lesson.objects.count() == 4  # the identities last: progress hangs on them


@pytest.mark.django_db
@pytest.mark.usefixtures("curriculum")
def test_the_curriculum_of_the_tests_is_what_loading_makes(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_content", str(ROOT / "tests" / "content"))
    assert "0 modules loaded, 2 unchanged" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_question_whose_meaning_changes_is_retired_and_what_was_answered_stays(
    tree: Path, client: Client
) -> None:
    loader.load_tree(tree)
    quiz = Quiz.objects.get(module__code="T01")
    take_quiz(client, quiz.pk, wrong=2)
    tries = list(Attempt.objects.values())
    answers = list(Response.objects.order_by("pk").values())
    cards = list(ReviewCard.objects.order_by("pk").values())
    records = list(LearningRecord.objects.order_by("pk").values())
    options = list(Option.objects.filter(item__code="T01-1").order_by("pk").values())
    assert answers
    assert records
    path = tree / "T01-window-light" / "quiz.md"
    text = path.read_text()
    start, end = text.index("## T01-1 "), text.index("## T01-2 ")
    anew = text[start:end].replace("## T01-1 ", "## T01-91 ")
    path.write_text(text[:start] + "## T01-1 retired\n\n" + anew + text[end:])
    assert loader.load_tree(tree).loaded == ["T01"]
    assert set(Item.objects.filter(code__in=["T01-1", "T01-91"]).values_list("code", "live")) == {
        ("T01-1", False), ("T01-91", True),
    }  # fmt: skip
    assert list(Option.objects.filter(item__code="T01-1").order_by("pk").values()) == options
    for rows, then in (
        (Attempt.objects.all(), tries), (Response.objects.order_by("pk"), answers),
        (ReviewCard.objects.order_by("pk"), cards), (LearningRecord.objects.order_by("pk"), records),
    ):  # fmt: skip
        assert list(rows.values()) == then
    assert "T01-1" not in asked_quiz(quiz.pk).live_codes
    assert loader.load_tree(tree).unchanged == ["T01", "T02"]


@pytest.mark.django_db
def test_a_question_edited_on_the_desk_is_not_retired_by_a_file(tree: Path) -> None:
    loader.load_tree(tree)
    item = Item.objects.get(code="T01-1")
    item.stem_zh = "老师改过的题"
    item.save()
    path = tree / "T01-window-light" / "quiz.md"
    text = path.read_text()
    start, end = text.index("## T01-1 "), text.index("## T01-2 ")
    path.write_text(
        text[:start] + "## T01-1 retired\n\n" + text[start:end].replace("T01-1", "T01-91") + text[end:]
    )
    loader.load_tree(tree)
    assert Item.objects.get(code="T01-1").live
