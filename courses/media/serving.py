"""Serving media: parts, long cache, no sniffing, nothing that can run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotModified,
    StreamingHttpResponse,
)
from django.utils.http import content_disposition_header

from ..blocks import KINDS

SAVED = {ending for kind in KINDS.values() if kind.saved for ending in kind.files}
TYPES = {ending: mime for kind in KINDS.values() for ending, mime in kind.files.items()}
_NAME = re.compile(r"^m/[0-9a-f]{24}(-\d{2,4})?\.([a-z0-9]{3,4})$")
_RANGE = re.compile(r"^bytes=(\d{0,12})-(\d{0,12})$")
CHUNK = 64 * 1024
Answer = HttpResponse | StreamingHttpResponse


def serve(request: HttpRequest, name: str, *, called: Callable[[str], str]) -> Answer:
    """Answer with the file. Names are content hashes, so a copy is good for a year.

    :param called: what people call it, by its name: a file that is for keeping is saved under that.
    :raises Http404: for a name we never give, or a file that is gone.
    """
    match = _NAME.match(name)
    if not match or match[2] not in TYPES:
        raise Http404
    path = Path(settings.MEDIA_ROOT) / name
    if not path.is_file():
        raise Http404
    etag = f'"{path.stem}"'
    if request.headers.get("If-None-Match") == etag:
        return _dress(HttpResponseNotModified(), etag)
    response: Answer
    if settings.MEDIA_ACCEL:
        response = HttpResponse(content_type=TYPES[match[2]])
        response["X-Accel-Redirect"] = f"{settings.MEDIA_ACCEL}{name}"
    else:
        response = _body(request, path, TYPES[match[2]])
    if match[2] in SAVED:
        saved_as = f"{called(name) or path.stem}.{match[2]}"
        response["Content-Disposition"] = (
            content_disposition_header(as_attachment=True, filename=saved_as) or ""
        )
    return _dress(response, etag)


def _body(request: HttpRequest, path: Path, mime: str) -> Answer:
    size = path.stat().st_size
    span = _span(request.headers.get("Range", ""), size)
    if span is None:
        return FileResponse(path.open("rb"), content_type=mime)
    first, last = span
    if first >= size or last < first:
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
        return response
    part = StreamingHttpResponse(_read(path, first, last), status=206, content_type=mime)
    part["Content-Range"] = f"bytes {first}-{last}/{size}"
    part["Content-Length"] = str(last - first + 1)
    return part


def _span(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a single range; ``None`` for none or one not understood."""
    match = _RANGE.match(header)
    if not match or match[1] == match[2] == "":
        return None
    if match[1] == "":
        return max(0, size - int(match[2])), size - 1
    return int(match[1]), min(int(match[2] or size), size - 1)


def _read(path: Path, first: int, last: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(first)
        left = last - first + 1
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk


def _dress(response: Answer, etag: str) -> Answer:
    response["ETag"] = etag
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
