"""``classify_questions [--train A.tsv] --predict B.tsv --out C.tsv``: the theme of each question."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from feedback.engine import in_use
from feedback.engine.classifier import corpus, engine
from feedback.engine.classifier.corpus import BadTable

HEADER = ("text", "theme", "confidence", "sure", "top3")


class Command(BaseCommand):
    help = "Class the questions of a file, by the model in use or by one trained on a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--train", type=Path, help="theme, lang, text; the shipped corpus when left out")
        parser.add_argument("--predict", type=Path, required=True, help="lang, text")
        parser.add_argument("--out", type=Path, required=True, help="text, theme, confidence, sure, top3")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            asked = corpus.read_table(Path(options["predict"]), ("lang", "text"))
            model = (
                engine.train(corpus.read_examples(Path(options["train"])))
                if options["train"]
                else in_use.shipped_model()
            )
        except (BadTable, ValueError) as error:
            raise CommandError(str(error)) from error
        guesses = model.guess([text for _lang, text in asked])
        with Path(options["out"]).open("w", encoding="utf-8", newline="") as file:
            file.write("\t".join(HEADER) + "\n")
            for (_lang, text), guess in zip(asked, guesses, strict=True):
                row = (
                    text,
                    guess.theme,
                    f"{guess.confidence:.4f}",
                    str(int(guess.sure)),
                    ",".join(guess.top),
                )
                file.write("\t".join(row) + "\n")
        self.stdout.write(f"{len(asked)} questions, {sum(guess.sure for guess in guesses)} sure")
