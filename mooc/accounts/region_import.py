"""Regions from a CSV file: ``code,parent,level,name_zh,name_en``, parents before children."""

from __future__ import annotations

import csv
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction

from .models import Region

COLUMNS = ["code", "parent", "level", "name_zh", "name_en"]
MOST_ROWS = 60_000


class RegionFileError(Exception):
    """What is wrong, with its line."""


def import_regions(path: Path) -> tuple[int, int]:
    """Make or rename regions, all or nothing. Returns (made, changed).

    :raises RegionFileError: at the first line that does not fit; nothing is changed.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames != COLUMNS:
            raise RegionFileError(f"{path}:1: the columns are {','.join(COLUMNS)}")
        with transaction.atomic():
            known = {region.code: region for region in Region.objects.all()}
            return _import(path, reader, known)


def _import(path: Path, reader: csv.DictReader[str], known: dict[str, Region]) -> tuple[int, int]:
    made = changed = 0
    for line, row in enumerate(reader, start=2):
        if line > MOST_ROWS:
            raise RegionFileError(f"{path}:{line}: more than {MOST_ROWS} rows")
        try:
            region, is_new = _region(row, known)
            if region is None:
                continue
            region.full_clean(exclude=["path"], validate_unique=False)
            region.save()
        except (ValidationError, KeyError, ValueError, TypeError) as error:
            raise RegionFileError(
                f"{path}:{line}: {'; '.join(getattr(error, 'messages', [str(error)]))}"
            ) from error
        known[region.code] = region
        made, changed = made + is_new, changed + (not is_new)
    return made, changed


def _region(row: dict[str, str], known: dict[str, Region]) -> tuple[Region | None, bool]:
    """The region of a row as it should be; ``None`` when it is so already."""
    parent = known[row["parent"]] if row["parent"] else None
    wanted = {
        "level": int(row["level"]),
        "name_zh": row["name_zh"].strip(),
        "name_en": row["name_en"].strip(),
    }
    region = known.get(row["code"])
    if region is None:
        return Region(code=row["code"], parent=parent, **wanted), True
    if region.parent_id != (parent.pk if parent else None):
        raise ValueError(f"{row['code']} stands below another region already")
    if all(getattr(region, name) == value for name, value in wanted.items()):
        return None, False
    for name, value in wanted.items():
        setattr(region, name, value)
    return region, False
