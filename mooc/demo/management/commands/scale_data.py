"""``scale_data --learners N``: synthetic history for benchmarks."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from mooc.demo.scale import make_history


class Command(BaseCommand):
    help = "Write synthetic history of N learners over M months; the same seed gives the same."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--learners", type=int, required=True)
        parser.add_argument("--months", type=int, default=6)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["learners"] <= 200_000 or not 1 <= options["months"] <= 60:
            raise CommandError("--learners 1 to 200000, --months 1 to 60")
        records = make_history(learners=options["learners"], months=options["months"], seed=options["seed"])
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as the server does by itself some minutes later
        self.stdout.write(f"{options['learners']} learners, {records} records")
