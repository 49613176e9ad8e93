"""Run the benchmark: ``python -m tests.bench [--full]``. Writes ``var/bench.json``."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench import judged, work
from tests.bench.site import BenchSite, Page

ROUNDS, SECONDS = 7, 0.6


def main() -> int:
    """Both profiles when servers are named; pages first, then the heavy work."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--full", action="store_true", help="the large sizes")
    parser.add_argument("--page", default="", help="only pages whose name holds this, and no heavy work")
    wanted = parser.parse_args()
    full, only = wanted.full, wanted.page
    results = []
    scratch = Path(tempfile.mkdtemp(prefix="mooc-bench-"))
    try:
        results.append(profile("embedded", scratch / "embedded", {}, full, only))
        database, redis = os.environ.get("TEST_DATABASE_URL"), os.environ.get("TEST_REDIS_URL")
        if database and redis:
            results.append(
                profile("server", scratch / "server", {"database": database, "redis": redis}, full, only)
            )
        else:
            print("server profile: not measured, TEST_DATABASE_URL and TEST_REDIS_URL name no servers")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    if only:
        return 0
    results.append({"profile": "question engine", "judged": judged.measure()})
    out = Path("var/bench.json")
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(results, indent=1))
    print(f"written to {out}")
    return 0


def profile(name: str, data: Path, servers: dict[str, str], full: bool, only: str) -> dict[str, Any]:
    """Measure one profile. The large sizes: pages after the heavy work has written 20,000 learners."""
    site = BenchSite(name, data, servers)
    try:
        site.prepare(learners=200)
        rows = [] if only or not full else work.measure(site, full=True)
        site.look()
        with site.serving():
            reference, pages = measure(site, only)
        rows = rows or ([] if only else work.measure(site, full=False))
    finally:
        site.destroy()
    show(name, reference, pages, rows)
    return {"profile": name, "reference": {"rps": round(reference, 1)}, "pages": pages, "work": rows}


def measure(site: BenchSite, only: str) -> tuple[float, list[dict[str, Any]]]:
    """Pages and the bare view in turn; ratios are of medians over the rounds."""
    rows, references = [], []
    for page in site.pages():
        if only not in page.name:
            continue
        site.hit(page, 0.3)  # warm, or for a cold page: nothing that stays
        mine, bare, samples = [], [], []
        for _round in range(ROUNDS):
            bare.append(site.hit_bare(SECONDS).rps)
            samples.append(site.hit(page, SECONDS))
            mine.append(samples[-1].rps)
        bad = sum(sample.bad for sample in samples)
        if bad:
            raise SystemExit(f"{page.name}: {bad} answers were not {page.status}")
        references += bare
        rows.append(row(page, samples, statistics.median(mine) / statistics.median(bare), site))
    return statistics.median(references), rows


def row(page: Page, samples: list[Any], ratio: float, site: BenchSite) -> dict[str, Any]:
    """One line of the result."""
    times = sorted(time for sample in samples for time in sample.times)
    return {
        "name": page.name, "ratio": round(ratio, 4), "rps": round(statistics.median(s.rps for s in samples), 1),
        "p50_ms": round(1000 * times[len(times) // 2], 2), "p95_ms": round(1000 * times[int(len(times) * 0.95)], 2),
        "queries": site.queries.get(page.name), "bytes": max(sample.bytes for sample in samples),
    }  # fmt: skip


def show(name: str, reference: float, pages: list[dict[str, Any]], rows: list[dict[str, Any]]) -> None:
    """Print what was measured."""
    print(f"\n{name}: bare view {reference:.0f} requests/s")
    print(f"  {'page':22} {'ratio':>7} {'rps':>8} {'p50 ms':>8} {'p95 ms':>8} {'queries':>8} {'bytes':>8}")
    for page in pages:
        print(
            f"  {page['name']:22} {page['ratio']:7.3f} {page['rps']:8.0f} {page['p50_ms']:8.2f} {page['p95_ms']:8.2f} "
            f"{page['queries']!s:>8} {page['bytes']:8}"
        )
    for line in rows:
        print(
            f"  {line['name']:34} n={line['n']:<7} {line['seconds']:7.2f} s  {line['peak_mb']:6.0f} MB  "
            f"growth {line['growth']}"
        )


if __name__ == "__main__":
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [os.getcwd(), os.environ.get("PYTHONPATH", "")]))
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, set(range(1, os.cpu_count() or 2)))  # the servers have core 0
    sys.exit(main())
