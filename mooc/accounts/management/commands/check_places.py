"""``check_places [--repair]``: whether every place stands where its parent says."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mooc.accounts.places import moving


class Command(BaseCommand):
    help = "Compare the paths of places with their parents; with --repair put them right."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["repair"]:
            self.stdout.write(f"{moving.straighten()} places put right")
        left = list(moving.crooked()[:20])
        for region in left:
            self.stdout.write(f"{region.code}: {region.path}, should be {region.right_path}")
        if left:
            raise CommandError("places stand wrong")
