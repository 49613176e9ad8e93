"""What makes a quiz fair: rules over whole modules, asked by ``load_content --check`` beside those of courses.

They are no grammar: a quiz that breaks them loads, and a trainer's may. What ships keeps them, so that "the
questions change" is true, and nobody passes by taking the longest answer or by having read a lesson's check.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from courses.exchange.content_files import LANGS, ContentError, ModuleSource
from courses.exchange.quality import Choice, gives_away, is_repeat, lesson_choices

from ..kinds import KINDS
from .quiz_files import QuizItem
from .tree import FILE, read_quizzes

ASKED = 6  # items of a try, when a quiz does not say otherwise
RESERVE = 2  # times as many lie ready


def check_quality(root: Path, modules: Sequence[ModuleSource]) -> list[str]:
    """What breaks the rules, by file and line."""
    errors, every = list[ContentError](), list[QuizItem]()
    for module, quiz in read_quizzes(modules):
        every += quiz.items
        faults = [*_too_few(quiz.items), *repeats(module, quiz.items)]
        errors += [ContentError(module.path / FILE, line, message) for line, message in faults]
    for lang in LANGS:
        if message := gives_away(singles(every, lang), "quiz items"):
            errors.append(ContentError(root, 1, f"{lang}: {message}"))
    return [str(error) for error in errors]


def _too_few(items: Sequence[QuizItem]) -> Iterator[tuple[int, str]]:
    if 0 < len(items) < RESERVE * ASKED:
        yield 1, f"{len(items)} items for {ASKED} asked: {RESERVE * ASKED} make questions change"


def repeats(module: ModuleSource, items: Iterable[QuizItem]) -> Iterator[tuple[int, str]]:
    """Items that ask what a check of the module's lessons has asked: (line, what)."""
    asked = [(lesson.number, choice) for lesson in module.lessons for choice in lesson_choices(lesson, "zh")]
    for item in items:
        right = "".join(option.zh for option in KINDS[item.kind].solution(item.options))
        for number, choice in asked:
            if is_repeat(item.stem["zh"], right, choice):
                yield item.line, f"{item.code} repeats the check of lesson {number}: {choice.stem}"


def singles(items: Iterable[QuizItem], lang: str) -> list[Choice]:
    """The items with one right answer to choose."""
    return [
        Choice(item.stem[lang], tuple((getattr(option, lang), option.right) for option in item.options))
        for item in items
        if KINDS[item.kind].one_of_several
    ]
