"""``backup``: everything of this installation in one file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from mooc.lib.backup.layout import BackupError
from mooc.lib.backup.writing import write_archive


class Command(BaseCommand):
    help = "Write database, media and trained models to one archive. Works while the site is running."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, help="the file; without it a dated one in --dir")
        parser.add_argument("--dir", type=Path, default=Path(settings.DATA_DIR) / "backups")
        parser.add_argument("--keep", type=int, default=0, help="keep only the newest N dated ones in --dir")
        parser.add_argument("--with-secret", action="store_true", help="put the secret key in as well")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        out = options["out"] or options["dir"] / f"mooc-{timezone.localtime():%Y%m%d-%H%M%S}.tar"
        try:
            told = write_archive(out, with_secret=options["with_secret"])
        except BackupError as error:
            raise CommandError(str(error)) from error
        if options["keep"] > 0 and not options["out"]:
            dated = sorted(options["dir"].glob("mooc-????????-??????.tar"))
            for old in dated[: -options["keep"]]:
                old.unlink(missing_ok=True)
        if options["json"]:
            self.stdout.write(json.dumps(told))
        else:
            self.stdout.write("{file}: {rows} rows, {files} files, {bytes} bytes, {seconds} s".format(**told))
