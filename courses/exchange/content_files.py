"""Course content files: read a folder, report every error by file and line.

Pure reading, no database; ``docs/content-format.md`` is the specification. What a higher room keeps in the same
folders (quizzes, tasks, themes) it reads and checks itself: ``mooc.lib.registry.content_tree``.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from pathlib import Path

from mooc.lib.text.cleaning import without_controls
from mooc.lib.text.digits import whole_number

from ..blocks import KINDS, parse_blocks, spoken
from ..blocks.base import Kind
from ..grammar import law
from ..grammar.blocks import BlockText, SourceError
from ..grammar.prose import prose_errors

MAX_FILE = 64 * 1024
LANGS = ("zh", "en")

_MODULE_KEYS = {
    "code", "slug", "category", "level", "audiences", "skills", "icon", "checked", "licence",
    *(f"{key}_{lang}" for key in ("title", "task", "objective", "need", "source") for lang in LANGS),
}  # fmt: skip
_LESSON_KEYS = {"zh": {"slug", "minutes", "title", "objective", "source"}}
_LESSON_KEYS["en"] = {"title", "objective", "source"}
_SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


@dataclass(frozen=True, slots=True)
class ContentError:
    """One mistake: the file, its line (1-based), and what is wrong."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class LessonSource:
    """One lesson in both languages. ``header`` maps language → key → value."""

    number: int
    header: dict[str, dict[str, str]]
    blocks: dict[str, list[BlockText]]


@dataclass(slots=True)
class ModuleSource:
    """One module folder as read. Whole only when ``errors`` is empty."""

    path: Path
    header: dict[str, str] = field(default_factory=dict)
    lessons: list[LessonSource] = field(default_factory=list)
    errors: list[ContentError] = field(default_factory=list)

    def add_error(self, name: str, line: int, message: str) -> None:
        """Note a mistake and go on reading, so that one run shows them all."""
        self.errors.append(ContentError(self.path / name, line, message))


def read_tree(root: Path) -> list[ModuleSource]:
    """Read every module folder below ``root`` (or ``root`` itself when it is one)."""
    folders = [root] if (root / "module.md").is_file() else sorted(p.parent for p in root.glob("*/module.md"))
    sources = [read_module(folder) for folder in folders]
    _check_unique(sources)
    return sources


def read_module(folder: Path) -> ModuleSource:
    """Read and check one module folder. Never raises for bad content: see ``errors``."""
    source = ModuleSource(folder)
    source.header, _ = _read_header(source, "module.md", _MODULE_KEYS)
    _check_module_header(source)
    numbers = sorted({p.name[:2] for p in folder.glob("[0-9][0-9].*.md")})
    for number in numbers:
        _read_lesson(source, number)
    if not numbers:
        source.add_error("module.md", 1, "the module has no lessons (01.zh.md, 01.en.md)")
    _check_files(source)
    return source


def read_text(source: ModuleSource, name: str) -> str | None:
    """The text of a file of the module's folder; what is wrong with it is noted."""
    path = source.path / name
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        source.add_error(name, 1, "the file is missing")
        return None
    if len(raw) > MAX_FILE:
        source.add_error(name, 1, f"larger than {MAX_FILE // 1024} KB")
        return None
    try:
        text = raw.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        source.add_error(name, raw[: error.start].count(b"\n") + 1, "not UTF-8")
        return None
    return without_controls(text)


def _read_header(source: ModuleSource, name: str, wanted: set[str]) -> tuple[dict[str, str], tuple[str, int]]:
    """Return the header and the rest of the file with the number of its first line."""
    text = read_text(source, name)
    if text is None:
        return {}, ("", 1)
    try:
        header, rest, line = split_header(text)
    except SourceError as error:
        source.add_error(name, error.line, error.message)
        return {}, ("", 1)
    optional = {"prerequisites", "changes_on"}
    for key in sorted(wanted - header.keys()):
        source.add_error(name, 1, f"“{key}:” is missing")
    for key in sorted(header.keys() - wanted - optional):
        source.add_error(name, 1, f"“{key}:” is not known here")
    for key in sorted(k for k in wanted & header.keys() if not header[k]):
        source.add_error(name, 1, f"“{key}:” is empty")
    for key in sorted(header.keys() & {"source", "source_zh", "source_en"}):
        for part in law.undated(header[key]):
            source.add_error(name, 1, f"“{key}: {part}”: write the year of the law beside its article")
    return header, (rest, line)


def split_header(text: str) -> tuple[dict[str, str], str, int]:
    """Split ``---`` header and body; returns header, body, and the body's first line number.

    :raises SourceError: when the header is not closed or a line is not ``key: value``.
    """
    lines = text.split("\n")
    if lines[0].strip() != "---":
        raise SourceError(1, "the file starts with a header between two lines “---”")
    header: dict[str, str] = {}
    for number, line in enumerate(lines[1:], start=2):
        if line.strip() == "---":
            return header, "\n".join(lines[number:]), number + 1
        key, colon, value = line.partition(":")
        if not colon:
            raise SourceError(number, "a header line is “key: value”")
        if key.strip() in header:
            raise SourceError(number, f"“{key.strip()}:” stands twice")
        header[key.strip()] = value.strip()
    raise SourceError(len(lines), "the header is not closed by a line “---”")


def _check_module_header(source: ModuleSource) -> None:
    header = source.header
    if not header:
        return
    checks = {
        "slug": (_SLUG.match, "small Latin letters, digits and hyphens"),
        "code": (re.compile(r"^[A-Z]\d\d$").match, "a capital letter and two digits, like C11"),
        "level": (re.compile(r"^L[123]$").match, "L1, L2 or L3"),
        "checked": (re.compile(r"^\d{4}-(0[1-9]|1[0-2])$").match, "a month like 2026-11"),
    }
    for key, (test, want) in checks.items():
        if header.get(key) and not test(header[key]):
            source.add_error("module.md", 1, f"“{key}: {header[key]}” should be {want}")
    changes_on = header.get("changes_on", "")
    if changes_on and not (_is_day(changes_on) and changes_on > header.get("checked", "")):
        message = f"“changes_on: {changes_on}” should be a day like 2027-01-01, after the month of “checked:”"
        source.add_error("module.md", 1, message)


def _is_day(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _read_lesson(source: ModuleSource, number: str) -> None:
    headers: dict[str, dict[str, str]] = {}
    blocks: dict[str, list[BlockText]] = {}
    for lang in LANGS:
        name = f"{number}.{lang}.md"
        headers[lang], (body, line) = _read_header(source, name, _LESSON_KEYS[lang])
        try:
            blocks[lang] = parse_blocks(body, first_line=line)
        except SourceError as error:
            source.add_error(name, error.line, error.message)
            blocks[lang] = []
    _check_lesson(source, number, headers, blocks)
    source.lessons.append(LessonSource(int(number), headers, blocks))


def _check_lesson(
    source: ModuleSource,
    number: str,
    headers: dict[str, dict[str, str]],
    blocks: dict[str, list[BlockText]],
) -> None:
    zh_name, en_name = f"{number}.zh.md", f"{number}.en.md"
    slug, minutes = headers["zh"].get("slug", ""), headers["zh"].get("minutes", "")
    if slug and not _SLUG.match(slug):
        source.add_error(zh_name, 1, f"“slug: {slug}”: small Latin letters, digits and hyphens")
    if minutes and whole_number(minutes) not in range(3, 9):
        source.add_error(zh_name, 1, f"“minutes: {minutes}”: a lesson takes 3 to 8 minutes")
    kinds = {lang: [b.kind for b in blocks[lang]] for lang in LANGS}
    if kinds["zh"] != kinds["en"]:
        at = next(
            (i for i, pair in enumerate(zip(*kinds.values(), strict=False)) if pair[0] != pair[1]),
            -1,
        )
        line = blocks["en"][at].line if blocks["en"] else 1
        source.add_error(en_name, line, f"the blocks differ: zh {kinds['zh']}, en {kinds['en']}")
        return
    for zh, en in zip(blocks["zh"], blocks["en"], strict=True):
        for message in KINDS[zh.kind].pair_faults(zh, en):
            source.add_error(en_name, en.line, message)
    for kind in KINDS.values():
        if kind.once and kinds["zh"].count(kind.code) != 1:
            source.add_error(zh_name, 1, f"a lesson has exactly one {kind.code} ({kind.mark})")
    for lang, name in (("zh", zh_name), ("en", en_name)):
        for line, message in prose_errors(list(spoken(blocks[lang])), lang, source.header.get("level", "L1")):
            source.add_error(name, line, message)


def _check_files(source: ModuleSource) -> None:
    """Every file a block names is there and fit to be shown; every file that is there is named."""
    used = {
        block.file: (f"{lesson.number:02}.{lang}.md", block)
        for lesson in source.lessons
        for lang in reversed(LANGS)
        for block in lesson.blocks[lang]
        if block.file
    }
    for file, (name, block) in used.items():
        if not (source.path / file).is_file():
            source.add_error(name, block.line, f"{file} is not in the folder")
    pictures = 0
    for path in sorted(source.path.iterdir()):
        kind = KINDS[used[path.name][1].kind] if path.name in used else _kind_of_file(path.name)
        if kind is None:
            continue
        for fault in kind.file_faults(path.name, path.read_bytes()):
            source.add_error(path.name, 1, fault)
        if path.name not in used:
            source.add_error(path.name, 1, f"no lesson shows this {kind.code}")
        pictures += kind.to_look_at
    if pictures < 2:
        source.add_error("module.md", 1, "a module has at least two pictures")


def _kind_of_file(name: str) -> Kind | None:
    """The first kind that shows such files."""
    return next((kind for kind in KINDS.values() if kind.mime_of(name)), None)


def _check_unique(sources: list[ModuleSource]) -> None:
    """Slugs of modules and lessons are unique over the whole tree."""
    seen: dict[tuple[str, str], ModuleSource] = {}
    for source in sources:
        keys = [("module", source.header.get("slug", ""))]
        keys += [("lesson", lesson.header["zh"].get("slug", "")) for lesson in source.lessons]
        for key in keys:
            if key[1] and key in seen:
                source.add_error("module.md", 1, f"{key[0]} “{key[1]}” stands in {seen[key].path.name} too")
            seen.setdefault(key, source)
