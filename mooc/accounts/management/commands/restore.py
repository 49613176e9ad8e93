"""``restore ARCHIVE``: an installation from its backup."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from mooc.lib.backup.layout import BackupError
from mooc.lib.backup.restoring import restore_archive


class Command(BaseCommand):
    help = "Put a backup into this database, all of it or nothing. Stop web and worker first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("archive", type=Path)
        parser.add_argument("--replace", action="store_true", help="lose what is in this database")
        parser.add_argument("--with-secret", action="store_true", help="also take over the secret key")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            summary = restore_archive(
                options["archive"], replace=options["replace"], with_secret=options["with_secret"]
            )
        except BackupError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(summary))
            return
        self.stdout.write("{rows} rows and {files} files of {created}, {seconds} s".format(**summary))
        if options["with_secret"] and settings.SERVER:
            place = Path(settings.DATA_DIR) / "secret_key"
            self.stdout.write(
                f"The key is in {place}: put it where MOOC_SECRET_KEY_FILE points, and delete it."
            )
