"""``tracking_file USERNAME --format json|pdf|csv --out F``: one learner's file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from learners import services
from learners.file import pdf, tracking
from learners.models import Learner


class Command(BaseCommand):
    help = "Write the tracking file of one learner."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--format", choices=["json", "pdf", "csv"], default="json")
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--language", choices=["zh-hans", "en"], default="zh-hans")

    def handle(self, *args: Any, **options: Any) -> None:
        learner = (
            Learner.objects.filter(user__username=options["username"])
            .select_related("user", "region")
            .first()
        )
        if learner is None:
            raise CommandError(f"nobody is called {options['username']}")
        services.note_opening_here(learner=learner)
        with translation.override(options["language"]):
            file = tracking.tracking_file(learner)
            if options["format"] == "pdf":
                data = pdf.tracking_pdf(file)
            elif options["format"] == "csv":
                data = tracking.as_csv(file).encode()
            else:
                data = json.dumps(tracking.as_json(file), ensure_ascii=False, indent=1).encode()
        try:
            options["out"].write_bytes(data)
        except OSError as error:
            raise CommandError(f"{options['out']}: {error.strerror}") from error
        self.stdout.write(f"{options['out']}: {len(data)} bytes")
