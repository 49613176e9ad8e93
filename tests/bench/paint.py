"""Largest paint on a weak phone: 400 ms, 400 kbit/s, CPU ÷ 4. ``python -m tests.bench.paint``.

Each page is opened five times by a phone that was never here, and once more by each. Medians, in
milliseconds from the start of the navigation, with what was painted largest (Chromium's
``largest-contentful-paint``).
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.conftest import CHROMIUM
from tests.serving import Site

ROUNDS = 5
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}  # bytes/s
LARGEST = """() => new Promise((done) => {
  new PerformanceObserver((list) => { const last = list.getEntries().at(-1);
    done([last.startTime, (last.element && last.element.tagName) || ""]); })
    .observe({ type: "largest-contentful-paint", buffered: true });
  setTimeout(() => done([0, "none"]), 3000); })"""


def main() -> int:
    """Serve the curriculum as in life and measure."""
    from playwright.sync_api import sync_playwright

    scratch = Path(tempfile.mkdtemp(prefix="mooc-paint-"))
    site = Site(scratch / "data")
    try:
        site.create()
        site.env.pop("MOOC_TESTING", None)
        site.manage("migrate", "-v0")
        site.manage("load_content", os.environ.get("BENCH_CONTENT", "courses/content"))
        site.manage("collectstatic", "--noinput", "-v0")
        site.start()
        with sync_playwright() as driver:
            flags = [
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
            ]
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=flags)
            print(f"{'page':34} {'first ms':>9} {'repeat ms':>9}  largest")
            for path in sys.argv[1:] or [
                "/",
                "/modules/",
                "/modules/phone-photos/",
                "/lessons/light-background-angle/",
            ]:
                print("{:34} {:9.0f} {:9.0f}  {}".format(path, *measure(browser, site.url + path)))
    finally:
        site.destroy()
        shutil.rmtree(scratch, ignore_errors=True)
    return 0


def measure(browser: Any, address: str) -> tuple[float, float, str]:
    """Median largest paint of a first and a repeated visit, and the element it was."""
    first, again, kind = [], [], ""
    for _round in range(ROUNDS):
        context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN", has_touch=True)
        for times in (first, again):
            page = context.new_page()
            session = context.new_cdp_session(page)
            session.send("Network.enable")
            session.send("Network.emulateNetworkConditions", SLOW)
            session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
            page.goto(address, wait_until="networkidle")
            at, kind = page.evaluate(LARGEST)
            times.append(at)
            page.close()
        context.close()
    return statistics.median(first), statistics.median(again), kind


if __name__ == "__main__":
    sys.exit(main())
