"""How often the question engine is right, beside the plain baseline: ``python -m tests.bench.judged``, as JSON.

Out of fold from the shipped model's own record; held out from questions of writers it never learnt from.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import django

from feedback.engine.classifier import corpus, engine
from tests.feedback.baseline import Baseline, share_right


def judged() -> list[dict[str, Any]]:
    """A row for each language and set: first theme right, among three, labelled alone, of these right, and
    what the baseline makes of the same questions."""
    from feedback.engine import in_use  # it has tables: not before Django is set up

    model, examples = in_use.shipped_model(), corpus.held_out()
    guesses = model.guess([example.text for example in examples])
    rows = []
    for lang in engine.LANGUAGES:
        told = {
            name: model.metrics[f"{name} {lang}"] for name in ("accuracy", "top3", "coverage", "precision")
        }
        rows.append({"set": "out of fold", "lang": lang, **told})
        plain = Baseline([example for example in corpus.shipped() if example.lang == lang])
        writers = sorted({example.writer for example in examples})
        for writer in ("held out", *writers):
            mine = [(e, g) for e, g in zip(examples, guesses, strict=True)
                    if e.lang == lang and writer in ("held out", e.writer)]  # fmt: skip
            asked = [e for e, _guess in mine]
            right = [(g.theme == e.theme, g.sure) for e, g in mine]
            sure = [hit for hit, alone in right if alone]
            rows.append({
                "set": writer, "lang": lang, "n": len(mine), "accuracy": sum(hit for hit, _sure in right) / len(mine),
                "top3": sum(e.theme in g.top for e, g in mine) / len(mine), "coverage": len(sure) / len(mine),
                "precision": sum(sure) / max(1, len(sure)),
                "baseline": share_right(plain.guess([e.text for e in asked]), asked),
            })  # fmt: skip
    return rows


def measure() -> list[dict[str, Any]]:
    """The same in a process of its own, and on the screen."""
    command = [sys.executable, "-m", "tests.bench.judged"]
    rows: list[dict[str, Any]] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    for row in rows:
        told = (f"{name} {value:.3f}" for name, value in row.items() if isinstance(value, float))
        print(f"  engine, {row['lang']}, {row['set']:<12}", *told, sep="  ")
    return rows


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mooc.settings")
    django.setup()
    print(json.dumps(judged()))
