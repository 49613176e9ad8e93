"""``load_content DIR``: course content files into drafts and published editions."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from courses.exchange.loader import load_tree


class Command(BaseCommand):
    help = "Load course content files. Errors name file and line; with an error nothing is written."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dir", type=Path)
        parser.add_argument("--check", action="store_true", help="only read and report")
        parser.add_argument("--overwrite", action="store_true", help="replace what was edited in the admin")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        report = load_tree(options["dir"], check=options["check"], overwrite=options["overwrite"])
        if options["json"]:
            self.stdout.write(json.dumps(asdict(report), ensure_ascii=False))
        else:
            for error in report.errors:
                self.stderr.write(error)
            for code in report.kept:
                self.stdout.write(f"{code}: edited since the last load, left alone (--overwrite replaces it)")
            self.stdout.write(
                f"{len(report.loaded)} modules loaded, {len(report.unchanged)} unchanged, "
                f"{len(report.kept)} left alone, {report.items} quiz items, {len(report.errors)} errors"
            )
        if report.errors:
            raise CommandError("the content has errors; nothing was loaded")
