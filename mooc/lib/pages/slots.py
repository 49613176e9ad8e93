"""Whole pages from memory, with one small personal overlay.

A page is rendered once for nobody, with *slots* where something personal may stand. Guests get it
as it is, already compressed. For a person who is known, each kind of slot is filled by one call to
the provider that a higher app registered. See docs/architecture.md, "Fast pages".
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import re
import secrets
import threading
import zlib
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode

from .. import registry
from ..text.cleaning import without_controls
from .request import Request, on

# Marks of this process alone: what somebody typed, or an old file holds, is never one. They stand between
# rendering and cutting only; what is kept and shared has none.
_OURS = secrets.token_hex(4)
OPEN, MID, CLOSE = f"\x02{_OURS}", f"\x03{_OURS}", f"\x04{_OURS}"
_SLOT = re.compile(f"{OPEN}([a-z_]+) (.*?){MID}(.*?){CLOSE}", re.DOTALL)
SHARED_SECONDS = 600


@dataclass(slots=True)
class _Looks:
    """Who looks at a page that is not cached: asked once a page."""

    asked: bool = False
    person: registry.PagePerson | None = None


def slot(name: str, arg: object, default: str) -> str:
    """Mark a place in a page that a registered filler may replace for a known person."""
    return f"{OPEN}{name} {arg}{MID}{default}{CLOSE}"


def fill_now(name: str, arg: str, request: HttpRequest | None) -> str | None:
    """What stands in a slot of a page that is not cached; ``None`` for its default."""
    if request is None or not hasattr(request, "user"):
        return None
    looks = on(request, _Looks)
    if not looks.asked:
        looks.asked, looks.person = True, _person(request)
    filler = registry.slot_filler.get(name)
    if looks.person is None or filler is None:
        return None
    return filler(looks.person, [arg]).get(arg)


@dataclass(frozen=True, slots=True)
class Page:
    """A rendered page: fixed text and slots in turn. ``parts`` starts and ends with text."""

    parts: tuple[str, ...]
    slots: tuple[tuple[str, str, str], ...]
    status: int
    body: bytes
    packed: bytes

    @classmethod
    def from_html(cls, html: str, status: int) -> Page:
        pieces = _SLOT.split(html)
        parts = tuple(without_controls(text) for text in pieces[0::4])
        slots = tuple(zip(pieces[1::4], pieces[2::4], pieces[3::4], strict=True))
        body = _interleave(parts, [default for _, _, default in slots]).encode()
        return cls(parts, slots, status, body, gzip.compress(body, 9, mtime=0))

    def fill(self, person: Any) -> bytes:
        """The page for one person: every slot filled, one provider call a kind."""
        wanted: dict[str, list[str]] = defaultdict(list)
        for name, arg, _ in self.slots:
            wanted[name].append(arg)
        filled = {}
        for name, args in wanted.items():
            filler = registry.slot_filler.get(name)
            filled[name] = filler(person, args) if filler else {}
        return _interleave(
            self.parts, [filled[name].get(arg, default) for name, arg, default in self.slots]
        ).encode()


def _interleave(parts: tuple[str, ...], between: list[str]) -> str:
    out = [parts[0]]
    for text, part in zip(between, parts[1:], strict=True):
        out += (text, part)
    return "".join(out)


class PageMemory:
    """Pages of this process, least recently used first out, bounded in bytes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._pages: OrderedDict[str, Page] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> Page | None:
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: str, page: Page) -> None:
        weight = self._weight(page)
        with self._lock:
            if key in self._pages or weight > self.limit:
                return
            self._pages[key] = page
            self.size += weight
            while self.size > self.limit:
                _, old = self._pages.popitem(last=False)
                self.size -= self._weight(old)

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self.size = 0

    @staticmethod
    def _weight(page: Page) -> int:
        return 3 * len(page.body) + len(page.packed)  # body, parts (str), packed


memory = PageMemory(settings.PAGE_CACHE_BYTES)


def cached_page(
    *params: str,
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Serve a GET view from memory. ``params`` are the query parameters that change the page.

    The view must render for nobody: it may read path, language, elder mode and ``params`` only,
    and marks personal places with the ``slot`` tag. Only whole pages (200) are kept.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def serve(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in ("GET", "HEAD"):
                return view(request, *args, **kwargs)
            request.known_path = _known_path(request, params)
            person = _person(request)
            key = _key(request)
            tag = hashlib.blake2b(f"{key}|{person.version if person else ''}".encode(), digest_size=12)
            etag = f'W/"{tag.hexdigest()}"'
            page = memory.get(key)
            if page is not None and request.headers.get("If-None-Match") == etag:
                return _finish(HttpResponseNotModified(), etag)
            if page is None:
                made = _make(view, request, key, args, kwargs)
                if isinstance(made, HttpResponse):
                    return made
                page = made
            return _finish(_answer(page, person, request), etag)

        return serve

    return decorate


def _person(request: HttpRequest) -> registry.PagePerson | None:
    provider = registry.page_person.get("person")
    return provider(request) if provider else None


def _known_path(request: HttpRequest, params: tuple[str, ...]) -> str:
    """The path with the parameters the page knows; strangers must not fill the memory."""
    query = urlencode([(name, request.GET[name][:100]) for name in params if request.GET.get(name)])
    return f"{request.path}?{query}" if query else request.path


def _key(request: Request) -> str:
    version = registry.content_version.get("courses")
    return (
        f"page:{settings.BUILD_ID}:{version() if version else ''}:{request.LANGUAGE_CODE}"
        f":{request.elder}:{request.known_path}"
    )


def _make(
    view: Callable[..., HttpResponse], request: HttpRequest, key: str, args: Any, kwargs: Any
) -> Page | HttpResponse:
    shared_key = hashlib.sha256(key.encode()).hexdigest()
    page: Page | None = cache.get(shared_key) if _shared() else None
    if page is None:
        response = view(request, *args, **kwargs)
        if response.status_code != 200:
            return response
        page = Page.from_html(response.content.decode(), 200)
        if _shared():
            cache.set(shared_key, page, SHARED_SECONDS)
    memory.put(key, page)
    return page


def _shared() -> bool:
    """Whether pages are shared between processes."""
    return bool(settings.REDIS_URL and settings.PAGE_CACHE_BYTES)


def _answer(page: Page, person: Any, request: HttpRequest) -> HttpResponse:
    packs = "gzip" in request.headers.get("Accept-Encoding", "")
    if person is None:
        body = page.packed if packs else page.body
    else:
        body = page.fill(person)
        if packs:
            squeeze = zlib.compressobj(1, zlib.DEFLATED, 31)
            body = squeeze.compress(body) + squeeze.flush()
    response = HttpResponse(body, status=page.status)
    if packs:
        response["Content-Encoding"] = "gzip"
    response["Content-Length"] = str(len(body))
    return response


def _finish(response: HttpResponse, etag: str) -> HttpResponse:
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ("Accept-Encoding",))
    return response
