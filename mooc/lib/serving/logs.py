"""Log lines for people (``line``) and for machines (``json``), without personal data.

Standard library only: the web server reads this file before there is a Django.

Phone, ID and bank numbers, e-mail addresses and what follows a ``?`` in an address are hidden in
everything that is written, tracebacks too. Who and where are said by the request's id, the account's
number and the path.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import secrets
from contextvars import ContextVar
from typing import Any
from weakref import ReferenceType, WeakKeyDictionary

#: The request this thread works on; weak, so that it ends with the request.
current: ContextVar[ReferenceType[Any] | None] = ContextVar("current", default=None)
_names: WeakKeyDictionary[Any, str] = WeakKeyDictionary()  # ids of those that have written a line
HIDDEN = "***"
_NUMBER = re.compile(
    r"(?<!\d)(?<!\d\.)\+?\d(?:[ \-]?\d){10,}[xX]?(?!\d)"
)  # 11 digits and more: mobile, ID, bank card
_MAIL = re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+")
_QUERY = re.compile(r"(?<=[\w/\-])\?[\w%.\-]+=[^\s\"']*")
_ID = re.compile(r"^[\w\-]{8,64}$")


# What ends or redraws a line on some screen: a typed text must not look like a line of ours.
_BREAKS = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def one_line(text: str) -> str:
    """The text on one line of plain characters; what would break or colour it is written as its number."""
    return _BREAKS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def hide(text: str) -> str:
    """The text with numbers, addresses and query strings hidden."""
    return _NUMBER.sub(HIDDEN, _MAIL.sub(HIDDEN, _QUERY.sub("?" + HIDDEN, text)))


def about_request() -> dict[str, Any]:
    """Id, account and path of the request at hand; empty outside of one. Asks no database."""
    kept = current.get()
    request = kept() if kept else None
    if request is None:
        return {}
    if request not in _names:  # made when the first line is written: most requests write none
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        _names[request] = given if _ID.match(given) else secrets.token_hex(6)
    user = getattr(request, "_cached_user", None)  # only when it was asked for already
    return {"request": _names[request], "user": getattr(user, "pk", None), "path": hide(request.path)}


class LineFormatter(logging.Formatter):
    """One line for people; a traceback follows on its own lines."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        """The whole text, with what is private hidden. Lines after the first are a traceback's, and indented."""
        return hide(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's name
        """The first line: what was said stays on it."""
        record.message = one_line(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802  # logging's name
        """Each line indented: an error's words may hold lines of their own."""
        return "\n".join(f"    {one_line(line)}" for line in super().formatException(ei).split("\n"))


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """``time``, ``level``, ``logger``, ``message``; ``request``, ``user``, ``path`` inside one; ``error``."""
        entry: dict[str, Any] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": hide(record.getMessage()),
        }
        entry |= about_request()
        if record.exc_info:
            entry["error"] = hide(self.formatException(record.exc_info))
        if record.stack_info:
            entry["stack"] = hide(record.stack_info)
        return one_line(json.dumps(entry, ensure_ascii=False, default=str))


FORMATS: dict[str, type[logging.Formatter]] = {"line": LineFormatter, "json": JsonFormatter}


def config(form: str, level: str) -> dict[str, Any]:
    """What ``logging.config.dictConfig`` takes, for Django, Celery and gunicorn alike."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"ours": {"()": FORMATS[form]}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "ours"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "gunicorn.error": {"level": "WARNING", "propagate": True},
            "waitress": {"level": "WARNING"},
            "waitress.queue": {"level": "ERROR"},  # tells of every request that waits for a thread
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "fontTools": {"level": "WARNING"},  # tells every glyph of every PDF
            "fpdf": {"level": "WARNING"},
        },
    }
