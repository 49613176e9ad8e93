"""Quiz items as text: the ``quiz.md`` of a module folder, read and written. No database.

What the lines of an item mean is the business of its kind, see ``assessments/kinds``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from courses.grammar.blocks import SourceError
from mooc.lib.text.digits import whole_number

from ..kinds import KINDS
from ..kinds.base import FileOption, FilePart, Line

RETIRED = "retired"
WANTED = ("zh", "en", "why_zh", "why_en", "lesson", "skill")

_HEAD = re.compile(r"^## (?P<code>[A-Z]\d\d-\d+) (?P<kind>[a-z]+)\s*$")
_LINE = re.compile(r"^(?P<mark>[+-]|\d+\.) zh:\s*(?P<zh>.+)$")
_LINE_EN = re.compile(r"^\s+en:\s*(?P<en>.+)$")
_PAIR = re.compile(r"^(?P<key>[a-z_]+):\s*(?P<value>.*)$")


@dataclass(frozen=True, slots=True)
class QuizItem:
    """One item in both languages. A true/false item has its two options spelled out."""

    code: str
    kind: str
    lesson: int
    skill: str
    stem: dict[str, str]
    why: dict[str, str]
    options: tuple[FileOption, ...]
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
    kind: str
    line: int
    values: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)


def parse_quiz(text: str, *, lessons: int) -> QuizSource:
    """Read all items; an item with a mistake is left out and its mistakes are listed.

    :param lessons: how many lessons the module has, to check ``lesson:``.
    """
    errors: list[SourceError] = []
    drafts = _drafts(text, errors)
    items = []
    for draft in drafts:
        options, found = _options(draft)
        found += _mistakes(draft, lessons)
        errors.extend(SourceError(draft.line, f"{draft.code}: {message}") for message in found)
        if not found and draft.kind != RETIRED:
            items.append(_finish(draft, options))
    codes = [draft.code for draft in drafts]
    errors.extend(
        SourceError(draft.line, f"{draft.code} stands twice")
        for i, draft in enumerate(drafts)
        if draft.code in codes[:i]
    )
    retired = tuple(draft.code for draft in drafts if draft.kind == RETIRED)
    return QuizSource(items, retired, errors)


def _drafts(text: str, errors: list[SourceError]) -> list[_Draft]:
    drafts: list[_Draft] = []
    waiting: re.Match[str] | None = None
    for number, row in enumerate(text.split("\n"), start=1):
        line = row.rstrip()
        if not line.strip():
            continue
        if head := _HEAD.match(line):
            drafts.append(_Draft(head["code"], head["kind"], number))
        elif not drafts:
            errors.append(SourceError(number, "an item starts with “## C11-1 single”"))
        elif waiting and (match := _LINE_EN.match(line)):
            drafts[-1].lines.append(Line(waiting["mark"], waiting["zh"], match["en"]))
            waiting = None
            continue
        elif found := _LINE.match(line):
            waiting = found
            continue
        elif pair := _PAIR.match(line):
            drafts[-1].values[pair["key"]] = pair["value"].strip()
        else:
            errors.append(SourceError(number, f"not understood: {line[:40]}"))
        if waiting:
            errors.append(SourceError(number, "an option in Chinese is followed by its “  en:” line"))
            waiting = None
    return drafts


def _options(draft: _Draft) -> tuple[list[FileOption], list[str]]:
    """The options of an item as its kind reads them, and what its kind finds wrong."""
    kind = KINDS.get(draft.kind)
    if draft.kind == RETIRED:
        return [], ["a retired item has no lines"] if draft.values or draft.lines else []
    if kind is None:
        return [], [f"“{draft.kind}” is no kind of item: {', '.join([*KINDS, RETIRED])}"]
    own = {key: value for key, value in draft.values.items() if key in kind.keys}
    options, faults = kind.from_file(FilePart(draft.lines, own))
    strange = [key for key in draft.values if key not in (*WANTED, *kind.keys)]
    return options, [*faults, *(f"“{key}:” is not known here" for key in strange)]


def _mistakes(draft: _Draft, lessons: int) -> list[str]:
    if draft.kind not in KINDS:
        return []
    found = [f"“{key}:” is missing" for key in WANTED if not draft.values.get(key)]
    lesson = draft.values.get("lesson", "")
    if lesson and whole_number(lesson) not in range(1, lessons + 1):
        found.append(f"“lesson: {lesson}”: the module has lessons 1 to {lessons}")
    return found


def _finish(draft: _Draft, options: list[FileOption]) -> QuizItem:
    v = draft.values
    return QuizItem(
        code=draft.code,
        kind=draft.kind,
        lesson=int(v["lesson"]),
        skill=v["skill"],
        stem={"zh": v["zh"], "en": v["en"]},
        why={"zh": v["why_zh"], "en": v["why_en"]},
        options=tuple(options),
        line=draft.line,
    )


def write_item(item: QuizItem) -> str:
    """An item as it stands in a file: read again, it is the same."""
    return "\n".join(_lines(item)) + "\n"


def _lines(item: QuizItem) -> Iterator[str]:
    part = KINDS[item.kind].to_file(item.options)
    yield f"## {item.code} {item.kind}"
    yield from (f"lesson: {item.lesson}", f"skill: {item.skill}")
    yield from (f"{lang}: {item.stem[lang]}" for lang in ("zh", "en"))
    for line in part.lines:
        yield from (f"{line.mark} zh: {line.zh}", f"  en: {line.en}")
    yield from (f"{key}: {value}" for key, value in part.values.items())
    yield from (f"why_{lang}: {item.why[lang]}" for lang in ("zh", "en"))
