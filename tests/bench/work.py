"""Heavy work at N and 10 N: time, peak memory, growth. Each in a process of its own."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from feedback.engine.classifier import corpus
from tests.bench.site import BenchSite

ROOT = Path(__file__).resolve().parent.parent.parent


def measure(site: BenchSite, *, full: bool) -> list[dict[str, Any]]:
    """Synthetic history, the evaluation of everything, a report, rebuilding progress, loading content, one
    tracking file as PDF, the question engine."""
    small = 2000 if full else 40
    rows, history, counted = [], [], []
    known = site.learners
    for number in (small, 10 * small - small):
        history.append(_timed(site, ["scale_data", "--learners", str(number), "--seed", str(number)]))
        known += number
        counted.append(_timed(site, ["evaluate", "--all"]))
    rows.append(_row("history written (scale_data)", 9 * small, history[1], history[0]))
    rows.append(_row("everything evaluated", known, counted[1], counted[0]))
    made = _timed(site, ["shell", "-v0", "-c", "from tests.bench.inside import report; report()"])
    rows.append(_row("report of the province, 3 files", known, made, None))
    rebuild = _timed(site, ["rebuild_progress", "--check"])
    rows.append(_row("progress compared, all learners", known, rebuild, None))
    content = _timed(site, ["load_content", "courses/content", "--overwrite"])
    rows.append(
        _row(
            "content loaded, all modules",
            len(list((ROOT / "courses" / "content").glob("*/module.md"))),
            content,
            None,
        )
    )
    paper = _timed(
        site, ["tracking_file", f"scale{small}-0", "--format", "pdf", "--out", str(site.data / "file.pdf")]
    )
    rows.append(_row("tracking file as PDF", 1, paper, None))
    return [*rows, *_questions(site), _similar(site, 20_000 if full else 2000)]


def _questions(site: BenchSite) -> list[dict[str, Any]]:
    """Training on the shipped corpus; classifying 1,000 and 10,000 questions."""
    texts = [example.text for example in corpus.shipped()]
    timed = [_timed(site, ["train_questions"])]
    for count in (1000, 10_000):
        path = site.data / f"asked-{count}.tsv"
        lines = [f"zh\t{texts[n % len(texts)]} {n}" for n in range(count)]
        path.write_text("lang\ttext\n" + "\n".join(lines) + "\n", encoding="utf-8")
        timed.append(
            _timed(site, ["classify_questions", "--predict", str(path), "--out", str(site.data / "out.tsv")])
        )
    return [
        _row("classifier trained", len(texts), timed[0], None),
        _row("questions classed", 10_000, timed[2], timed[1]),
    ]


def _similar(site: BenchSite, count: int) -> dict[str, Any]:
    """Finding what is like a question among ``count`` answered ones, and among a tenth of them: the p95 of
    one search in a process that has its index."""
    timed = []
    for number in (count // 10, count):
        code = f"from tests.bench.inside import similar; similar({number})"
        timed.append(_timed(site, ["shell", "-v0", "-c", code]))
    return _row("similar questions, p95 of one", count, timed[1], timed[0])


def _timed(site: BenchSite, args: list[str]) -> tuple[float, float]:
    """Seconds and peak megabytes of one management command as a whole process.

    A command that prints ``seconds N`` has measured itself, without its start.
    """
    started = time.perf_counter()
    command = [sys.executable, "manage.py", *args]
    with (site.data / "printed").open("w+") as printed:
        process = subprocess.Popen(command, cwd=ROOT, env=site.env, stdout=printed, stderr=subprocess.STDOUT)
        _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        printed.seek(0)
        told = printed.read()
    if status:
        raise SystemExit(f"{' '.join(args)} failed: {told[-1000:]}")
    own = re.search(r"^seconds ([0-9.]+)$", told, re.MULTILINE)
    return float(own[1]) if own else seconds, _peak(usage)


def _peak(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / 1024


def _row(name: str, n: int, large: tuple[float, float], small: tuple[float, float] | None) -> dict[str, Any]:
    growth = round(large[0] / small[0], 2) if small else None
    return {
        "name": name,
        "n": n,
        "seconds": round(large[0], 4 if large[0] < 1 else 2),
        "peak_mb": round(large[1]),
        "growth": growth,
    }
