"""``similar_questions --corpus A.tsv --queries B.tsv --k 10 --out C.tsv``: what is like each query."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from feedback.engine.classifier import corpus
from feedback.engine.classifier.corpus import BadTable
from feedback.engine.classifier.similar import Index


class Command(BaseCommand):
    help = "Find, for each question of a file, the most similar ones of another."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--corpus", type=Path, required=True, help="id, text")
        parser.add_argument("--queries", type=Path, required=True, help="text")
        parser.add_argument("--k", type=int, default=10, help="how many for each")
        parser.add_argument("--out", type=Path, required=True, help="text, ids")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["k"] < 1:
            raise CommandError("--k is 1 or more")
        try:
            known = corpus.read_table(Path(options["corpus"]), ("id", "text"))
            queries = [row[0] for row in corpus.read_table(Path(options["queries"]), ("text",))]
        except BadTable as error:
            raise CommandError(str(error)) from error
        index = Index.of([text for _id, text in known])
        found = index.search_all(queries, options["k"])
        with Path(options["out"]).open("w", encoding="utf-8", newline="") as file:
            file.write("text\tids\n")
            for text, rows in zip(queries, found, strict=True):
                ids = ",".join(known[row][0] for row, _score in rows)
                file.write(f"{text}\t{ids}\n")  # one row at a time reads better
        self.stdout.write(f"{len(queries)} queries over {len(known)} questions")
