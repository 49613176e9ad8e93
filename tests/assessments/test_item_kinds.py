"""What every kind of question keeps: read, judged, arranged, shown, written and read again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import get_template, render_to_string
from hypothesis import given
from hypothesis import strategies as st

from assessments.exchange.quiz_files import QuizItem, parse_quiz, write_item
from assessments.kinds import KINDS, ItemKind
from assessments.kinds.base import FileOption, Option
from mooc.lib.errors import DomainError

ROOT = Path(__file__).resolve().parent.parent.parent
WORDS = st.text(
    st.characters(categories=["L", "N"], include_characters=" ，。？“”+-:"), min_size=1, max_size=30
).map(lambda text: " ".join(text.split()) or "x")
TRUE = [FileOption("这话对", "True", True), FileOption("这话不对", "Not true", False)]


@st.composite
def written(draw: st.DrawFn) -> tuple[ItemKind, list[FileOption]]:
    """A kind with lines that an author may write for it: whatever it finds no fault with."""
    kind = draw(st.sampled_from(list(KINDS.values())))
    if kind.code == "truefalse":
        true = draw(st.booleans())
        return kind, [FileOption(row.zh, row.en, row.right is true) for row in TRUE]
    words = draw(st.lists(WORDS, min_size=3, max_size=6, unique=True))
    flags = draw(st.lists(st.booleans(), min_size=len(words), max_size=len(words)))
    options = [FileOption(text, f"{text} en", right) for text, right in zip(words, flags, strict=True)]
    if kind.faults(options):  # make it right: the first ones are
        options = [FileOption(o.zh, o.en, place < FEW[kind.code]) for place, o in enumerate(options)]
    return kind, options


FEW = {"single": 1, "multiple": 2, "truefalse": 1, "ordering": 0}  # right lines that will do


def with_ids(options: list[FileOption], first: int = 100) -> list[Option]:
    return [Option(first + n, o.zh, o.en, o.right) for n, o in enumerate(options)]


@given(written(), WORDS, WORDS)
def test_an_item_that_is_written_to_a_file_is_read_again_as_it_was(
    made: tuple[ItemKind, list[FileOption]], stem: str, why: str
) -> None:
    kind, options = made
    assert kind.faults(options) == []
    item = QuizItem(
        "C01-1", kind.code, 2, "P01", {"zh": stem, "en": stem}, {"zh": why, "en": why}, tuple(options), 1
    )
    read = parse_quiz(write_item(item), lessons=3)
    assert [str(error) for error in read.errors] == []
    assert read.items == [item]


@given(written(), st.booleans())
def test_a_choice_is_read_judged_and_kept_as_text(
    made: tuple[ItemKind, list[FileOption]], right: bool
) -> None:
    kind, options = made[0], with_ids(made[1])
    choice = kind.example(options, right=right)
    answer = kind.read(choice, options)
    assert answer == kind.read([str(value) for value in choice], options)
    mark = kind.judge(answer, options)
    assert mark.right is right
    assert 0.0 <= mark.score <= 1.0
    assert (mark.score == 1.0) is right
    assert kind.from_text(kind.as_text(answer)) == answer
    assert kind.judge(answer, kind.today(options, options)) == mark
    assert kind.solution(options)


def refusal(kind: ItemKind, choice: list[Any], options: list[Option]) -> DomainError | None:
    try:
        kind.read(choice, options)
    except DomainError as error:
        return error
    return None


@given(written(), st.lists(st.one_of(st.integers(-5, 110), st.text(max_size=8)), max_size=8))
def test_whatever_is_sent_is_read_or_refused_with_a_sentence(
    made: tuple[ItemKind, list[FileOption]], choice: list[Any]
) -> None:
    kind, options = made[0], with_ids(made[1])
    if error := refusal(kind, choice, options):
        assert (error.code, bool(str(error))) == ("no_choice", True)
        return
    answer = kind.read(choice, options)
    assert 0.0 <= kind.judge(answer, options).score <= 1.0
    assert kind.from_text(kind.as_text(answer)) == answer


@given(written(), st.uuids())
def test_the_lines_are_arranged_the_same_for_the_same_try_and_none_is_lost(
    made: tuple[ItemKind, list[FileOption]], attempt: Any
) -> None:
    kind, ids = made[0], [option.pk for option in with_ids(made[1])]
    arranged = kind.arrange(ids, f"{attempt}C01-1")
    assert sorted(arranged) == ids
    assert kind.arrange(ids, f"{attempt}C01-1") == arranged


@given(written())
def test_an_answer_that_was_erased_is_worth_nothing(made: tuple[ItemKind, list[FileOption]]) -> None:
    kind, options = made[0], with_ids(made[1])
    assert kind.judge({}, options).right is False
    assert kind.as_text({}) == ""


@given(written(), st.booleans())
def test_an_answer_is_right_by_todays_key_when_its_lines_stand_elsewhere(
    made: tuple[ItemKind, list[FileOption]], right: bool
) -> None:
    """Deleted and written anew under other ids: a line is known again by its words."""
    kind, then = made[0], with_ids(made[1])
    answer = kind.read(kind.example(then, right=right), then)
    now = with_ids(made[1], first=500)
    assert kind.judge(answer, kind.today(then, now)).right is right


@pytest.mark.parametrize("code", list(KINDS))
def test_every_kind_has_a_template_for_asking_explaining_and_looking(code: str) -> None:
    kind = KINDS[code]
    options = with_ids([FileOption("甲", "Alpha", True), FileOption("乙", "Beta"), FileOption("丙", "Gamma")])
    ids = [option.pk for option in options]
    get_template(kind.template)
    answer = kind.read(kind.example(options, right=True), options)
    for show in (kind.ask(options, ids), kind.explain(options, ids, answer), kind.look(options)):
        html = render_to_string(show.template, {"show": show, "item": {"why": "because"}})
        assert all(option.text in html for option in kind.solution(options))
        assert ("name=" in html) is (show.mode == "ask")


@pytest.mark.parametrize("code", list(KINDS))
def test_what_cannot_be_asked_is_refused_to_its_author(code: str) -> None:
    assert KINDS[code].faults([])
    assert KINDS[code].faults([FileOption("甲", "Alpha", True)])
    assert parse_quiz(f"## C01-1 {code}\nlesson: 1\nzh: 问\n", lessons=1).errors


def test_nothing_but_a_kind_asks_which_kind_a_question_is() -> None:
    asks = re.compile(rf"kind\s*(?:==|!=|in)\s*[\[(]?[\"'](?:{'|'.join(KINDS)})[\"']")
    apps = ("courses", "learners", "feedback", "assessments", "mooc", "templates")
    paths = [path for app in apps for path in (ROOT / app).rglob("*.*") if path.suffix in (".py", ".html")]
    wrong = [str(path) for path in paths if "kinds" not in path.parts and asks.search(path.read_text())]
    assert wrong == []


def test_every_kind_has_its_own_file_and_template() -> None:
    for kind in KINDS.values():
        assert type(kind).__module__ == f"assessments.kinds.{kind.code}"
        assert (ROOT / "templates" / kind.template).is_file()
