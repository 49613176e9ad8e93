"""The quizzes of a content tree: ``quiz.md`` of each module folder, read and checked. No database."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from courses.exchange.content_files import LANGS, ContentError, ModuleSource, read_text
from courses.grammar.blocks import SourceError
from feedback.answers import theme_files

from .quiz_files import QuizSource, parse_quiz

FILE = "quiz.md"
FEWEST_ITEMS, FEWEST_KINDS = 6, 3


def read_quiz(module: ModuleSource) -> QuizSource:
    """The quiz of a module, with every mistake that one file can have."""
    reading = ModuleSource(module.path)
    text = read_text(reading, FILE)
    if text is None:
        return QuizSource([], (), [SourceError(error.line, error.message) for error in reading.errors])
    quiz = parse_quiz(text, lessons=len(module.lessons))
    few = len(quiz.items) < FEWEST_ITEMS or len({item.kind for item in quiz.items}) < FEWEST_KINDS
    if few and not quiz.errors:
        quiz.errors.append(SourceError(1, "a module has at least six items, three kinds among them"))
    return quiz


def read_quizzes(modules: Sequence[ModuleSource]) -> list[tuple[ModuleSource, QuizSource]]:
    """All of them, beside their modules."""
    return [(module, read_quiz(module)) for module in modules]


def check_tree(root: Path, modules: Sequence[ModuleSource]) -> list[str]:
    """Mistakes of the quizzes by file and line. A code stands once in the whole tree, and no
    quiz asks what the page of a theme asks."""
    errors, seen = list[ContentError](), dict[str, Path]()
    themes = theme_files.questions(theme_files.read_themes(root))
    for module, quiz in read_quizzes(modules):
        path = module.path / FILE
        errors += [ContentError(path, error.line, error.message) for error in quiz.errors]
        for code in [*(item.code for item in quiz.items), *quiz.retired]:
            if seen.setdefault(code, module.path) != module.path:
                errors.append(ContentError(path, 1, f"item “{code}” stands in {seen[code].name} too"))
        errors += [
            ContentError(path, item.line, f"a page of a theme asks it too: {item.stem[lang]}")
            for item in quiz.items
            for lang in LANGS
            if (lang, theme_files.plain(item.stem[lang])) in themes
        ]
    return [str(error) for error in errors]
