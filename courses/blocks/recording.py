"""What sound and film have in common: a title, a length that is told before it loads, a transcript."""

from __future__ import annotations

import re
from typing import Any

from ..grammar.blocks import BlockText, SourceError
from .base import Kind, Stored

_RECORDING = re.compile(
    r"^!\w+\[(?P<heading>[^\]]+)\]\((?P<file>[\w.-]+)\s+(?P<minutes>\d+):(?P<seconds>[0-5]\d)\)\s*$"
)


class Recording(Kind):
    """``!audio[title](file 1:15)``; lines below, if any, are the transcript."""

    def parse(self, chunk: list[str], line: int) -> BlockText:
        match = _RECORDING.match(chunk[0])
        if not match:
            raise SourceError(
                line,
                "a recording with its length is written !audio[title](file 1:15) or !video[title](file 1:15)",
            )
        seconds = 60 * int(match["minutes"]) + int(match["seconds"])
        body = "\n".join(chunk[1:])
        return BlockText(
            kind=self.code,
            heading=match["heading"],
            body=body,
            file=match["file"],
            line=line,
            seconds=seconds,
        )

    def write(self, block: BlockText) -> str:
        minutes, seconds = divmod(block.seconds, 60)
        head = f"{self.mark}{block.heading}]({block.file} {minutes}:{seconds:02})"
        return "\n".join(filter(None, [head, block.body]))

    def facts(self, block: Stored) -> dict[str, Any]:
        return {"seconds": block.file.seconds, "bytes": block.file.bytes} if block.file else {}
