"""Quiz items as text: the ``quiz.md`` of a module folder. Pure reading, no database."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, cast

from courses.grammar.blocks import SourceError
from mooc.lib.text.digits import whole_number

ItemKind = Literal["single", "multiple", "truefalse"]

_HEAD = re.compile(r"^## (?P<code>[A-Z]\d\d-\d+) (?P<kind>single|multiple|truefalse|retired)\s*$")
_OPTION = re.compile(r"^(?P<mark>[+-]) zh:\s*(?P<zh>.+)$")
_OPTION_EN = re.compile(r"^\s+en:\s*(?P<en>.+)$")
_PAIR = re.compile(r"^(?P<key>lesson|skill|zh|en|why_zh|why_en|answer):\s*(?P<value>.*)$")


@dataclass(frozen=True, slots=True)
class QuizOption:
    """One option in both languages."""

    zh: str
    en: str
    right: bool


@dataclass(frozen=True, slots=True)
class QuizItem:
    """One item in both languages. A true/false item has its two options spelled out."""

    code: str
    kind: ItemKind
    lesson: int
    skill: str
    stem: dict[str, str]
    why: dict[str, str]
    options: tuple[QuizOption, ...]
    line: int


@dataclass(frozen=True, slots=True)
class QuizSource:
    """What a ``quiz.md`` says: the items to ask, and the codes of those asked no more."""

    items: list[QuizItem]
    retired: tuple[str, ...]
    errors: list[SourceError]


@dataclass(slots=True)
class _Draft:
    code: str
    kind: ItemKind | Literal["retired"]
    line: int
    values: dict[str, str] = field(default_factory=dict)
    options: list[QuizOption] = field(default_factory=list)


def parse_quiz(text: str, *, lessons: int) -> QuizSource:
    """Read all items; an item with a mistake is left out and its mistakes are listed.

    :param lessons: how many lessons the module has, to check ``lesson:``.
    """
    errors: list[SourceError] = []
    drafts = _drafts(text, errors)
    items = []
    for draft in drafts:
        found = _mistakes(draft, lessons)
        errors.extend(SourceError(draft.line, f"{draft.code}: {message}") for message in found)
        if not found and draft.kind != "retired":
            items.append(_finish(draft))
    codes = [draft.code for draft in drafts]
    errors.extend(
        SourceError(draft.line, f"{draft.code} stands twice")
        for i, draft in enumerate(drafts)
        if draft.code in codes[:i]
    )
    retired = tuple(draft.code for draft in drafts if draft.kind == "retired")
    return QuizSource(items, retired, errors)


def _drafts(text: str, errors: list[SourceError]) -> list[_Draft]:
    drafts: list[_Draft] = []
    waiting: re.Match[str] | None = None
    for number, row in enumerate(text.split("\n"), start=1):
        line = row.rstrip()
        if not line.strip():
            continue
        if head := _HEAD.match(line):
            drafts.append(_Draft(head["code"], head["kind"], number))  # type: ignore[arg-type]  # the pattern allows these three only
        elif not drafts:
            errors.append(SourceError(number, "an item starts with “## C11-1 single”"))
        elif waiting and (match := _OPTION_EN.match(line)):
            drafts[-1].options.append(QuizOption(waiting["zh"], match["en"], waiting["mark"] == "+"))
            waiting = None
            continue
        elif option := _OPTION.match(line):
            waiting = option
            continue
        elif pair := _PAIR.match(line):
            drafts[-1].values[pair["key"]] = pair["value"].strip()
        else:
            errors.append(SourceError(number, f"not understood: {line[:40]}"))
        if waiting:
            errors.append(SourceError(number, "an option in Chinese is followed by its “  en:” line"))
            waiting = None
    return drafts


def _mistakes(draft: _Draft, lessons: int) -> list[str]:
    if draft.kind == "retired":
        return ["a retired item has no lines"] if draft.values or draft.options else []
    wanted = ["zh", "en", "why_zh", "why_en", "lesson", "skill"]
    found = [f"“{key}:” is missing" for key in wanted if not draft.values.get(key)]
    lesson = draft.values.get("lesson", "")
    if lesson and whole_number(lesson) not in range(1, lessons + 1):
        found.append(f"“lesson: {lesson}”: the module has lessons 1 to {lessons}")
    right = sum(option.right for option in draft.options)
    if draft.kind == "truefalse":
        if draft.values.get("answer") not in ("true", "false") or draft.options:
            found.append("a truefalse item has “answer: true” or “answer: false” and no options")
    elif len(draft.options) < 3:
        found.append("at least three options")
    elif draft.kind == "single" and right != 1:
        found.append("a single item has exactly one right option (+)")
    elif draft.kind == "multiple" and not 2 <= right < len(draft.options):
        found.append("a multiple item has two or more right options and at least one wrong one")
    return found


def _finish(draft: _Draft) -> QuizItem:
    options = tuple(draft.options)
    if draft.kind == "truefalse":
        true = draft.values["answer"] == "true"
        options = (QuizOption("这话对", "True", true), QuizOption("这话不对", "Not true", not true))
    v = draft.values
    return QuizItem(
        draft.code, cast("ItemKind", draft.kind), int(v["lesson"]), v["skill"],
        {"zh": v["zh"], "en": v["en"]}, {"zh": v["why_zh"], "en": v["why_en"]}, options, draft.line,
    )  # fmt: skip
