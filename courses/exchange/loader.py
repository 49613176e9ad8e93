"""Content folders into the database: draft, then published, all or nothing a module."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from mooc.lib import registry

from .. import services
from ..blocks import KINDS
from ..grammar.blocks import BlockText
from ..media.services import store_media
from ..models import (
    Block,
    Category,
    Course,
    Lesson,
    LessonEdition,
    Media,
    Module,
    ModuleEdition,
    Skill,
    Track,
    TrackStep,
)  # fmt: skip
from ..publishing import addresses
from ..publishing.services import BLOCK_FIELDS, EDITION_TEXTS, LESSON_TEXTS, ensure_draft, publish_module
from .content_files import LessonSource, ModuleSource, read_tree
from .quality import check_quality


@dataclass(slots=True)
class LoadReport:
    """What a load did, by module code."""

    loaded: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # edited in the admin since the last load
    errors: list[str] = field(default_factory=list)
    items: int = 0


def load_tree(root: Path, *, check: bool = False, overwrite: bool = False) -> LoadReport:
    """Load every module folder below ``root``. With errors or ``check`` nothing is written.

    :param check: only read, and hold the modules to the rules of :mod:`.quality` as well.
    :param overwrite: replace drafts that were edited in the admin since the last load.
    """
    report = LoadReport()
    sources = read_tree(root)
    if check:
        check_quality(sources)
    report.errors = [str(error) for source in sources for error in source.errors]
    for _name, look in [*registry.content_tree, *(registry.content_quality if check else ())]:
        report.errors += look(root, sources)
    if not sources:
        report.errors.append(f"{root}: no module folder (NAME/module.md) here")
    if report.errors or check:
        return report
    with transaction.atomic():
        load_tables(root)
    for source in sources:
        with transaction.atomic():
            _load_module(source, report, overwrite=overwrite)
    with transaction.atomic():
        _link_modules(sources)
        services.bump_content()
    return report


def load_tables(root: Path) -> None:
    """Categories with their courses, skills and tracks, from the tables beside the folders."""
    for position, row in enumerate(_rows(root / "categories.tsv")):
        category, _made = Category.objects.update_or_create(
            code=row["code"],
            defaults={
                "family": row["family"],
                "icon": row["icon"],
                "position": position,
                "title_zh": row["zh"],
                "title_en": row["en"],
            },
        )
        Course.objects.get_or_create(
            slug=row["code"],
            defaults={"category": category, "title_zh": row["zh"], "title_en": row["en"]},
        )
    _load_skills(root)
    for row in _rows(root / "tracks.tsv"):
        Track.objects.update_or_create(
            code=row["code"],
            defaults={
                "slug": row["slug"],
                "icon": row["icon"],
                "title_zh": row["zh"],
                "title_en": row["en"],
                "text_zh": row["text_zh"],
                "text_en": row["text_en"],
            },
        )


def _load_skills(root: Path) -> None:
    categories = {category.code: category for category in Category.objects.all()}
    for row in _rows(root / "skills.tsv"):
        Skill.objects.update_or_create(
            code=row["code"],
            defaults={
                "category": categories[row["category"]],
                "title_zh": row["zh"],
                "title_en": row["en"],
                "level": f"L{row['level']}",
                "links": row["links"],
            },
        )


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def source_hash(folder: Path) -> str:
    """Hash of all files of a module folder."""
    seen = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        seen.update(path.name.encode() + b"\0" + path.read_bytes())
    return seen.hexdigest()


def draft_hash(draft: ModuleEdition) -> str:
    """Hash of a draft as it stands, to know whether somebody edited it since it was loaded."""
    data: list[Any] = [
        [getattr(draft, name) for name in EDITION_TEXTS],
        str(draft.checked_on),
        draft.licence,
    ]
    for lesson in draft.lessons.prefetch_related("blocks").order_by("position", "pk"):
        data.append([lesson.lesson_id, lesson.minutes] + [getattr(lesson, name) for name in LESSON_TEXTS])
        data.extend(_filled([getattr(b, name) for name in BLOCK_FIELDS]) for b in lesson.blocks.all())
    return hashlib.sha256(json.dumps(data).encode()).hexdigest()


def _filled(values: list[Any]) -> list[Any]:
    """Without the English file where there is none: what was loaded before that column came is not edited."""
    return values if values[-1] is not None else values[:-1]


def _was_edited(module: Module) -> bool:
    """Whether somebody changed the draft in the admin since it was loaded."""
    return bool(module.draft and module.loaded_hash and draft_hash(module.draft) != module.loaded_hash)


def _load_module(source: ModuleSource, report: LoadReport, *, overwrite: bool) -> None:
    head = source.header
    now_hash = source_hash(source.path)
    module = Module.objects.filter(code=head["code"]).select_related("draft").first()
    if module and module.source_hash == now_hash and not overwrite:
        report.unchanged.append(module.code)
        return
    if module and not overwrite and _was_edited(module):
        report.kept.append(module.code)
        return
    category = Category.objects.get(code=head["category"])
    if module is None:
        module = Module(code=head["code"])
    module.category, module.course = category, Course.objects.get(slug=category.code)
    if module.pk is None:
        module.slug = head["slug"]
    elif head["slug"] != addresses.of(module):
        addresses.rename(row=module, text=head["slug"])
    module.level, module.icon = head["level"], head["icon"]
    module.save()
    module.skills.set(Skill.objects.filter(code__in=head["skills"].split()))
    _write_draft(module, source)
    module.source_hash, module.loaded_hash = (
        now_hash,
        draft_hash(ensure_draft(module=module)),
    )
    module.save()
    for _name, load in registry.content_part:  # first: publishing looks whether the quiz can be sat
        report.items += load(module, source, overwrite)
    publish_module(module=module)
    report.loaded.append(module.code)


def _write_draft(module: Module, source: ModuleSource) -> None:
    draft = ensure_draft(module=module)
    for name in EDITION_TEXTS:
        setattr(draft, name, source.header[name])
    year, month = source.header["checked"].split("-")
    draft.checked_on, draft.licence = dt.date(int(year), int(month), 1), source.header["licence"]
    changes_on = source.header.get("changes_on", "")
    draft.changes_on = dt.date.fromisoformat(changes_on) if changes_on else None
    draft.save()
    draft.lessons.all().delete()
    for lesson in source.lessons:
        _write_lesson(module, draft, lesson, source.path)


def _write_lesson(module: Module, draft: ModuleEdition, lesson: LessonSource, folder: Path) -> None:
    zh = lesson.header["zh"]
    identity, _made = Lesson.objects.update_or_create(slug=zh["slug"], defaults={"module": module})
    edition = LessonEdition.objects.create(
        edition=draft,
        lesson=identity,
        position=lesson.number,
        minutes=int(zh["minutes"]),
        **{
            f"{key}_{lang}": lesson.header[lang][key]
            for key in ("title", "objective", "source")
            for lang in ("zh", "en")
        },
    )
    for position, (zh_block, en_block) in enumerate(
        zip(lesson.blocks["zh"], lesson.blocks["en"], strict=True), 1
    ):
        Block.objects.create(
            lesson=edition,
            position=position,
            kind=zh_block.kind,
            heading_zh=zh_block.heading,
            heading_en=en_block.heading,
            body_zh=zh_block.body,
            body_en=en_block.body,
            media=_media(zh_block, folder),
            media_en=_media(en_block, folder) if en_block.file != zh_block.file else None,
        )


def _media(block: BlockText, folder: Path) -> Media | None:
    if not block.file:
        return None
    data = (folder / block.file).read_bytes()
    return store_media(data=data, **asdict(KINDS[block.kind].file_facts(block, data)))


def _link_modules(sources: list[ModuleSource]) -> None:
    """Prerequisites and track steps, once every module is there."""
    modules = {module.code: module for module in Module.objects.all()}
    tracks = {track.code: track for track in Track.objects.all()}
    for source in sources:
        module = modules[source.header["code"]]
        wanted = source.header.get("prerequisites", "").split()
        module.prerequisites.set(modules[code] for code in wanted if code in modules)
        codes = source.header["audiences"].split()
        TrackStep.objects.filter(module=module).exclude(track__code__in=codes).delete()
        place = {"L1": 100, "L2": 200, "L3": 300}[module.level] + int(module.code[1:])
        for code in codes:
            TrackStep.objects.update_or_create(
                track=tracks[code], module=module, defaults={"position": place}
            )
