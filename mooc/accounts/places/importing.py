"""Regions from a CSV file: ``code,parent,level,name_zh,name_en``, parents before children."""

from __future__ import annotations

import csv
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction

from mooc.lib.errors import DomainError
from mooc.lib.text.names import validate

from ..models import OldRegionCode, Region
from . import moving

COLUMNS = ["code", "parent", "level", "name_zh", "name_en"]
MOST_ROWS = 60_000


class RegionFileError(Exception):
    """What is wrong, with its line."""


def import_regions(path: Path) -> tuple[int, int]:
    """Make, rename or move regions, all or nothing. Returns (made, changed).

    :raises RegionFileError: at the first line that does not fit; nothing is changed.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames != COLUMNS:
            raise RegionFileError(f"{path}:1: the columns are {','.join(COLUMNS)}")
        with transaction.atomic():
            moving.hold_tree()
            known = {region.code: region for region in Region.objects.all()}
            old = {row.code: row.region for row in OldRegionCode.objects.select_related("region")}
            return _import(path, reader, known, old)


def _import(
    path: Path, reader: csv.DictReader[str], known: dict[str, Region], old: dict[str, Region]
) -> tuple[int, int]:
    made = changed = 0
    for line, row in enumerate(reader, start=2):
        if line > MOST_ROWS:
            raise RegionFileError(f"{path}:{line}: more than {MOST_ROWS} rows")
        try:
            if row["code"] in old and row["code"] not in known:
                continue  # merged or recoded since the file was made: what it is called now stands
            parent = (known.get(row["parent"]) or old[row["parent"]]) if row["parent"] else None
            is_new, is_other = _store(row, parent, known)
        except (ValidationError, DomainError, KeyError, ValueError, TypeError) as error:
            raise RegionFileError(
                f"{path}:{line}: {'; '.join(getattr(error, 'messages', [str(error)]))}"
            ) from error
        made, changed = made + is_new, changed + is_other
    return made, changed


def _store(row: dict[str, str], parent: Region | None, known: dict[str, Region]) -> tuple[bool, bool]:
    """Make, move or rename the region of a row; whether it is new, and whether it is another now."""
    level = int(row["level"])
    names = {"name_zh": row["name_zh"].strip(), "name_en": row["name_en"].strip()}
    for name in filter(None, names.values()):
        validate(name)
    region = known.get(row["code"])
    if region is None:
        region = known[row["code"]] = Region(code=row["code"], parent=parent, level=level, **names)
        region.full_clean(exclude=["path"], validate_unique=False)
        region.save()
        return True, False
    if region.level != level:
        raise ValueError(f"{row['code']} is of another level already")
    moved = region.parent_id != (parent.pk if parent else None)
    if moved:
        moving.relocate(region=region, parent=parent, code=region.code)
        region.refresh_from_db()
    renamed = any(getattr(region, name) != value for name, value in names.items())
    if renamed:
        region.name_zh, region.name_en = names["name_zh"], names["name_en"]
        region.full_clean(exclude=["path"], validate_unique=False)
        region.save()
    return False, moved or renamed
