"""The request as our code has it: what middleware of ours adds to Django's stands here, with its type.

What one room keeps while a page is made is no attribute: it is a small record of that room's own, found by
:func:`on`. So two rooms never meet in one name, and nothing is there only after somebody else has run.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.http.request import _ImmutableQueryDict

    Files = MultiValueDict[str, UploadedFile[Any]]

Record = TypeVar("Record")


class Request(HttpRequest):
    """What a view takes. Django makes the object and :func:`ours` adds the start values: there are no methods."""

    LANGUAGE_CODE: str
    elder: str  # how large the letters are: "", "1" or "xl"
    known_path: str  # of a page from memory: its path with the parameters it knows; else empty
    records: dict[type, object]  # of the rooms, by their class: see :func:`on`
    _files: Files  # Django's own: what FILES gives without reading the body


def ours(request: HttpRequest) -> Request:
    """The same request; one that came through no middleware of ours (a test's) has the start values."""
    known = cast(Request, request)
    if "records" not in known.__dict__:
        known.LANGUAGE_CODE = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
        known.elder, known.known_path, known.records = "", "", {}
    return known


def on(request: HttpRequest, kind: type[Record]) -> Record:
    """A room's record on this request, made with its start values at first need."""
    records = ours(request).records
    found = records.get(kind)
    if not isinstance(found, kind):
        found = records[kind] = kind()
    return found


def fixed(fields: Iterable[tuple[str, list[str]]], encoding: str | None = None) -> _ImmutableQueryDict:
    """Fields in the form in which Django hands on what was sent: nobody changes them afterwards."""
    made = QueryDict(encoding=encoding)
    for name, values in fields:
        MultiValueDict.setlist(made, name, values)
    return made


def show(request: HttpRequest, fields: QueryDict, files: Files) -> None:
    """Let the page be made as if these had been sent."""
    request.POST, ours(request)._files = fixed(fields.lists(), fields.encoding), files
