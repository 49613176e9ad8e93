"""``train_questions [--shipped]``: train the question engine now, or remake the files that ship."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from feedback.engine import in_use
from feedback.engine.classifier import corpus, encoder, engine, store
from feedback.learning import training


class Command(BaseCommand):
    help = "Train the question engine on the corpus and all corrections, with the guard of the nightly task."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--shipped",
            action="store_true",
            help="remake the models that ship (after a change of the corpus)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["shipped"]:
            return self._ship()
        version = training.retrain(reason="by command")
        self.stdout.write(
            f"version {version.pk}: {version.examples} examples, macro-F1 {version.macro_f1:.3f}, "
            f"{version.get_state_display()}"
        )
        return None

    def _ship(self) -> None:
        examples = corpus.shipped()
        for name in (encoder.encoder_id(), encoder.HASH_ONLY):
            with encoder.without(name == encoder.HASH_ONLY):
                model = engine.train(examples)
                model.metrics["corpus"] = float(int(in_use.digest_of(examples, name)[:12], 16))
                store.save(model, in_use.shipped_path(name))
            told = (
                f"{lang} {model.metrics[f'accuracy {lang}']:.3f}, of three {model.metrics[f'top3 {lang}']:.3f}, "
                f"alone {model.metrics[f'coverage {lang}']:.3f} at {model.metrics[f'precision {lang}']:.3f}"
                for lang in engine.LANGUAGES
            )
            self.stdout.write(f"{name}: macro-F1 {model.metrics['macro_f1']:.3f}; {'; '.join(told)}")
