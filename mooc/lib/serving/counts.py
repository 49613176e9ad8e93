"""What web processes count while they serve, kept by ``prometheus_client``.

One process counts in its memory (3 µs a request). Where there are several, ``deploy/gunicorn.conf.py`` names a
folder in which each keeps its counts, and whoever is asked adds them all up: a reader meets one of the
processes, never a chosen one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    Metric,
    disable_created_metrics,
    multiprocess,
)

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the library reads it when it is imported
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds

disable_created_metrics()  # when a counter began is a second series for each, and nobody asks
#: Counts of this process. Another room registers its own here.
HERE = CollectorRegistry()
_requests = Counter("mooc_requests", "Requests answered.", ["status"], registry=HERE)
_seconds = Histogram(
    "mooc_request_seconds", "Time from the first middleware to the answer.", buckets=BOUNDS, registry=HERE
)
_by_hundred = {hundred: _requests.labels(status=f"{hundred}xx") for hundred in range(1, 6)}


def answered(status: int, seconds: float) -> None:
    """One request is over."""
    _by_hundred[status // 100].inc()
    _seconds.observe(seconds)


def collected() -> Iterator[Metric]:
    """The counts of all web processes of this machine."""
    if FOLDER in os.environ:
        yield from multiprocess.MultiProcessCollector(None).collect()
    else:
        yield from HERE.collect()
