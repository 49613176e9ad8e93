"""A picture: what is to be seen on it, for those who cannot, and a key in numbered lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from mooc.lib.text.localized import as_foreign

from ..grammar.blocks import BlockText, SourceError, numbered
from .base import FileFacts, Kind, Stored

MAX_SVG = 25 * 1024
MIN_WORDS = 24 / 480  # of the width: a drawing is 324 px wide on a phone of 360, its words 16 px and more
USUAL_SIZE = (480, 360)
_PICTURE = re.compile(r"^!\[(?P<heading>[^\]]+)\]\((?P<file>[\w.-]+)\)\s*$")
_BAD_SVG = re.compile(
    r"<script|<foreignObject|<style|\bon\w+\s*=|\bstyle\s*=|href\s*=\s*[\"'](?!#)", re.IGNORECASE
)
_VIEW_BOX = re.compile(r"viewBox=\"\S+ \S+ (\d+)")
_SIZE = re.compile(r"viewBox=\"0 0 ([\d.]+) ([\d.]+)\"")
_WORDS = re.compile(r"<text\b(?:[^>]*?\bfont-size=\"([\d.]+)\")?")


class Picture(Kind):
    """``![what is to be seen](file)``, then lines ``1. …``."""

    code, name = "picture", _("picture")
    mark = "!"
    to_look_at = True
    files = {"svg": "image/svg+xml", "webp": "image/webp", "jpg": "image/jpeg", "png": "image/png"}
    upload, upload_words = "picture", _("JPEG, PNG or WebP, 8 MB at most")

    def parse(self, chunk: list[str], line: int) -> BlockText:
        match = _PICTURE.match(chunk[0])
        if not match:
            raise SourceError(line, "a picture is written ![what is to be seen](file)")
        for offset, row in enumerate(chunk[1:], start=1):
            if not numbered(row):
                raise SourceError(line + offset, "under a picture stand only numbered lines: 1. …")
        return BlockText(
            kind=self.code, heading=match["heading"], body="\n".join(chunk[1:]), file=match["file"], line=line
        )

    def write(self, block: BlockText) -> str:
        return "\n".join(filter(None, [f"![{block.heading}]({block.file})", block.body]))

    def pair_faults(self, zh: BlockText, en: BlockText) -> Iterator[str]:
        yield from super().pair_faults(zh, en)
        if len(key_lines(zh.body)) != len(key_lines(en.body)):
            yield "the key under the picture has another number of lines than in Chinese"

    def spoken(self, block: BlockText) -> list[str]:
        return key_lines(block.body)

    def file_faults(self, name: str, data: bytes) -> Iterator[str]:
        if not name.endswith(".svg"):
            yield "a picture of the content is a drawing that ends in .svg"
            return
        drawing = data.decode("utf-8", errors="replace")
        if len(data) > MAX_SVG:
            yield f"larger than {MAX_SVG // 1024} KB"
        if found := _BAD_SVG.search(drawing):
            yield f"{found.group()!r} is not allowed in a picture"
        if (small := _small_words(drawing)) is not None:
            yield f"words of {small:g}; a phone shows what is under 24 too small"

    def file_facts(self, block: BlockText, data: bytes) -> FileFacts:
        found = _SIZE.search(data.decode("utf-8", errors="replace"))
        width, height = (round(float(found[1])), round(float(found[2]))) if found else USUAL_SIZE
        facts = super().file_facts(block, data)
        return FileFacts(
            mime=facts.mime, extension=facts.extension, label=facts.label, width=width, height=height
        )

    def context(self, block: Stored) -> dict[str, Any]:
        file = block.file
        return {
            "key": [as_foreign(line, block.body) for line in key_lines(block.body)],
            "sizes": list(file.sizes.all()) if file and file.in_sizes else [],
        }

    def facts(self, block: Stored) -> dict[str, Any]:
        return {"width": block.file.width, "height": block.file.height} if block.file else {}


def key_lines(body: str) -> list[str]:
    """The numbered lines under a picture, without their numbers."""
    return [text for text in map(numbered, map(str.strip, body.splitlines())) if text]


def _small_words(drawing: str) -> float | None:
    """The smallest size of words, in units of a drawing 480 wide, when a phone cannot show it at 16 px."""
    box = _VIEW_BOX.search(drawing)
    sizes = [float(size or 0) / float(box[1]) for size in _WORDS.findall(drawing)] if box else []
    return min(sizes) * 480 if sizes and min(sizes) < MIN_WORDS else None


PICTURE = Picture()
