"""A module's practical task as a content file, ``task.md``. Pure reading, no database.

``docs/content-format.md`` says how it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

from courses.exchange.content_files import LANGS, ContentError, ModuleSource, split_header
from courses.grammar.blocks import SourceError
from mooc.lib.text.digits import whole_number

FILE = "task.md"
MEDIA = ("photo", "sheet", "film", "text", "voice")
STEPS, SLIPS, ANCHORS, WHOLE = 3, 2, 4, 100
_KEYS = {"code", "media", "minutes"} | {
    f"{key}_{lang}" for key in ("title", "hand_in", "helper") for lang in LANGS
}
_CRITERION = re.compile(r"^### (?P<weight>\d+)(?P<must> must)?\s*$")
_LINE = re.compile(r"^(?P<mark>\d\.|\d|-|=|\*) zh:\s*(?P<zh>.+)$")
_ENGLISH = re.compile(r"^\s+en:\s*(?P<en>.+)$")

Text = dict[str, str]  # language → words


class Criterion(TypedDict):
    """What is looked at in what was handed in; ``levels``: the words for 0 to 3."""

    weight: int
    must: bool
    name: Text
    levels: list[Text]


@dataclass(slots=True)
class TaskSource:
    """A task as read: whole only when ``errors`` is empty.

    ``slips``: typical mistakes, each with the kind word that helps. ``criteria``: what is looked at, with
    ``weight`` (together 100), ``must`` (passing needs it), ``name`` and the words for the levels 0–3.
    """

    header: Text = field(default_factory=dict)
    steps: list[Text] = field(default_factory=list)
    slips: list[dict[str, Text]] = field(default_factory=list)
    criteria: list[Criterion] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)


def read_task(folder: Path) -> TaskSource | None:
    """The task of a module's folder; ``None`` when it has none."""
    path = folder / FILE
    if not path.is_file():
        return None
    source = TaskSource()
    try:
        source.header, body, first = split_header(path.read_text("utf-8").replace("\r\n", "\n"))
    except (SourceError, UnicodeDecodeError) as error:
        source.errors.append((1, str(error)))
        return source
    for key in sorted(_KEYS ^ source.header.keys()):
        source.errors.append((1, f"“{key}:” is {'missing' if key in _KEYS else 'not known here'}"))
    for key in sorted(key for key, value in source.header.items() if not value):
        source.errors.append((1, f"“{key}:” is empty"))
    _read_body(source, body.split("\n"), first)
    source.errors += [(1, message) for message in _faults(source)]
    return source


def _read_body(source: TaskSource, lines: Sequence[str], first: int) -> None:
    at = 0
    while at < len(lines):
        line, number = lines[at], first + at
        at += 1
        if not line.strip():
            continue
        if head := _CRITERION.match(line):
            source.criteria.append(
                {"weight": int(head["weight"]), "must": bool(head["must"]), "name": {}, "levels": []}
            )
            continue
        found = _LINE.match(line)
        english = _ENGLISH.match(lines[at]) if found and at < len(lines) else None
        if not found or not english:
            source.errors.append((number, "a line is a mark and “zh: …”, the next one “  en: …”"))
            continue
        at += 1
        if message := _take(source, found["mark"], {"zh": found["zh"].strip(), "en": english["en"].strip()}):
            source.errors.append((number, message))


def _take(source: TaskSource, mark: str, text: Text) -> str:
    """Put one text where its mark says it belongs; what is wrong with it, or nothing."""
    if mark.endswith("."):
        source.steps.append(text)
    elif mark == "-":
        source.slips.append({"slip": text, "kind": {}})
    elif mark == "=" and source.slips:
        source.slips[-1]["kind"] = text
    elif mark == "*" and source.criteria:
        source.criteria[-1]["name"] = text
    elif source.criteria and whole_number(mark) == len(source.criteria[-1]["levels"]):
        source.criteria[-1]["levels"].append(text)
    else:
        return f"“{mark}” does not belong here"
    return ""


def _faults(source: TaskSource) -> Iterator[str]:
    if source.header.get("media") not in MEDIA:
        yield f"“media:” is one of {', '.join(MEDIA)}"
    if whole_number(source.header.get("minutes")) is None:
        yield "“minutes:” is a whole number"
    if len(source.steps) != STEPS:
        yield f"a task has {STEPS} steps, here are {len(source.steps)}"
    if len(source.slips) != SLIPS or not all(slip["kind"] for slip in source.slips):
        yield f"a task has {SLIPS} slips, each with its kind word"
    if not source.criteria or any(not c["name"] or len(c["levels"]) != ANCHORS for c in source.criteria):
        yield f"a criterion has a name and the levels 0 to {ANCHORS - 1}"
    if sum(c["weight"] for c in source.criteria) != WHOLE:
        yield f"the weights make {WHOLE} together"
    if not any(c["must"] for c in source.criteria):
        yield "at least one criterion is a must"


def check_tree(root: Path, modules: Sequence[ModuleSource]) -> list[str]:
    """Mistakes of the tasks; in a tree that has any, every module has one, under a code of its own."""
    found = {module.path: read_task(module.path) for module in modules}
    if not any(found.values()):
        return []
    errors, codes = [], set[str]()
    for path, source in found.items():
        if source is None:
            errors.append(ContentError(path / FILE, 1, "the module has no practical task"))
            continue
        errors += [ContentError(path / FILE, line, message) for line, message in source.errors]
        if (code := source.header.get("code", "")) in codes:
            errors.append(ContentError(path / FILE, 1, f"“code: {code}” stands in another module too"))
        codes.add(code)
    return [str(error) for error in errors]
