"""``rebuild_progress [--check]``: summaries from learning records."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from learners.record import rebuilding


class Command(BaseCommand):
    help = "Recompute progress from the learning records; --check only compares, exit 1 on a difference."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            self.stdout.write(f"{rebuilding.rebuild_all()} learners rebuilt")
            return
        found = list(rebuilding.check_all())
        for line in found:
            self.stderr.write(line)
        if found:
            raise CommandError(f"{len(found)} differences")
        self.stdout.write("progress agrees with the records")
