"""What every request leaves behind: whose log lines are written, how long it took, how it ended."""

from __future__ import annotations

import time
from collections.abc import Callable
from weakref import ref

from django.http import HttpRequest, HttpResponse

from . import counts, logs


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
        counts.answered(response.status_code, time.perf_counter() - begun)
        return response
