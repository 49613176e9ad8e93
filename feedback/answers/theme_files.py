"""Good answers and check-yourself items of the themes, as content files: ``themes/<slug>.zh.md`` and ``.en.md``.

Pure reading, no database; ``docs/content-format.md`` says how they are written. The demonstration asks, answers
and publishes what stands in them, and ``load_content --check`` reports every mistake by file and line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from courses.blocks import parse_blocks, write_blocks
from courses.blocks.check import CHECK, CheckQuestion, parse_check
from courses.blocks.text import TEXT
from courses.exchange.content_files import LANGS, ContentError, ModuleSource, split_header
from courses.grammar.blocks import BlockText, SourceError
from courses.grammar.prose import longest_sentence

from ..data import OTHER
from ..engine.classifier import corpus

FOLDER = "themes"
FEWEST_ANSWERS, ITEMS, FEWEST_OPTIONS = 4, 3, 3
MOST_TELLING = 0.4  # of all items, in each language: who always taps the longest (shortest) learns nothing
LONGEST = {"zh": 26, "en": 20}  # of a sentence: characters, words
KEYS = {"zh": {"theme", "checked", "intro"}, "en": {"intro"}}
LOOK_OUT = {"zh": "留神：", "en": "Look out: "}
CALL = {"zh": "找谁：", "en": "Who to call: "}
LAW = {"zh": "依据：", "en": "Law: "}
_PASSAGE = re.compile(r"^@ (?P<lesson>[a-z0-9-]+) (?P<heading>.+)$")
_STEP = re.compile(r"^\d\. \S")
_MONTH = re.compile(r"^\d{4}-(0[1-9]|1[0-2])$")
_DATED = {
    "zh": re.compile(r"(第 ?[\d、]+ ?条|GB \d).*，\d{4} 年 \d{1,2} 月查过。$"),
    "en": re.compile(r"(\barts?\.? \d|GB \d).*, checked \w+ \d{4}\.$"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One question with its answer, and the passage of a lesson that teaches it (Chinese heading)."""

    question: dict[str, str]
    answer: dict[str, str]
    lesson: str
    heading: str
    line: int


@dataclass(slots=True)
class ThemeSource:
    """What is written for one theme. Whole only when ``errors`` is empty."""

    path: Path  # of the Chinese file
    code: str = ""
    intro: dict[str, str] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    checks: dict[str, str] = field(default_factory=dict)
    items: dict[str, list[CheckQuestion]] = field(default_factory=dict)
    errors: list[ContentError] = field(default_factory=list)

    def add_error(self, lang: str, line: int, message: str) -> None:
        """Note a mistake and go on reading."""
        self.errors.append(ContentError(self.path.with_name(f"{self.slug}.{lang}.md"), line, message))

    @property
    def slug(self) -> str:
        """The part of the address, and of the files' names."""
        return self.path.name.removesuffix(".zh.md")


def read_themes(root: Path) -> list[ThemeSource]:
    """Every theme below ``root``/themes, mistakes noted in each."""
    return [_read(path) for path in sorted((root / FOLDER).glob("*.zh.md"))]


def check_tree(root: Path, modules: Sequence[ModuleSource]) -> list[str]:
    """Every mistake of the themes' files; none for a tree without them."""
    if not (root / FOLDER).is_dir():
        return []
    sources = read_themes(root)
    codes = {source.code for source in sources}
    for theme in corpus.themes():
        if theme.code != OTHER and theme.code not in codes and sources:
            sources[0].add_error("zh", 1, f"the theme {theme.code} has no file here")
    _check_passages(sources, modules)
    _check_repeats(sources, modules)
    _check_balance(sources)
    return [str(error) for source in sources for error in source.errors]


def _read(path: Path) -> ThemeSource:
    source = ThemeSource(path=path)
    blocks: dict[str, list[BlockText]] = {}
    for lang in LANGS:
        blocks[lang] = _read_language(source, lang)
    known = {theme.code for theme in corpus.themes()} - {OTHER}
    if source.code not in known or source.slug != source.code.replace("_", "-"):
        source.add_error("zh", 1, f"“theme: {source.code}” is no theme, or the file has not its name")
    if len(blocks["zh"]) != len(blocks["en"]):
        source.add_error("en", 1, "another number of answers than in Chinese")
    elif len(blocks["zh"]) < FEWEST_ANSWERS:
        source.add_error("zh", 1, f"{len(blocks['zh'])} answers, at least {FEWEST_ANSWERS}")
    for zh, en in zip(blocks["zh"], blocks["en"], strict=False):
        _add_answer(source, zh, en)
    _check_pairs(source)
    return source


def _read_language(source: ThemeSource, lang: str) -> list[BlockText]:
    """Header and items into ``source``; returns the text blocks."""
    path = source.path.with_name(f"{source.slug}.{lang}.md")
    try:
        header, body, first = split_header(path.read_text("utf-8"))
        blocks = parse_blocks(body, first_line=first)
    except (SourceError, OSError, UnicodeDecodeError) as error:
        source.add_error(lang, getattr(error, "line", 1), getattr(error, "message", str(error)))
        return []
    if set(header) != KEYS[lang] or not all(header.values()):
        source.add_error(lang, 1, f"the header has {', '.join(sorted(KEYS[lang]))}, all of them filled")
    if lang == "zh" and not _MONTH.match(header.get("checked", "")):
        source.add_error(lang, 1, "“checked:” is a month like 2026-11")
    source.code = header.get("theme", source.code)
    source.intro[lang] = header.get("intro", "")
    items = CHECK.of(blocks)
    source.checks[lang] = write_blocks(items).strip()
    source.items[lang] = [parse_check(item.heading, item.body, first_line=item.line) for item in items]
    if len(items) != ITEMS or any(
        len(item.options or item.steps) < FEWEST_OPTIONS for item in source.items[lang]
    ):
        source.add_error(lang, 1, f"{ITEMS} check-yourself items with {FEWEST_OPTIONS} options or more each")
    return TEXT.of(blocks)


def _add_answer(source: ThemeSource, zh: BlockText, en: BlockText) -> None:
    first, _end, rest = zh.body.partition("\n")
    passage = _PASSAGE.match(first)
    if passage is None:
        source.add_error("zh", zh.line, "below the question stands the passage: @ lesson-slug its heading")
        return
    answer = {"zh": rest.strip(), "en": en.body.strip()}
    for lang, block in (("zh", zh), ("en", en)):
        if not block.heading:
            source.add_error(lang, block.line, "an answer stands under its question: ## …")
        for message in _shape_errors(answer[lang], lang):
            source.add_error(lang, block.line, message)
    if (LAW["zh"] in answer["zh"]) != (LAW["en"] in answer["en"]):
        source.add_error("en", en.line, "the law is named in one language only")
    source.answers.append(
        Answer({"zh": zh.heading, "en": en.heading}, answer, passage["lesson"], passage["heading"], zh.line)
    )


def _shape_errors(answer: str, lang: str) -> Iterator[str]:
    """The shape readers rely on: the answer first, few steps, one danger, one person, the law with its day."""
    lines = [line for line in answer.split("\n") if line.strip()]
    steps = [line for line in lines if _STEP.match(line)]
    if not lines or _STEP.match(lines[0]):
        yield "the first sentence answers, before the steps"
    if not 2 <= len(steps) <= 5:
        yield f"{len(steps)} steps, two to five"
    for mark in (LOOK_OUT[lang], CALL[lang]):
        if sum(line.startswith(mark) for line in lines) != 1:
            yield f"one line “{mark.strip()}”"
    law = [line for line in lines if line.startswith(LAW[lang])]
    if any(not _DATED[lang].search(line) for line in law):
        yield "the law is quoted with its article and the month it was looked up"
    size, sentence = longest_sentence("\n".join(line for line in lines if line not in law), lang)
    if size > LONGEST[lang]:
        yield f"a sentence of {size}, at most {LONGEST[lang]}: {sentence}"


def _check_pairs(source: ThemeSource) -> None:
    """Both languages ask the same: as many options, the same one right."""
    for zh, en in zip(source.items.get("zh", []), source.items.get("en", []), strict=False):
        if sorted(right for _text, right in zh.options) != sorted(right for _text, right in en.options):
            source.add_error("en", 1, f"other options than in Chinese: {en.question}")


def _check_passages(sources: Iterable[ThemeSource], modules: Sequence[ModuleSource]) -> None:
    """Every passage is there: a lesson of this tree, and a block of it with that Chinese heading."""
    headings = {
        lesson.header["zh"].get("slug", ""): {block.heading for block in lesson.blocks["zh"] if block.heading}
        for module in modules
        for lesson in module.lessons
    }
    for source in sources:
        for answer in source.answers:
            if answer.lesson not in headings:
                source.add_error("zh", answer.line, f"no lesson {answer.lesson}")
            elif answer.heading not in headings[answer.lesson]:
                there = "; ".join(sorted(headings[answer.lesson]))
                source.add_error(
                    "zh", answer.line, f"{answer.lesson} has no passage {answer.heading}, but {there}"
                )


def _check_repeats(sources: Iterable[ThemeSource], modules: Sequence[ModuleSource]) -> None:
    """No item is asked twice: not on another page, not in a lesson. Quizzes look here themselves."""
    seen = {
        (lang, plain(block.heading))
        for module in modules
        for lesson in module.lessons
        for lang in LANGS
        for block in CHECK.of(lesson.blocks[lang])
    }
    for source in sources:
        for lang, items in source.items.items():
            for item in items:
                if (lang, plain(item.question)) in seen:
                    source.add_error(lang, 1, f"asked elsewhere too: {item.question}")
                seen.add((lang, plain(item.question)))


def questions(sources: Iterable[ThemeSource]) -> set[tuple[str, str]]:
    """What the items of the themes ask: (language, its bare letters)."""
    return {
        (lang, plain(item.question)) for s in sources for lang, items in s.items.items() for item in items
    }


def plain(text: str) -> str:
    """The bare letters of a question, by which it is known again."""
    return re.sub(r"\W", "", text).lower()


def _check_balance(sources: Sequence[ThemeSource]) -> None:
    """The right option is the longest one in few items only, and the shortest in few."""
    for lang in LANGS:
        items = [item for source in sources for item in source.items.get(lang, []) if item.options]
        for name, sign in (("longest", 1), ("shortest", -1)):
            stands_out = sum(_right_stands_out(item, sign) for item in items)
            if stands_out > MOST_TELLING * len(items):
                message = f"the {name} option is right in {stands_out} of {len(items)} items, at most 40 %"
                sources[0].add_error(lang, 1, message)


def _right_stands_out(item: CheckQuestion, sign: int) -> bool:
    """Whether the right option is the longest of all (``sign`` 1), or the shortest (-1)."""
    right = next(sign * len(text) for text, is_right in item.options if is_right)
    return all(sign * len(text) < right for text, is_right in item.options if not is_right)
