"""``demo``: demonstration data, safe to repeat."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from mooc.demo.history import make_demo, new_passwords, others_reach_it


class Command(BaseCommand):
    help = "Make the demonstration data. Refused on a server unless --force, which prints random passwords."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true", help="empty the database first")
        parser.add_argument("--force", action="store_true", help="also on a server")
        parser.add_argument(
            "--new-passwords", action="store_true", help="only replace the published password"
        )
        parser.add_argument("--content", type=Path, default=Path(settings.BASE_DIR) / "courses" / "content")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.SERVER and not options["force"]:
            raise CommandError(
                "This is a server. Demonstration data are for trying out; --force makes them here too."
            )
        if options["new_passwords"]:
            for name, password in new_passwords().items():
                self.stdout.write(f"{name}\t{password}")
            return
        if options["reset"]:
            call_command("flush", interactive=False, verbosity=0)
        try:
            passwords = make_demo(options["content"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        if others_reach_it():
            for name, password in passwords.items():
                self.stdout.write(f"{name}\t{password}")
        self.stdout.write(f"{get_user_model().objects.count()} accounts, {len(passwords)} of them new")
