"""Keeping files: named by their content, each once."""

from __future__ import annotations

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from ..models import Media


def keep_file(name: str, data: bytes) -> str:
    """Write a file named by its content, unless it is there already. Returns the name."""
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(data))
    return name


def name_of(file: str) -> str:
    """What a person calls a file, by its name of a hash; empty for one that is not kept any more: 1 query."""
    return Media.objects.filter(file=file).values_list("label", flat=True).first() or ""


def store_media(
    *,
    data: bytes,
    mime: str,
    extension: str,
    width: int = 0,
    height: int = 0,
    seconds: int = 0,
    label: str = "",
) -> Media:
    """Keep a file under the hash of its content; the same bytes are kept once."""
    sha256 = hashlib.sha256(data).hexdigest()
    found = Media.objects.filter(sha256=sha256).first()
    if found:
        return found
    media = Media(
        sha256=sha256,
        mime=mime,
        bytes=len(data),
        width=width,
        height=height,
        seconds=seconds,
        label=label[:120],
    )
    media.file.name = keep_file(f"m/{sha256[:24]}.{extension}", data)
    media.save()
    return media
