"""What every request leaves behind: whose log lines are written, how long it took, how it ended."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from weakref import ref

from django.http import HttpRequest, HttpResponse

from . import logs

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds


class Tally:
    """Counts of this process since it started."""

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()  # by hundreds
        self.times = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0
        self._lock = threading.Lock()

    def add(self, status: int, seconds: float) -> None:
        """One request is over."""
        place = bisect_left(BOUNDS, seconds)
        with self._lock:
            self.statuses[status // 100] += 1
            self.times[place] += 1
            self.seconds += seconds


tally = Tally()


class WatchMiddleware:
    """Outermost, so that it sees what the visitor got."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        kept = logs.current.set(ref(request))
        begun = time.perf_counter()
        try:
            response = self.get_response(request)
        finally:
            logs.current.reset(kept)  # what this thread writes next is not of this visitor
        tally.add(response.status_code, time.perf_counter() - begun)
        return response
