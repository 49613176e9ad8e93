"""Style sheets, scripts and drawings as the web process sends them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler

pytestmark = pytest.mark.django_db


def ask(site: WSGIHandler, path: str, **headers: str) -> tuple[str, dict[str, str], bytes]:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "SERVER_NAME": "testserver", "SERVER_PORT": "80",
        "wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO(), "wsgi.url_scheme": "http",
        "HTTP_ACCEPT_ENCODING": "gzip", **headers,
    }  # fmt: skip
    told: list[Any] = []
    body = b"".join(site(environ, lambda status, head: told.extend([status, dict(head)])))  # type: ignore[arg-type,return-value]
    return told[0], told[1], body


def test_a_file_that_has_not_changed_is_an_answer_without_a_body(tmp_path: Path, settings: Any) -> None:
    (tmp_path / "look.css").write_text("p { margin: 0 }\n" * 100)
    settings.STATIC_ROOT = str(tmp_path)
    site = WSGIHandler()
    status, head, body = ask(site, "/static/look.css")
    assert (status, len(body) > 0) == ("200 OK", True)
    again = ask(site, "/static/look.css", HTTP_IF_MODIFIED_SINCE=head["Last-Modified"])
    assert (again[0], again[2]) == ("304 Not Modified", b"")  # not even an empty file, compressed
