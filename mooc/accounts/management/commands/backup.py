"""``backup``: everything of this installation in one file."""

from __future__ import annotations

import datetime as dt
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
        parser.add_argument(
            "--keep",
            type=int,
            default=settings.BACKUP_DAYS,
            help="drop dated ones in --dir that are older than N days, or more than N (MOOC_BACKUP_DAYS)",
        )
        parser.add_argument("--with-secret", action="store_true", help="put the secret key in as well")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        out = options["out"] or options["dir"] / f"mooc-{timezone.localtime():%Y%m%d-%H%M%S}.tar"
        try:
            summary = write_archive(out, with_secret=options["with_secret"])
        except BackupError as error:
            raise CommandError(str(error)) from error
        if options["keep"] > 0 and not options["out"]:
            drop_old(options["dir"], options["keep"])
        if options["json"]:
            self.stdout.write(json.dumps(summary))
        else:
            self.stdout.write(
                "{file}: {rows} rows, {files} files, {bytes} bytes, {seconds} s".format(**summary)
            )


def drop_old(folder: Path, keep: int) -> None:
    """Drop dated archives beyond the newest ``keep``, and those older than so many days: the privacy page
    says how long an erased person stays in them. The newest is never dropped."""
    dated = sorted(folder.glob("mooc-????????-??????.tar"))
    limit = f"mooc-{timezone.localtime() - dt.timedelta(days=keep):%Y%m%d-%H%M%S}.tar"
    for number, old in enumerate(reversed(dated)):
        if number and (number >= keep or old.name < limit):
            old.unlink(missing_ok=True)
