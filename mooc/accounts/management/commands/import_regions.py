"""``import_regions FILE.csv``: the region tree."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mooc.accounts.places.importing import RegionFileError, import_regions


class Command(BaseCommand):
    help = "Import regions from CSV (code,parent,level,name_zh,name_en); parents before children."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made, changed = import_regions(options["file"])
        except (RegionFileError, OSError, UnicodeDecodeError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{made} regions made, {changed} changed")
